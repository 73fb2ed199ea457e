// The thing on one's own table: an `immersive-ar` session that finds surfaces, and puts the
// model down on one in its true size.

import { Group, Mesh, MeshBasicMaterial, RingGeometry, Scene, Vector3 } from "three";

const MODE = "immersive-ar";
const TURN_RAD = 0.02; // a frame, by the stick
const STICK = 0.3;

export class Table {
  /** `host`: renderer, scene, camera, root, words, subject(), tell(text), redraw(). */
  constructor(host, button) {
    Object.assign(this, { host, button });
    this.scene = new Scene();
    this.ring = new Mesh(new RingGeometry(0.05, 0.065, 32).rotateX(-Math.PI / 2), new MeshBasicMaterial({ color: 0x9fdccb }));
    this.ring.matrixAutoUpdate = false;
    this.ring.visible = false;
    this.spot = new Group();
    this.spot.visible = false;
    this.scene.add(this.ring, this.spot);
    button.addEventListener("click", () => this.toggle());
    this.check();
  }

  async check() {
    const isThere = await navigator.xr?.isSessionSupported(MODE).catch(() => false);
    this.button.hidden = !isThere;
  }

  async toggle() {
    if (this.session) return this.session.end();
    const subject = this.host.subject();
    if (!subject) return;
    try {
      const session = await navigator.xr.requestSession(MODE, {
        requiredFeatures: ["hit-test"], optionalFeatures: ["local-floor", "dom-overlay"], domOverlay: { root: this.host.root },
      });
      await this.enter(session, subject);
    } catch (error) {
      console.warn(error);
      await this.session?.end();
      this.host.tell(this.host.words.arFailed);
    }
  }

  async enter(session, { model, scale, isMetric }) {
    const { renderer, camera, scene, root, words } = this.host;
    this.session = session;
    this.home = { parent: model.parent, position: model.position.clone(), turn: model.quaternion.clone(), scale: model.scale.clone(), camera: camera.parent, background: renderer.getClearAlpha() };
    this.before = camera.matrix.clone();
    this.model = model;
    session.addEventListener("end", () => this.leave());
    session.addEventListener("select", () => this.putDown());
    this.scene.environment = scene.environment;
    this.scene.environmentIntensity = 1;
    this.scene.add(camera);
    this.spot.add(model);
    model.position.set(0, 0, 0);
    model.quaternion.identity();
    model.scale.divideScalar(scale); // true size, whatever the exhibit made of it
    renderer.setClearAlpha(0);
    renderer.xr.enabled = true;
    renderer.xr.setReferenceSpaceType("local");
    await renderer.xr.setSession(session);
    const viewer = await session.requestReferenceSpace("viewer");
    this.source = await session.requestHitTestSource({ space: viewer });
    renderer.setAnimationLoop((now, frame) => this.update(frame));
    this.button.textContent = words.leaveAr;
    root.dataset.ar = "on";
    this.host.tell(isMetric ? words.arPlace : `${words.arPlace} ${words.noTrueSize}`);
  }

  /** Once a frame: show where it would stand; turn it by the stick once it stands. */
  update(frame) {
    const { renderer, camera, root } = this.host;
    if (!this.session || !frame) return;
    const [hit] = this.source ? frame.getHitTestResults(this.source) : [];
    const found = hit?.getPose(renderer.xr.getReferenceSpace());
    // A device that has lost its way for a moment gives places that are no numbers.
    const pose = found?.transform.matrix.every(Number.isFinite) ? found : null;
    this.ring.visible = Boolean(pose);
    if (pose) this.ring.matrix.fromArray(pose.transform.matrix);
    root.dataset.surface = pose ? "found" : "none";
    for (const source of this.session.inputSources) {
      const push = source.gamepad?.axes[2] ?? 0;
      if (Math.abs(push) > STICK) this.spot.rotateY(-push * TURN_RAD);
    }
    renderer.render(this.scene, camera);
  }

  /** Stand it upright on the surface, its front towards who looks. */
  putDown() {
    if (!this.ring.visible) return this.host.tell(this.host.words.arNoSurface);
    this.spot.position.setFromMatrixPosition(this.ring.matrix);
    const eye = this.host.camera.getWorldPosition(new Vector3());
    const turn = Math.atan2(eye.x - this.spot.position.x, eye.z - this.spot.position.z);
    this.spot.rotation.set(0, Number.isFinite(turn) ? turn : 0, 0);
    this.spot.visible = true;
    this.host.root.dataset.placed = this.spot.position.toArray().map((value) => value.toFixed(3)).join(" ");
    this.host.tell(this.host.words.arPlaced);
  }

  leave() {
    const { renderer, camera, root, words } = this.host;
    const { home, model } = this;
    this.source?.cancel();
    Object.assign(this, { session: null, source: null });
    home.parent.add(model);
    model.position.copy(home.position);
    model.quaternion.copy(home.turn);
    model.scale.copy(home.scale);
    home.camera.add(camera);
    this.before.decompose(camera.position, camera.quaternion, camera.scale);
    this.spot.visible = false;
    renderer.setClearAlpha(home.background);
    renderer.xr.setReferenceSpaceType("local-floor");
    this.button.textContent = words.enterAr;
    root.dataset.ar = "off";
    delete root.dataset.placed;
    this.host.tell("");
    this.host.afterAr();
  }
}

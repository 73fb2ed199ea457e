// What is said aloud: played when a visitor asks, never by itself, and always to be read.

const MINUTE_S = 60;

export class Narration {
  /** `room`: root, words, language; `onChange(narration)` after each change of state. */
  constructor(room, { onChange = () => {} } = {}) {
    Object.assign(this, { room, onChange, chosen: null, address: "" });
    this.bar = room.root.querySelector("[data-sound]");
    this.audio = new Audio();
    for (const name of ["play", "pause", "ended", "timeupdate"]) this.audio.addEventListener(name, () => this.show());
    room.root.addEventListener("keydown", (event) => this.onKey(event));
  }

  get isPlaying() {
    return !this.audio.paused;
  }

  /** Have a recording at hand: those of one thing, by language; the one that plays goes on if it is among them. */
  offer(sounds) {
    const { language } = this.room;
    const [tag] = [language, language === "en" ? "zh-Hans" : "en"].filter((one) => sounds?.[one]);
    const sound = tag ? sounds[tag] : null;
    if (sound?.url === this.chosen?.url) return;
    this.stop();
    this.chosen = sound;
    this.tag = tag;
    this.bar.hidden = !sound;
    if (!sound) return;
    this.write("words", sound.transcript).lang = tag;
    this.write("credit", [sound.credit, sound.rights].filter(Boolean).join(" · "));
    this.bar.querySelector("details").open = false;
    this.show();
  }

  async toggle() {
    if (!this.chosen) return;
    if (this.isPlaying) return this.audio.pause();
    const sound = this.chosen;
    try {
      if (!this.address) await this.fetch(sound);
      // Somebody may have gone on to another thing while it came.
      if (this.chosen === sound) await this.audio.play();
    } catch (error) {
      if (this.chosen !== sound || error.name === "AbortError") return;
      console.warn(error);
      this.fail();
    }
  }

  /** The whole of it at once, so that a device without network has it as well. */
  async fetch(sound) {
    this.room.root.dataset.sound = "loading";
    this.room.say(this.room.words.soundLoading);
    const answer = await fetch(sound.url);
    if (!answer.ok) throw new Error(`${answer.status} ${sound.url}`);
    const bytes = await answer.blob();
    if (this.chosen !== sound) return;
    this.address = URL.createObjectURL(new Blob([bytes], { type: sound.media_type }));
    this.audio.src = this.address;
  }

  /** Silence, and back to the beginning; what was fetched is given back. */
  stop() {
    this.audio.pause();
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = "";
    this.audio.removeAttribute("src");
    this.chosen = null;
    delete this.room.root.dataset.sound;
  }

  /** What cannot be heard is read. */
  fail() {
    this.room.root.dataset.sound = "failed";
    this.bar.querySelector("details").open = true;
    this.room.say(this.room.words.soundFailed);
    this.onChange(this);
  }

  show() {
    const { words, root } = this.room;
    if (!this.chosen) return;
    this.write("act", this.isPlaying ? words.pause : words.listen);
    this.write("time", `${clock(this.audio.currentTime)} / ${clock(this.chosen.duration_s)}`);
    if (this.address) root.dataset.sound = this.isPlaying ? "playing" : "paused";
    this.onChange(this);
  }

  write(part, text) {
    const place = this.bar.querySelector(`[data-sound-${part}]`);
    place.textContent = text;
    return place;
  }

  onKey(event) {
    if (event.key !== "v" || event.ctrlKey || event.metaKey || event.altKey || !this.chosen) return;
    event.preventDefault();
    this.toggle();
  }
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / MINUTE_S)}:${String(whole % MINUTE_S).padStart(2, "0")}`;
}

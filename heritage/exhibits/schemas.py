"""The documents of the exhibit interface, as published in its OpenAPI description."""

from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Names = dict[str, str]
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class Links(Strict):
    """The lasting name, the page for people, the data for machines."""

    id: str
    page: str
    data: str


class Bounds(Strict):
    min: Vector = Field(description="metres")
    max: Vector = Field(description="metres")


class Model(Strict):
    url: str
    profile: str
    media_type: str
    triangles: int
    draws: int
    bytes: int
    gpu_bytes: int
    sha512: str
    bounds: Bounds


class Transform(Strict):
    """Metres, right-handed, Y up; scale first, then rotation, then position."""

    position: Vector
    rotation: Quaternion = Field(description="x, y, z, w")
    scale: float


class StandOut(Strict):
    """The plinth that the object stands on."""

    width_m: float
    depth_m: float
    height_m: float


Code = Literal["best-level", "budget", "left-out", "no-model", "panel"]


class Why(Strict):
    """The reason for the level chosen: code and facts for machines, sentences for people."""

    code: Code
    facts: dict[str, str | int]
    messages: Names


class FactOut(Strict):
    """One thing the register knows: what it is, what it says, a page that tells more."""

    labels: Names
    values: Names
    link: str


class HotspotOut(Strict):
    """A place on the model about which there is something to say."""

    key: str
    number: int = Field(description="as it is shown, from 1")
    position: Vector = Field(description="metres, in the frame of the model's file")
    normal: Vector = Field(description="outwards, of length 1")
    titles: Names
    texts: Names
    picture: str
    facts: list[FactOut]


class SceneObject(Strict):
    key: str
    kind: Literal["relic", "element"]
    number: int
    names: Names
    labels: Names
    descriptions: Names
    rights: str
    credit: str
    is_demo: bool
    picture: str
    links: Links
    model: Model | None
    alternatives: list[Model]
    why: Why
    transform: Transform
    stand: StandOut | None
    hotspots: list[HotspotOut]


class BudgetOut(Strict):
    triangles: int
    draws: int
    gpu_bytes: int


class DeviceOut(Strict):
    name: str
    titles: Names
    budget: BudgetOut
    levels: list[str]


class Sums(BudgetOut):
    objects: int
    bytes: int


class ExhibitRef(Strict):
    key: str
    names: Names
    descriptions: Names
    is_demo: bool
    links: Links


class Scene(Strict):
    format: Literal[1] = 1
    exhibit: ExhibitRef
    device: DeviceOut
    sums: Sums
    objects: list[SceneObject]


class ExhibitOut(ExhibitRef):
    relics: int
    elements: int
    scene: str


class ExhibitList(Strict):
    count: int
    devices: list[DeviceOut]
    items: list[ExhibitOut]


class ConceptOut(Strict):
    slug: str
    labels: Names


class DimensionOut(Strict):
    kind: ConceptOut
    value: float
    unit: ConceptOut
    uncertainty: float | None
    origin: str


class RelicRef(Strict):
    key: str
    names: Names
    register_no: str
    category: ConceptOut
    is_demo: bool
    picture: str
    links: Links


class Part(Strict):
    """Which part of a list is asked for."""

    offset: int = Field(0, ge=0)
    limit: int = Field(20, ge=1, le=100)


class RelicList(Strict):
    count: int
    offset: int
    limit: int
    items: list[RelicRef]


class RelicOut(RelicRef):
    descriptions: Names
    dating: str
    begin_year: int | None
    end_year: int | None
    materials: list[ConceptOut]
    dimensions: list[DimensionOut]
    rights: str
    credit: str
    models: list[Model]
    pictures: list[str]
    hotspots: list[HotspotOut]


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str

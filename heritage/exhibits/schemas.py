"""The documents of the exhibit interface, as published in its OpenAPI description."""

from datetime import datetime
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


class SignOut(Strict):
    """A name on the floor where a part of the exhibit begins."""

    names: Names
    position: Vector


class TourStopOut(Strict):
    """Where the guided tour stops, in its order, and what is said there."""

    object: str = Field(description="the key of the object before which it stops")
    texts: Names


class Scene(Strict):
    format: Literal[1] = 1
    exhibit: ExhibitRef
    device: DeviceOut
    mood: str = Field(description="dusk, day or night: the room's light and walls")
    sums: Sums
    objects: list[SceneObject]
    signs: list[SignOut]
    tour: list[TourStopOut]


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


class Sought(Part):
    """What relics are looked for by; values of facets are those that facets give."""

    offset: int = Field(0, ge=0, le=9_900)
    q: str = Field(
        "", max_length=200, description="words in Chinese, pinyin or English"
    )
    period: list[str] = Field([], max_length=20)
    material: list[str] = Field([], max_length=20)
    category: list[str] = Field([], max_length=20)
    grade: list[str] = Field([], max_length=20)
    place: list[str] = Field([], max_length=20)
    theme: list[str] = Field([], max_length=20)
    has_model: bool = Field(default=False, description="only those with a 3D model")
    from_year: int | None = Field(None, ge=-99_999, le=99_999)
    to_year: int | None = Field(None, ge=-99_999, le=99_999)
    changed_since: datetime | None = Field(
        None, description="only those changed at this moment or later"
    )
    facets: bool = Field(
        default=False, description="count what can be narrowed down to"
    )

    @property
    def is_narrow(self) -> bool:
        """Something is asked that only the search index answers."""
        told = self.model_dump(exclude_defaults=True, exclude={"offset", "limit"})
        return bool(told)


class FacetValue(Strict):
    value: str
    label: str
    count: int


class Facet(Strict):
    name: str
    values: list[FacetValue]
    is_about: bool = Field(description="the counts are estimates")


class RelicList(Strict):
    count: int
    offset: int
    limit: int
    items: list[RelicRef]
    facets: list[Facet] = []
    is_loose: bool = Field(
        default=False, description="no relic has all of the words; these have some"
    )


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

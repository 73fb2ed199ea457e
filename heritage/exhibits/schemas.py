"""The documents of the exhibit interface, as published in its OpenAPI description."""

from datetime import datetime
from typing import Literal

from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import ConfigDict, Field

# Said to people as well, in their language: /api/docs.
AS_FACETS = gettext_noop("values as the facets give them; may be repeated")
YEAR = gettext_noop("a year, astronomically: 206 before Christ is -205")

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
    unit: str = Field(
        description="m, or empty where nobody knows in what unit it was measured"
    )


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


class SoundOut(Strict):
    """What is said aloud in one language; `transcript` is the same in words."""

    url: str
    media_type: str
    bytes: int
    sha512: str
    duration_s: float
    transcript: str
    credit: str
    rights: str


Sounds = dict[str, SoundOut]
SPOKEN = "recordings by language (zh-Hans, en); to be played when a visitor asks"


class SceneObject(Strict):
    key: str
    room: str = Field(description="the key of its room; empty where there is one only")
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
    is_there: bool = Field(
        description="false where not even its label fits: it is in lists only"
    )
    transform: Transform
    stand: StandOut | None
    hotspots: list[HotspotOut]
    narrations: Sounds = Field(description=SPOKEN)


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


class RoomOut(Strict):
    """One room of an exhibit that has several: each is a scene of its own as well."""

    key: str
    names: Names
    texts: Names
    mood: str
    backdrop: str = Field(description="address of a panorama of 360 × 180°, or empty")
    scene: str = Field(description="address of the scene of this room alone")
    origin: Vector = Field(description="where it lies in the scene of the whole")


class TourStopOut(Strict):
    """Where the guided tour stops, in its order, and what is said there."""

    object: str = Field(description="the key of the object before which it stops")
    room: str = Field(description="the key of the room that it stands in, or empty")
    texts: Names
    narrations: Sounds = Field(description=SPOKEN)


class Scene(Strict):
    format: Literal[2] = 2
    exhibit: ExhibitRef
    device: DeviceOut
    mood: str = Field(description="dusk, day or night: the room's light and walls")
    sums: Sums
    objects: list[SceneObject]
    room: str = Field(
        description="the room that this scene is of; empty for the whole exhibit"
    )
    rooms: list[RoomOut] = Field(description="empty where the exhibit is one room")
    signs: list[SignOut]
    tour: list[TourStopOut]
    narrations: Sounds = Field(description=f"a welcome to the exhibit: {SPOKEN}")


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

    offset: int = Field(0, ge=0, description=gettext_noop("how many to pass over"))
    limit: int = Field(20, ge=1, le=100, description=gettext_noop("how many to give"))


class Sought(Part):
    """What relics are looked for by; values of facets are those that facets give."""

    offset: int = Field(
        0, ge=0, le=9_900, description=gettext_noop("how many to pass over")
    )
    q: str = Field(
        "",
        max_length=200,
        description=gettext_noop("words in Chinese, pinyin or English"),
    )
    period: list[str] = Field([], max_length=20, description=AS_FACETS)
    material: list[str] = Field([], max_length=20, description=AS_FACETS)
    category: list[str] = Field([], max_length=20, description=AS_FACETS)
    grade: list[str] = Field([], max_length=20, description=AS_FACETS)
    place: list[str] = Field([], max_length=20, description=AS_FACETS)
    theme: list[str] = Field([], max_length=20, description=AS_FACETS)
    has_model: bool = Field(
        default=False, description=gettext_noop("only those with a 3D model")
    )
    from_year: int | None = Field(None, ge=-99_999, le=99_999, description=YEAR)
    to_year: int | None = Field(None, ge=-99_999, le=99_999, description=YEAR)
    changed_since: datetime | None = Field(
        None, description=gettext_noop("only those changed at this moment or later")
    )
    facets: bool = Field(
        default=False, description=gettext_noop("count what can be narrowed down to")
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

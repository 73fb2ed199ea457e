"""Who sees which image, and how large: sizes are fields of an image, each with a rule."""

from heritage.captures.rules import FileInUse
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Curates,
    Is,
    Policy,
    Rule,
    Through,
    WorksIn,
    declare,
)
from heritage.catalogue.rules import RELEASED

from .models import Image, ImageFile, ImageSet
from .sight import ImageInUse

Tier = ImageSet.Tier
# Each size, and the tiers whose public gets it.
SIZES: dict[str, tuple[str, ...]] = {
    "small": (Tier.SMALL, Tier.SCREEN, Tier.FULL),
    "screen": (Tier.SCREEN, Tier.FULL),
    "full": (Tier.FULL,),
}
SIZE_PX = {"small": 1024, "screen": 2048}


def declare_policies() -> None:
    sizes = {name: _visible_in("image_set", tiers) for name, tiers in SIZES.items()}
    everything = SIZES["small"]
    declare(ImageSet, Policy(_visible_in("", everything)))
    shown = _visible_in("image_set", everything)
    declare(Image, Policy(shown, sizes, always=ImageInUse()))
    works = WorksIn("image_set.relic.collection")
    # The original tells where it was taken: only those who curate see that.
    curates = Curates("image_set.relic.collection")
    declare(
        ImageFile,
        Policy(works, {"private_metadata": curates}, always=FileInUse()),
    )


def _visible_in(path: str, tiers: tuple[str, ...]) -> Rule:
    """Those who work in the relic's collection; the public if relic and tier let it."""
    at = f"{path}." if path else ""
    published = AllOf(
        (
            Through(f"{at}relic", Relic),
            Is(f"{at}relic.state", RELEASED.values),
            Is(f"{at}tier", frozenset(str(tier) for tier in tiers)),
        )
    )
    return AnyOf((WorksIn(f"{at}relic.collection"), published))

"""What a model can be delivered as, what of it there is, and what it is good for.

A product is what one asks for by one name: a profile, `print`, `study` or `sides`. It
stands in one or more files. A purpose is what people ask for: web, headset, phone, print, study.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from heritage.archive.staying import is_in_use

from .models import Derivative, Run
from .profiles import MuseumProfile, built_in, museum_profiles

Role = Derivative.Role
State = Run.State
PRINT, STUDY, SIDES = "print", "study", "sides"
TWIN_SUFFIX: Final = "-usdz"
LARGEST_ON_SCREEN: Final = "desktop"  # of the engine's own profiles
VIEWS: Final = (
    "front", "back", "left", "right", "top", "bottom", "three-quarter", "turntable",
)  # fmt: skip
FORMS: Final = ("", "-webp")
# Products that are no profile, and their files: role and profile of the derivative.
OTHERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    PRINT: ((Role.PRINT, "print-stl"), (Role.PRINT, "print-3mf")),
    STUDY: ((Role.STUDY, "study-ply"),),
    SIDES: tuple((Role.PICTURE, f"{name}{form}") for name in VIEWS for form in FORMS),
}
PURPOSES: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("web",),
    "headset": ("headset",),
    "phone": ("phone",),
    PRINT: (PRINT,),
    STUDY: ("master", STUDY),
}
READY, CHANGED, MISSING = "ready", "changed", "missing"


@dataclass(frozen=True)
class Product:
    """One product of a model: its newest files, and whether they are as they should be.

    making : the run under way that makes it; failed : the newest that did not succeed
    """

    name: str
    files: tuple[Derivative, ...]
    is_whole: bool
    is_current: bool
    making: Run | None = None
    failed: Run | None = None

    @property
    def state(self) -> str:
        if not self.is_whole:
            return MISSING
        return READY if self.is_current else CHANGED


def products_of(model: Run) -> dict[str, Product]:
    """Give every product by name, of a model and what was added to it."""
    profiles = museum_profiles()
    additions = list(model.additions.order_by("created_at", "pk"))
    files = newest_files([model, *additions])
    return {
        name: _product(name, profiles.get(name), files, additions)
        for name in (*profiles, *OTHERS)
    }


def purposes_of(products: Mapping[str, Product]) -> dict[str, list[Product]]:
    """Give for each purpose the products that it takes, as far as they are known."""
    return {
        purpose: [products[name] for name in names if name in products]
        for purpose, names in PURPOSES.items()
    }


def newest_files(runs: Iterable[Run]) -> dict[tuple[str, str], Derivative]:
    """Give each file in use by role and profile, the one of the last run that has it."""
    rows: dict[tuple[str, str], Derivative] = {}
    for run in runs:
        if run.state == State.SUCCEEDED:
            for row in run.derivatives.select_related("stored_file__deposit"):
                if is_in_use(row.stored_file):
                    rows[row.role, row.profile] = row
    return rows


def asked_for(run: Run) -> tuple[str, ...]:
    """Name the products that a run was asked to add."""
    return (*run.parameters.get("profiles", {}), *run.parameters.get("also", ()))


def model_files(profile: MuseumProfile) -> tuple[tuple[str, str], ...]:
    """Give role and profile of each file that a profile asks for.

    What may take all triangles of a master is the master, whatever its name.
    """
    role = str(Role.STUDY if _may_be_the_master(profile) else Role.MODEL)
    twin = ((role, f"{profile.name}{TWIN_SUFFIX}"),) if profile.has_twin else ()
    return ((role, profile.name), *twin)


def _may_be_the_master(profile: MuseumProfile) -> bool:
    """Tell whether a profile sets no limit, or one beyond what screens are given.

    A file keeps within its profile, so a smaller limit never gives a larger master away.
    """
    most: int = profile.values.get("triangles", 0)
    return not 0 < most <= built_in()[LARGEST_ON_SCREEN]["triangles"]


def _product(
    name: str,
    profile: MuseumProfile | None,
    files: Mapping[tuple[str, str], Derivative],
    additions: Sequence[Run],
) -> Product:
    wanted = model_files(profile) if profile else OTHERS[name]
    found = tuple(files[one] for one in wanted if one in files)
    asked = [run for run in additions if name in asked_for(run)]
    last = asked[-1] if asked else None
    return Product(
        name,
        found,
        is_whole=len(found) == len(wanted),
        is_current=all(_is_current(row, profile) for row in found),
        making=last if last and not last.is_over else None,
        failed=last if last and last.state == State.FAILED else None,
    )


def _is_current(row: Derivative, profile: MuseumProfile | None) -> bool:
    """Hold a file against its profile of today.

    Files from before digests were kept count as current until somebody changes theirs.
    """
    if profile is None:
        return True
    if not row.profile_digest:
        return not profile.is_changed
    return row.profile_digest == profile.digest

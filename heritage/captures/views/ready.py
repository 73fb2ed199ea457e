"""What a model is ready for, as the capture's and the run's pages tell it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.captures.actions.further_files import is_outdated
from heritage.captures.media import media_path
from heritage.captures.messages import run_error_sentence
from heritage.captures.models import Derivative, Run
from heritage.captures.products import (
    CHANGED,
    MISSING,
    READY,
    Product,
    products_of,
    purposes_of,
)
from heritage.captures.quality.delivery import Rows, delivered_rows, pictures_beside
from heritage.captures.quality.parts import Picture

Text = Promise | str
PURPOSES: dict[str, Text] = {
    "web": gettext_lazy("web"),
    "headset": gettext_lazy("headset"),
    "phone": gettext_lazy("phone"),
    "print": gettext_lazy("print"),
    "study": gettext_lazy("study"),
}
MAKE: dict[str, Text] = {
    "web": gettext_lazy("Make for the web"),
    "headset": gettext_lazy("Make for headsets"),
    "phone": gettext_lazy("Make for phones"),
    "print": gettext_lazy("Make for 3D printing"),
    "study": gettext_lazy("Make for study"),
}
STATES: dict[str, Text] = {
    READY: gettext_lazy("ready"),
    CHANGED: gettext_lazy("its profile has changed since"),
    MISSING: gettext_lazy("not made yet"),
}
MM = 1000
PICTURE = Derivative.Role.PICTURE


@dataclass(frozen=True)
class ShownPurpose:
    """A purpose: whether the model is ready for it, and what to ask for if not."""

    label: Text
    make: Text
    names: str
    is_ready: bool
    percent: int | None
    failed: str


@dataclass(frozen=True)
class ShownProduct:
    name: str
    state: Text
    is_ready: bool
    is_making: bool
    failed: str
    files: list["ShownFile"] = field(default_factory=list)


@dataclass(frozen=True)
class ShownFile:
    """A file's figures as sentences of one column each; empty where nothing is known."""

    name: str
    address: str
    size_bytes: int
    triangles: int | None
    gpu_bytes: int | None
    deviation: str
    likeness: str
    maps: str
    notes: list[str]
    pictures: list[Picture]


@dataclass(frozen=True)
class ShownReady:
    """The one line, and what stands under details."""

    run: Run
    purposes: list[ShownPurpose]
    products: list[ShownProduct]
    outdated: int

    @property
    def ready_for(self) -> str:
        """Name what the model is ready for."""
        return _(", ").join(str(one.label) for one in self.purposes if one.is_ready)


def shown_ready(run: Run) -> ShownReady:
    """Tell of the model that a run made, or added files to."""
    model = run.adds_to or run
    products = products_of(model)
    rows = delivered_rows(model)
    return ShownReady(
        run=model,
        purposes=[
            _purpose(name, parts) for name, parts in purposes_of(products).items()
        ],
        products=[_shown(product, rows) for product in products.values()],
        outdated=sum(map(is_outdated, products.values())),
    )


def _purpose(name: str, parts: list[Product]) -> ShownPurpose:
    making = [one.making for one in parts if one.making]
    open_parts = [one for one in parts if one.state != READY]
    return ShownPurpose(
        label=PURPOSES[name],
        make=MAKE[name],
        names=" ".join(one.name for one in open_parts),
        is_ready=bool(parts) and not open_parts,
        percent=round(100 * making[0].fraction) if making else None,
        failed=next(_failures(open_parts), ""),
    )


def _failures(parts: Iterable[Product]) -> Any:
    return (run_error_sentence(one.failed) for one in parts if one.failed)


def _shown(product: Product, rows: Rows) -> ShownProduct:
    return ShownProduct(
        name=product.name,
        state=STATES[product.state],
        is_ready=product.state == READY,
        is_making=product.making is not None,
        failed=run_error_sentence(product.failed) if product.failed else "",
        # Pictures are looked at above; sixteen lines of them would hide the rest.
        files=[_file(row, rows) for row in product.files if row.role != PICTURE],
    )


def _file(row: Derivative, rows: Rows) -> ShownFile:
    figures: dict[str, Any] = row.figures
    return ShownFile(
        name=row.stored_file.name,
        address=media_path(row),
        size_bytes=row.stored_file.size_bytes,
        triangles=row.triangles,
        gpu_bytes=row.gpu_bytes,
        deviation=_deviation(figures.get("deviation")),
        likeness=_likeness(figures.get("likeness")),
        maps=_maps(figures.get("maps")),
        notes=list(_print_notes(row, figures)),
        pictures=list(pictures_beside(row, rows)),
    )


def _deviation(told: Any) -> str:
    if not isinstance(told, dict) or "mean_m" not in told:
        return ""
    mean, worst = (MM * told[name] for name in ("mean_m", "max_m"))
    return _("%(mean).3f mm on average, %(max).2f mm at most") % {
        "mean": mean,
        "max": worst,
    }


def _likeness(told: Any) -> str:
    if not isinstance(told, dict) or "ssim_mean" not in told:
        return ""
    return f"SSIM {told['ssim_mean']:.3f}, ΔE {told.get('de00_mean', 0):.2f}"


def _maps(told: Any) -> str:
    """Name the maps with their sizes: a list of them, or sizes by name."""
    if isinstance(told, dict):
        parts = [{"name": name} | _dict(value) for name, value in told.items()]
    else:
        parts = [_dict(one) for one in told or []]
    return ", ".join(
        f"{one.get('name', '')} {one.get('px') or one.get('size') or ''} {one.get('codec', '')}".strip()
        for one in parts
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"px": value}


def _print_notes(row: Derivative, figures: dict[str, Any]) -> Any:
    """Say what a printing service must know, in the order in which it matters."""
    if row.role != Derivative.Role.PRINT or row.profile != "print-stl":
        return
    told = _dict(row.run.report.get("print"))
    thin = told.get("thin_count", 0)  # the list of places is cut
    if thin:
        text = ngettext(
            "%(count)d place is thinner than %(limit)s mm, the thinnest %(least)s mm.",
            "%(count)d places are thinner than %(limit)s mm, the thinnest %(least)s mm.",
            thin,
        )
        yield (
            text
            % {
                "count": thin,
                "limit": f"{told.get('wall_mm', 0):g}",
                "least": f"{told.get('thinnest_mm', 0):.2f}",
            }
        )
    closed = told.get("hole_count", 0)
    if closed:
        yield (
            ngettext(
                "%(count)d hole was closed for printing; the model itself keeps it.",
                "%(count)d holes were closed for printing; the model itself keeps them.",
                closed,
            )
            % {"count": closed}
        )

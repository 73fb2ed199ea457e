"""The certificate of a lawful erasure: as JSON for the archive, as a PDF for people."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from heritage.lib.languages import LANGUAGES

from .institution import museum_name, museum_names
from .models import Erasure

if TYPE_CHECKING:
    from heritage.lib.pdf_pen import Pen

FORMAT = 1
TITLE_PT, HEAD_PT, SMALL_PT = 18, 13, 8


def certificate(erasure: Erasure) -> dict[str, Any]:
    """Tell what was erased, on what ground, who asked, who confirmed, when."""
    return {
        "format": FORMAT,
        "id": f"{settings.BASE_IRI}/id/erasure/{erasure.key}",
        "erasure": erasure.key,
        "ground": erasure.ground,
        "asked_by": erasure.asked_by.get_username(),
        "asked_at": _moment(erasure.asked_at),
        "confirmed_by": _name(erasure.decided_by),
        "confirmed_at": _moment(erasure.decided_at),
        "done_at": _moment(erasure.done_at),
        "files": erasure.items,
    }


def certificate_pdf(erasure: Erasure) -> bytes:
    """Write the certificate in both of the museum's languages, one after the other."""
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.lib.pdf_pen import Pen

    pen = Pen.begin(
        title=f"{museum_names().both} {erasure.key}",
        language=settings.LANGUAGE_CODE,
        created=erasure.done_at or erasure.asked_at,
    )
    for _tag, code in LANGUAGES:
        with override(code):
            pen.page(language=code)
            _write(pen, erasure, museum=museum_name())
    return pen.finish()


def _write(pen: "Pen", erasure: Erasure, *, museum: str) -> None:
    pen.text(_("Certificate of lawful erasure"), TITLE_PT)
    pen.text(museum, HEAD_PT)
    pen.gap(4)
    for label, value in _facts(erasure):
        pen.pair(label, value)
    pen.gap(4)
    pen.text(
        _(
            "The bytes of the files below were removed for ever from the archive, from "
            "its replica and from the folders beside them; so were all copies known to "
            "the archive and everything computed from them. Names, sizes, digests and "
            "the log of events are kept. Backups made before that day may hold the "
            "files until they expire; restoring one does not bring them back."
        ),
        SMALL_PT + 1,
    )
    pen.gap(4)
    pen.rule_off()
    pen.text(_("Files erased"), HEAD_PT)
    for item in erasure.items:
        pen.keep_together(14)
        pen.text(
            f"{item['deposit']}/{item['name']}  ({item['bytes']:,} B)", SMALL_PT + 1
        )
        pen.text(f"SHA-512 {item['sha512']}", SMALL_PT, soft=True)


def _facts(erasure: Erasure) -> list[tuple[str, str]]:
    return [
        (_("Number"), erasure.key),
        (_("Legal ground"), erasure.ground),
        (
            _("Asked for by"),
            f"{erasure.asked_by.get_username()}, {_spoken(erasure.asked_at)}",
        ),
        (
            _("Confirmed by"),
            f"{_name(erasure.decided_by)}, {_spoken(erasure.decided_at)}",
        ),
        (_("Carried out"), _spoken(erasure.done_at)),
        (_("Files"), str(len(erasure.items))),
    ]


def _name(person: Any) -> str:
    return person.get_username() if person is not None else ""


def _moment(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _spoken(at: Any) -> str:
    if at is None:
        return "–"
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")

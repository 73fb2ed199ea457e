"""The object file as a PDF."""

from datetime import datetime

from django.utils.translation import gettext as _
from PIL import Image

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person
from heritage.custody.dossier import Picture, Section, build_dossier

from .paper import HEAD_PT, SMALL_PT, Paper

PICTURE_MM = 75.0


def object_file(
    relic: Relic, person: Person, *, created: datetime | None = None
) -> bytes:
    """Write all that this person may read of an object, in the active language."""
    title = _("Object file")
    paper = Paper.of(f"{title} {relic.register_no}", created=created)
    paper.head(title, relic.register_no)
    paper.centred(relic.title, HEAD_PT)
    for section in build_dossier(relic, person):
        _write(paper, section)
    paper.signatures(_("filed by"), _("checked by"))
    return paper.number_pages()


def _write(paper: Paper, section: Section) -> None:
    paper.keep_together(24)
    paper.gap(4)
    paper.rule_off()
    paper.text(section.title, HEAD_PT)
    paper.pairs(section.pairs)
    if section.rows:
        shares = [_share(section, place) for place in range(len(section.head))]
        paper.table(section.head, section.rows, shares)
    for picture in section.pictures:
        _draw(paper, picture)


def _draw(paper: Paper, picture: Picture) -> None:
    with Image.open(picture.path) as image:
        scale = min(PICTURE_MM / image.height, paper.pdf.epw / image.width)
        width, height = image.width * scale, image.height * scale
        paper.keep_together(height + 8)
        left = paper.pdf.l_margin + (paper.pdf.epw - width) / 2
        paper.pdf.image(image, x=left, w=width, h=height, alt_text=picture.caption)
    paper.centred(picture.caption, SMALL_PT)


def _share(section: Section, place: int) -> float:
    """Share the width by what the columns hold; Chinese characters count double."""
    texts = [section.head[place], *(row[place] for row in section.rows)]
    return min(max(8, *map(_length, texts)), 36)


def _length(text: str) -> int:
    return sum(2 if char > "⺀" else 1 for char in str(text))

"""What captures add to an object's file: pictures of the model, its quality, its files."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from heritage.archive.local_copies import local_path
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, visible
from heritage.custody.dossier import Picture, Section, declare
from heritage.custody.source_types import source_of

from .models import Capture, Derivative, Run
from .published import published_pictures, published_run
from .quality.sheet import build_sheet

SIDES = ("view-0", "view-2", "view-4", "view-6")


def add_to_object_files() -> None:
    declare(dossier_of_captures)


def dossier_of_captures(relic: Relic, person: Person) -> Iterator[Section]:
    yield from _pictures(relic, person)
    run = published_run(relic)
    if run is not None and visible(Run.objects.filter(pk=run.pk), person).exists():
        yield from _quality(run)
    captures = visible(Capture.objects.filter(relic=relic), person)
    head = (
        _("captured"),
        _("technique"),
        _("device"),
        _("file"),
        _("source type"),
        _("size (bytes)"),
    )
    rows = [
        [str(c.captured_on), str(c.get_technique_display()), c.device, f.stored_file.name,
         source_of(f.stored_file).text,
         str(f.stored_file.size_bytes)]
        for c in captures.order_by("captured_on")
        for f in c.files.select_related("stored_file__deposit")
    ]  # fmt: skip
    yield Section(_("Scans and models"), head=head, rows=rows)


def _pictures(relic: Relic, person: Person) -> Iterator[Section]:
    rows = visible(Derivative.objects.all(), person)
    shown = published_pictures(relic).filter(
        pk__in=rows.values("pk"), profile__in=SIDES
    )
    pictures = [
        Picture(
            local_path(one.stored_file),
            f"{_('Computed from the model')} · {one.profile}",
        )
        for one in shown
    ]
    yield Section(_("Pictures"), pictures=pictures)


def _quality(run: Run) -> Iterator[Section]:
    for part in build_sheet(run).sections:
        pairs = [(measure.label, measure.value) for measure in part.measures]
        if part.verdict is not None:
            pairs.insert(0, (_("verdict"), part.verdict.text))
        yield Section(f"{_('Quality of the model')} · {part.title}", pairs)

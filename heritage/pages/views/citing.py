"""Cite a relic: `/relics/<key>/cite?format=text|bibtex|ris|csl`."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.archive.institution import museum_name
from heritage.captures.models import Derivative, Run
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import person_of
from heritage.catalogue.reach import find_record
from heritage.exhibits.shown import shown_for
from heritage.lib.citing import FORMS, Cited
from heritage.lib.http import problem

DIGITS = 16


@require_safe
def cite_relic(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    relic = find_record(Relic, key, person)
    form = request.GET.get("format", "text")
    if form not in FORMS:
        said = _("Ask for one of these forms: %(forms)s.") % {"forms": ", ".join(FORMS)}
        return problem(400, "unknown-citation-form", said)
    shown = shown_for([relic], person).get(relic.pk)
    media_type, write = FORMS[form]
    cited = _cited(relic, master_digest(shown.run) if shown else "")
    response = HttpResponse(write(cited), content_type=media_type)
    response["Cache-Control"] = "private, no-cache"
    return response


def master_digest(run: Run) -> str:
    """Give the SHA-512 of the master that a relic's models come from; "" for none."""
    master = Derivative.objects.filter(
        run=run.master_of or run, role=Derivative.Role.MASTER
    )
    row = master.select_related("stored_file").order_by("pk").first()
    return row.stored_file.sha512 if row else ""


def _cited(relic: Relic, digest: str) -> Cited:
    today = timezone.localdate()
    released = relic.released_at or relic.modified_at
    lines = [
        _("Register number %(number)s, record version %(version)s of %(date)s")
        % {
            "number": relic.register_no,
            "version": relic.edit_version,
            "date": relic.modified_at.date().isoformat(),
        }
    ]
    if digest:
        lines.append(
            _("3D master, SHA-512 %(digest)s") % {"digest": f"{digest[:DIGITS]}…"}
        )
    notes = [f"record version {relic.edit_version}"]
    notes += [f"3D master sha512 {digest}"] if digest else []
    closing = [_("read on %(date)s") % {"date": today.isoformat()}]
    if relic.rights:
        closing.append(_("Licence: %(licence)s") % {"licence": relic.rights})
        notes.append(relic.rights)
    return Cited(
        key=f"relic-{relic.key}",
        keeper=museum_name(),
        title=relic.title,
        issued=released.date().isoformat(),
        version=str(relic.edit_version),
        address=f"{settings.BASE_IRI}/id/relic/{relic.key}",
        lines=lines,
        closing=closing,
        how="Museum object record",
        note="; ".join(notes),
        read_on=today,
        number=relic.register_no,
        csl_type="webpage",
        ris_type="ART",
    )

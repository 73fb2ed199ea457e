"""Choose or make a mapping for a table, look at what it makes of the rows, and load."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heritage.exchange.actions import begin, save_mapping
from heritage.exchange.actions.mappings import find_mapping, mapping_names
from heritage.exchange.errors import ExchangeError
from heritage.exchange.fields import fields, label_of
from heritage.exchange.mapping import guess, read_plan, shipped, write_plan
from heritage.exchange.models import Load, Mapping
from heritage.exchange.places import staged_path
from heritage.exchange.preview import preview
from heritage.exchange.sizes import UNITS
from heritage.exchange.staging import read_rows
from heritage.exchange.tasks import ring
from heritage.lib.languages import text_tag

from .access import attempt, context, load_for, user_of

EXAMPLES = 3


@require_http_methods(["GET", "HEAD", "POST"])
def map_columns(request: HttpRequest, key: str) -> HttpResponse:
    """Edit the mapping of a staged table: guessed, or one that is known."""
    load = load_for(request, key)
    if not load.may_begin or not staged_path(load).is_file():
        return redirect("admin:exchange_results", load.key)
    chosen = request.GET.get("mapping", "")
    document = _document(load, chosen)
    if request.method == "POST":
        document = _edited(document, load, request.POST)
        try:
            mapping = save_mapping(document, by=user_of(request))
        except (ExchangeError, ValidationError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        else:
            load.mapping = mapping
            load.save(update_fields=["mapping"])
            return redirect("admin:exchange_preview", load.key)
    told = context(
        request, _("Columns of %(file)s") % {"file": load.file_name}, load=load, document=document,
        columns=_columns(load, document), targets=_targets(), units=sorted({*UNITS.values()} - {"in"}),
        known=_known(), chosen=chosen,
    )  # fmt: skip
    return render(request, "exchange/map.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, key: str) -> HttpResponse:
    """Show the first rows before and after; begin the load."""
    load = load_for(request, key)
    chosen = load.mapping
    if chosen is None or not load.may_begin:
        return redirect("admin:exchange_results", load.key)
    if request.method == "POST":

        def act() -> None:
            begin(load, chosen, by=user_of(request))
            ring(load)

        attempt(request, act)
        return redirect("admin:exchange_results", load.key)
    found = preview(load, read_plan(chosen.document))
    told = context(
        request,
        _("Preview of %(file)s") % {"file": load.file_name},
        load=load,
        preview=found,
    )
    return render(request, "exchange/preview.html", told)


def _document(load: Load, chosen: str) -> dict[str, Any]:
    """Give the mapping that was asked for, the load's own, or a guess."""
    if chosen in {*shipped(), *mapping_names()}:
        return dict(find_mapping(chosen).document)
    if load.mapping is not None and chosen != "guess":
        return dict(load.mapping.document)
    name = slugify(load.file_name.rpartition(".")[0]) or "table"
    return write_plan(guess(name[:60], load.columns))


def _edited(document: dict[str, Any], load: Load, sent: QueryDict) -> dict[str, Any]:
    """Take what the form says of each column; options it does not show stay."""
    by_column = {one["from"][0]: one for one in reversed(document["columns"])}
    # A second rule for a column, and columns that this file has not, are not in the form.
    others = [one for one in document["columns"] if by_column[one["from"][0]] is not one
              or one["from"][0] not in load.columns]  # fmt: skip
    columns = []
    for place, heading in enumerate(load.columns):
        target, unit = sent.get(f"to-{place}", ""), sent.get(f"unit-{place}", "")
        if not target:
            continue
        old = by_column.get(heading, {})
        kept = dict(old) if old.get("to") == target else {"from": [heading]}
        kept |= {"to": target, "unit": unit}
        columns.append({name: value for name, value in kept.items() if value})
    name = slugify(sent.get("name", "")) or document["name"]
    identifier = sent.getlist("identifier") or document["identifier"]
    source = slugify(sent.get("source", "")) or name
    return document | {
        "name": name,
        "source": source,
        "identifier": identifier,
        "columns": [*columns, *others],
    }


def _columns(load: Load, document: dict[str, Any]) -> list[dict[str, Any]]:
    rows = list(read_rows(staged_path(load), 0, 50))
    rules = {name: one for one in reversed(document["columns"]) for name in one["from"]}
    told = []
    for place, heading in enumerate(load.columns):
        texts = dict.fromkeys(
            row.cells[heading] for row in rows if heading in row.cells
        )
        rule = rules.get(heading, {})
        told.append({
            "place": place, "heading": heading, "to": rule.get("to", ""), "unit": rule.get("unit", ""),
            "examples": [text[:60] for text in list(texts)[:EXAMPLES]],
            "identifies": heading in document["identifier"],
        })  # fmt: skip
    return told


def _targets() -> list[tuple[str, str]]:
    return [(key, label_of(key)) for key in fields()]


def _known() -> list[tuple[str, str]]:
    """Name the mappings there are, in the reader's language where they have a title."""
    titles = {name: one.get("title", {}) for name, one in shipped().items()}
    for row in Mapping.objects.order_by("name", "version"):
        titles[row.name] = row.document.get("title", {})
    return [
        (name, title.get(text_tag(), "") or name)
        for name, title in sorted(titles.items())
    ]

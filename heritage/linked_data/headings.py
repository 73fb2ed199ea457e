"""What the columns of an answer are called: our own questions' variables in words.

A variable that another query names alike is called so too; the variable stands beside it.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEADINGS: Final[dict[str, Promise]] = {
    "bearer": _("bearer"), "bearerName": _("name of the bearer"),
    "before": _("grade before"), "begin": _("year it begins"), "by": _("by whom"),
    "byHand": _("measured by hand"), "category": _("category"), "date": _("date"),
    "element": _("intangible element"), "elementName": _("name of the element"),
    "elements": _("number of elements"), "end": _("year it ends"),
    "evidence": _("evidence"), "exhibit": _("exhibit"), "file": _("file"),
    "fileName": _("name of the file"), "height": _("height"),
    "held": _("dating that is held"), "keeper": _("keeper"), "kind": _("kind"),
    "label": _("term"), "maker": _("maker"), "makerName": _("name of the maker"),
    "master": _("teacher"), "masterName": _("name of the teacher"),
    "material": _("material"), "millimetres": _("deviation (mm)"),
    "model": _("model"), "modified": _("last changed"), "name": _("name"),
    "note": _("note"), "now": _("grade now"), "onModel": _("measured on the model"),
    "otherwise": _("another opinion"), "parameters": _("parameters"),
    "part": _("part of a set"), "partName": _("name of the part"), "period": _("period"),
    "picture": _("picture"), "place": _("place"), "program": _("program"),
    "pupils": _("number of pupils"), "region": _("region"), "relic": _("relic"),
    "relicName": _("name of the relic"), "relics": _("number of relics"),
    "run": _("computation"), "runs": _("number of computations"), "scan": _("scan"),
    "sha512": _("SHA-512"), "source": _("way of acquisition"),
    "state": _("state of preservation"), "technique": _("technique"),
    "theme": _("theme"), "thing": _("thing shown or changed"), "title": _("title"),
    "unit": _("unit"), "where": _("coordinates"), "whole": _("set"), "wholeName": _("name of the set"),
}  # fmt: skip


def heading(variable: str) -> str:
    """Say a variable in the reader's language; nothing for one that is not ours."""
    return str(HEADINGS.get(variable, ""))

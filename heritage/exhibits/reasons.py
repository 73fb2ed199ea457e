"""Why a thing is shown as it is: for machines a code and facts, for people a sentence."""

from django.utils.translation import gettext as _

from heritage.catalogue.models import Element, Relic
from heritage.lib.languages import in_both

from .choose import BEST, BUDGET, LEFT_OUT, NO_MODEL, Choice
from .importance import Rank
from .schemas import Code, Why


def why(thing: Relic | Element, choice: Choice, rank: Rank) -> Why:
    """Say it; of what had to stand back for others also where it came in the dealing out."""
    code: Code = "panel" if isinstance(thing, Element) else choice.code
    facts = {**choice.facts}
    if code in {BUDGET, LEFT_OUT}:
        facts["turn"] = rank.turn
        if rank.is_tied:
            facts["view_deg"] = f"{rank.view_deg:.1f}"
    return Why(
        code=code, facts=facts, messages=in_both(lambda: _told(code, choice, facts))
    )


def _told(code: str, choice: Choice, facts: dict[str, str | int]) -> str:
    if code != LEFT_OUT and not choice.is_there:
        return _("Not even its label fits in what this device can draw.")
    if "turn" not in facts:
        return _sentence(code)
    return _("%(reason)s %(turn)s") % {
        "reason": _sentence(code) % facts,
        "turn": _turn(facts) % facts,
    }


def _sentence(code: str) -> str:
    sentences = {
        BEST: _("The finest level for this device."),
        BUDGET: _("Level %(level)s would bring %(figure)s to %(needed)s of %(limit)s."),
        LEFT_OUT: _(
            "Left out: even level %(level)s would bring %(figure)s to %(needed)s of %(limit)s."
        ),
        NO_MODEL: _("There is no released 3D model yet."),
        "panel": _("Shown as a panel."),
    }
    return sentences[code]


def _turn(facts: dict[str, str | int]) -> str:
    if "view_deg" in facts:
        return _(
            "Its number in the exhibit is that of others too; as it fills %(view_deg)s° of the view, its turn was %(turn)s."
        )
    return _("By its number in the exhibit its turn was %(turn)s.")

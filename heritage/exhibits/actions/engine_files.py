"""Ask for the files that engines without extensions read, for a whole exhibit."""

from collections import Counter
from typing import Literal

from django.contrib.auth.models import AbstractBaseUser

from heritage.captures.actions.further_files import make_further
from heritage.captures.errors import CaptureError, NothingToMake
from heritage.captures.published import published_run
from heritage.exhibits.models import Exhibit

Outcome = Literal["asked", "there", "no-model", "refused"]
ENGINES = "plain"


def make_engine_files(
    exhibit: Exhibit, *, by: AbstractBaseUser
) -> tuple[Counter[Outcome], list[str]]:
    """Queue what is missing; tell how it went, and each refusal as a sentence."""
    outcomes: Counter[Outcome] = Counter()
    refusals: list[str] = []
    items = exhibit.items.filter(relic__isnull=False).select_related("relic")
    for relic in dict.fromkeys(item.relic for item in items if item.relic):
        run = published_run(relic)
        if run is None:
            outcomes["no-model"] += 1
            continue
        try:
            make_further(run, [ENGINES], by=by)
        except NothingToMake:
            outcomes["there"] += 1
        except CaptureError as error:
            outcomes["refused"] += 1
            refusals.append(f"{relic}: {error}")
        else:
            outcomes["asked"] += 1
    return outcomes, refusals

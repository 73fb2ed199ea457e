"""Take the demo out again: records and their history, runs, files' rows, the account.

The bytes go as well: what was generated for show is no accession. The logs stay, and
tell that there was a demo and that its files were removed.
"""

from collections import Counter
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from heritage.archive.actions.discard import discard_shown
from heritage.archive.models import Deposit
from heritage.captures.models import Capture, CaptureFile, Derivative, Run
from heritage.catalogue.models import (
    Agent,
    Approval,
    Bearer,
    Collection,
    Comment,
    Element,
    FindBatch,
    Place,
    ProposedEdit,
    Recording,
    Relic,
    SafetyCheck,
    Site,
)
from heritage.custody.actions.ledger import discard_demo_ledgers
from heritage.custody.models import Deregistration, Slip, Stocktake
from heritage.exhibits.models import Exhibit
from heritage.images.models import Image, ImageFile, ImageSet

from .custody import KEEPERS
from .records import CURATOR
from .review import VOLUNTEER

PEOPLE = (CURATOR, VOLUNTEER, *KEEPERS)
BEFORE_SITES: tuple[type[Any], ...] = (Relic, Recording, FindBatch)
AFTER_PARTS: tuple[type[Any], ...] = (Site, Bearer, Element, Agent, Place)
RECORDS = (*BEFORE_SITES, *AFTER_PARTS)
WITH_HISTORY: tuple[type[Any], ...] = (*RECORDS, Exhibit)


@transaction.atomic
def remove_demo() -> Counter[str]:
    """Delete everything the demo wrote; returns how many rows of each kind."""
    captures = Capture.objects.filter(relic__is_demo=True)
    runs = Run.objects.filter(capture__in=captures)
    images = ImageFile.objects.filter(image_set__relic__is_demo=True)
    deposits = sorted({*_deposits(captures, runs), *_image_deposits(images)})
    removed: Counter[str] = Counter()
    removed["custody.LedgerEntry"] = discard_demo_ledgers()
    for rows in (
        Slip.objects.filter(collection__is_demo=True),
        Stocktake.objects.filter(collection__is_demo=True),
        Deregistration.objects.filter(relic__is_demo=True),
        *_around_records(),
        Exhibit.objects.filter(is_demo=True),
        Derivative.objects.filter(run__in=runs),
        runs.filter(adds_to__isnull=False),
        runs.filter(master_of__isnull=False),
        runs,
        CaptureFile.objects.filter(capture__in=captures),
        captures,
        Image.objects.filter(file__in=images),
        images,
        ImageSet.objects.filter(relic__is_demo=True),
        *(model._default_manager.filter(is_demo=True) for model in BEFORE_SITES),
        Site.objects.filter(is_demo=True, part_of__isnull=False),
        *(model._default_manager.filter(is_demo=True) for model in AFTER_PARTS),
        *(model.history.filter(is_demo=True) for model in WITH_HISTORY),
        Collection.objects.filter(is_demo=True),
    ):
        _, counts = rows.delete()
        removed.update(counts)
    for _, counts in (
        discard_shown(Deposit.objects.filter(pk__in=deposits)),
        User.objects.filter(username__in=PEOPLE).delete(),
    ):
        removed.update(counts)
    return removed


def _around_records() -> list[QuerySet[Any]]:
    """Give what was said, proposed and checked of the demo's records."""
    keys = [
        key
        for model in WITH_HISTORY
        for key in model._default_manager.filter(is_demo=True).values_list(
            "key", flat=True
        )
    ]
    around = (Comment, ProposedEdit, Approval, SafetyCheck)
    return [model.objects.filter(record_key__in=keys) for model in around]


def _deposits(captures: QuerySet[Capture], runs: QuerySet[Run]) -> list[int]:
    files = CaptureFile.objects.filter(capture__in=captures)
    found = set(files.values_list("stored_file__deposit_id", flat=True))
    found |= set(runs.exclude(outputs=None).values_list("outputs_id", flat=True))
    return sorted(found)


def _image_deposits(images: QuerySet[ImageFile]) -> set[int]:
    found = set(images.values_list("stored_file__deposit_id", flat=True))
    return found | set(
        images.exclude(pyramids=None).values_list("pyramids_id", flat=True)
    )

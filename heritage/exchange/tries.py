"""A load that is killed at the same place again and again neither loops nor gives up.

After `MOST_TRIES` that ended at one batch without a word its rows are entered singly; a
row that ends as many tries of its own is refused with a sentence, and the rest goes on.
"""

from typing import Final

from django.db import transaction

from heritage.lib.batches import MOST_ROWS

from .lease import save
from .work import Work

MOST_TRIES: Final = 3


def note_try(work: Work) -> bool:
    """Count a try at what is next; tells whether the row that is next must be refused.

    Called once for each time that a work is taken up, before anything is entered.
    """
    tries = work.tries + 1 if work.tried_at == work.cursor else 1
    singly_until, is_hopeless = work.singly_until, False
    if tries > MOST_TRIES:
        is_hopeless = is_single(work)
        tries, singly_until = 1, max(singly_until, work.cursor + MOST_ROWS)
    with transaction.atomic():
        save(work, tried_at=work.cursor, tries=tries, singly_until=singly_until)
    return is_hopeless


def is_single(work: Work) -> bool:
    """Tell whether the next row is entered alone."""
    return work.cursor < work.singly_until

"""Whether the archive is where it should be, before anything is written to it."""

from .errors import StoreAbsent
from .models import Deposit
from .stores import archive


def check_mounted() -> None:
    """Raise `StoreAbsent` where the records know of objects and no storage root is there.

    Then its disk is not mounted or its bucket another, and nothing may be written there.
    """
    try:
        archive().check_present()
    except StoreAbsent as absent:
        if absent.is_certain and not _is_known():
            return
        raise


def _is_known() -> bool:
    return Deposit.objects.filter(state=Deposit.State.SEALED).exists()

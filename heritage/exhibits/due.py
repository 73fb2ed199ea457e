"""What a killed process left of narrations: sounds in the archive that no row names."""

from heritage.archive.left_behind import lay_in_inbox, left_behind
from heritage.lib.due import due

from .actions.keep_narration import NOTE_PREFIX, adopt_narration
from .errors import ExhibitError
from .models import Narration


@due
def adopt_narrations() -> int:
    """Give each sound to its narration, or to the inbox where it may not have it."""
    count = 0
    rows = Narration.objects.select_related("exhibit")
    for row, deposit in left_behind(rows, NOTE_PREFIX):
        try:
            adopt_narration(row, deposit)
        except ExhibitError:  # the exhibit was released meanwhile
            lay_in_inbox(deposit)
        count += 1
    return count

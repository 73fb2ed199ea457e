"""How many rows a list has: exactly while they are few, then about, from a sample.

No table is counted as a whole. Beyond `EXACT` rows some thousand numbers, spread evenly
over all that the table has given out, tell what share of them the list has; where in the
list's order they stand tells about which row has which place in it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, F, Func, Max, Min, Model, QuerySet
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .keyset import Place, Sorted

EXACT: Final = 10_000
SAMPLE: Final = 2_000
MANY: Final = 5  # of the sample: so many rows of a million that sorting them takes long
FAR: Final = 10 * EXACT  # numbers: in a longer table a sample is asked before a count
SURE: Final = 50  # rows of a sample
GOLDEN: Final = 0.618_033_988_749_894_9  # spreads numbers without a period of their own


class OneOf(Func):
    """A column holds one of some thousand whole numbers, written out: bound as values
    one by one they take longer than the rows that they name.
    """

    template = "%(expressions)s IN (%(numbers)s)"
    output_field = BooleanField()

    def __init__(self, column: F, numbers: Iterable[int]) -> None:
        super().__init__(column, numbers=", ".join(map(str, map(int, numbers))))


class About(int):
    """A count that is an estimate, and says so wherever it is shown."""

    def __str__(self) -> str:
        return _("about %(count)s") % {"count": f"{rounded(int(self)):,}"}


def rounded(count: int) -> int:
    """Keep two digits: an estimate knows no more."""
    unit: int = 10 ** max(0, len(str(count)) - 2)
    return round(count / unit) * unit


def count_up_to(rows: QuerySet[Any], most: int = EXACT) -> int | None:
    """Count rows; None where there are more."""
    count: int = rows.order_by()[: most + 1].count()
    return count if count <= most else None


@dataclass(frozen=True)
class Sample:
    """Places of some rows, in the list's order, and how many rows each stands for."""

    places: list["Place"]
    weight: float

    @property
    def total(self) -> About:
        return About(max(EXACT + 1, round(len(self.places) * self.weight)))

    @property
    def is_surely_long(self) -> bool:
        """Tell whether chance alone cannot have it that the list has `EXACT` rows or fewer."""
        expected = EXACT / self.weight
        return len(self.places) >= max(SURE, 2.5 * expected)

    @property
    def frequent(self) -> tuple[Any, ...]:
        """The values of the first column that many rows have, in the list's order."""
        counts = Counter(place[0] for place in self.places)
        return tuple(value for value, n in counts.items() if n >= MANY)

    def place_at(self, number: int) -> "Place | None":
        """Give about the place of the row of this number."""
        if not self.places:
            return None
        at = int(number / self.weight)
        return self.places[min(at, len(self.places) - 1)]


def numbers_of(model: type[Model]) -> range:
    """Give the numbers that a table has given out, from the first one left to the last."""
    # Asked for both at once, SQLite reads the whole table.
    table = model._base_manager
    first = table.aggregate(at=Min("pk"))["at"] or 0
    last = table.aggregate(at=Max("pk"))["at"] or 0
    return range(first, last + 1)


def take_sample(ordered: "Sorted", given: range) -> Sample:
    """Look at rows whose numbers are spread evenly over those that were given out."""
    first, span = given.start, len(given)
    numbers = {first + int(n * GOLDEN % 1 * span) for n in range(1, SAMPLE + 1)}
    names = [key.path for key in ordered.keys]
    rows = ordered.rows.filter(OneOf(F("pk"), sorted(numbers)))
    order = [key.expression() for key in ordered.keys]
    places = list(rows.order_by(*order).values_list(*names))
    return Sample(places, span / len(numbers))

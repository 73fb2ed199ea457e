"""What an erasure takes: the same bytes wherever they lie, and what shows them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from .models import Deposit, StoredFile

Computed = Callable[[QuerySet[StoredFile]], QuerySet[Deposit]]
_declared: list[Computed] = []


def declare(computed: Computed) -> None:
    """Have the deposits erased as well that were computed from what is erased."""
    if computed not in _declared:
        _declared.append(computed)


def gather(chosen: Iterable[int]) -> QuerySet[StoredFile]:
    """Give all files whose bytes go with the chosen ones (by primary key).

    Copies in other deposits are the same bytes. Files that show them were computed from
    them; equal ones elsewhere are not taken, for something else may have given them.
    """
    here = StoredFile.objects.filter(pk__in=list(chosen))
    digests = list(here.values_list("sha512", flat=True).distinct())
    copies = StoredFile.objects.filter(sha512__in=digests)
    numbers = set(copies.values_list("pk", flat=True))
    for computed in _declared:
        shown = StoredFile.objects.filter(deposit__in=computed(copies))
        numbers |= set(shown.values_list("pk", flat=True))
    rows = StoredFile.objects.filter(pk__in=numbers, erased_by__isnull=True)
    return rows.select_related("deposit").order_by("deposit_id", "name")


def described(file: StoredFile) -> dict[str, Any]:
    """Tell what is known of a file, and stays known once its bytes are gone."""
    return {
        "file": file.key,
        "deposit": file.deposit.key,
        "name": file.name,
        "sha512": file.sha512,
        "bytes": file.size_bytes,
        "kind": file.deposit.kind,
    }

"""What files in the archive show of an image: erased together, out of sight together."""

from typing import Any

from django.db.models import Q, QuerySet

from heritage.archive import erasing
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.staying import in_use, is_in_use
from heritage.catalogue.policy import Person

from .models import ImageFile


def follow_files() -> None:
    erasing.declare(computed_from)


def computed_from(files: QuerySet[StoredFile]) -> QuerySet[Deposit]:
    """Give the pyramids that were made of these files."""
    made = ImageFile.objects.filter(stored_file__in=files, pyramids__isnull=False)
    return Deposit.objects.filter(pk__in=made.values("pyramids"))


class ImageInUse:
    """Neither the pyramid nor the file it was made of is retired or erased."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return in_use(f"{prefix}stored_file__") & in_use(f"{prefix}file__stored_file__")

    def holds(self, person: Person, thing: Any) -> bool:
        return is_in_use(thing.stored_file) and is_in_use(thing.file.stored_file)

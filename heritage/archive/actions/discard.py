"""Take computed files that nobody names out of the archive again."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction

from heritage.archive.errors import OriginalsStay
from heritage.archive.models import Deposit


def discard_derived(deposit: Deposit) -> None:
    """Remove a deposit of computed files; raise `OriginalsStay` for any other.

    A row that still refers to one of its files makes the database refuse.
    """
    if deposit.kind != Deposit.Kind.DERIVED:
        raise OriginalsStay(str(deposit))
    folder = Path(settings.ARCHIVE_ROOT) / deposit.object_path
    with transaction.atomic():
        deposit.files.all().delete()
        Deposit.objects.filter(pk=deposit.pk).delete()
    # After the commit: bytes without a row do no harm, a row without bytes would.
    if deposit.object_path:
        shutil.rmtree(folder, ignore_errors=True)

"""Add picture files to a set: archived as they are, then read by a worker."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.archive.actions.deposit import Item, deposit_files
from heritage.archive.models import Deposit
from heritage.images import bell
from heritage.images.models import ImageFile, ImageSet
from heritage.images.naming import natural_order
from heritage.images.permission import check_member

NOTE_PREFIX = "images "
State = ImageFile.State


def add_images(
    image_set: ImageSet, items: Iterable[Item], *, by: AbstractBaseUser | None
) -> list[ImageFile]:
    """Archive files and ask for their pyramids.

    Raises `NotPermitted`, or an `ArchiveError`; then nothing is kept.
    """
    check_member(image_set, by)
    deposit = deposit_files(
        items, kind=Deposit.Kind.ORIGINAL, by=by, note=f"{NOTE_PREFIX}{image_set.key}"
    )
    return attach_deposit(image_set, deposit, by=by)


@transaction.atomic
def attach_deposit(
    image_set: ImageSet, deposit: Deposit, *, by: AbstractBaseUser | None
) -> list[ImageFile]:
    """Make a sealed deposit's files the set's; what is there already stays one."""
    known = set(image_set.files.values_list("stored_file__sha512", flat=True))
    rows = []
    for file in sorted(deposit.files.all(), key=lambda one: natural_order(one.name)):
        if file.sha512 in known:
            continue
        known.add(file.sha512)
        row = ImageFile.objects.create(
            image_set=image_set, stored_file=file, added_by_id=by.pk if by else None
        )
        bell.ring(row)
        rows.append(row)
    return rows


@transaction.atomic
def read_again(file: ImageFile, *, by: AbstractBaseUser | None) -> None:
    """Try a refused file once more: a limit was raised, a reader has learned."""
    check_member(file.image_set, by)
    rows = ImageFile.objects.filter(pk=file.pk, state=State.REFUSED)
    if rows.update(state=State.WAITING, attempt=0, error_code="", error_facts={}):
        bell.ring(file)

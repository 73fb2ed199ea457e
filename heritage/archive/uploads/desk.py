"""Where somebody hands in files for one record: begin uploads, find them, end them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from heritage.archive import room
from heritage.archive.errors import TooLarge, UnsafeName
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.mounted import check_mounted
from heritage.archive.names import safe_name
from heritage.archive.upload_models import Upload, UploadChunk, UploadQuery

from .errors import (
    BeingKept,
    NameTaken,
    NoSuchUpload,
    TooManyUploads,
    TooMuchUnfinished,
    UploadGone,
)
from .places import held, make_place, remove_place
from .receiving import expires_from_now, receive

# What clients call a file's name: tus-js-client, Uppy, and folders in either.
NAME_KEYS = ("relativePath", "filename", "name")
MODIFIED_KEYS = ("lastModified", "modified")
LONGEST_NAME = StoredFile._meta.get_field("name").max_length or 0


@dataclass(frozen=True)
class Desk:
    """One person's uploads for one record; together they become one deposit.

    Whether the person may hand in anything for the record is asked before there is a
    desk: by the rule that deposits follow.
    """

    person: AbstractBaseUser
    target_kind: str
    target_key: str

    @property
    def name(self) -> str:
        return f"{self.target_kind}-{self.target_key}-{self.person.pk}"

    def uploads(self) -> UploadQuery:
        """Give the open uploads of this desk."""
        return self._all().open()

    def find(self, key: str) -> Upload:
        """Give an open upload. Raises `NoSuchUpload`, or `UploadGone` for an ended one."""
        upload = self._all().filter(key=key).first()
        if upload is None:
            raise NoSuchUpload
        if not upload.is_open:
            raise UploadGone(upload.name)
        return upload

    def begin(
        self, size_bytes: int, metadata: Mapping[str, str], *, raw: str = ""
    ) -> Upload:
        """Promise room for a file and wait for its bytes.

        Raises `UnsafeName`, `TooLarge`, `TooManyUploads`, `TooMuchUnfinished`, `NoSpace`,
        `StoreAbsent` or `NameTaken`.
        """
        check_mounted()
        told = next((metadata[name] for name in NAME_KEYS if metadata.get(name)), "")
        modified = next((metadata[n] for n in MODIFIED_KEYS if n in metadata), "")
        upload = Upload(
            sent_by_id=self.person.pk,
            target_kind=self.target_kind,
            target_key=self.target_key,
            original_name=told[:1000],
            modified=_plain(modified)[:40],
            metadata=raw,
            size_bytes=size_bytes,
            expires_at=expires_from_now(),
        )
        upload.name = _stored_name(told or upload.key)
        with room.lock(), transaction.atomic():
            self._check_limits(upload)
            room.check_room(size_bytes)
            make_place(upload.key)
            self._insert(upload)
        return upload

    def take(self, name: str, file: BinaryIO, size_bytes: int) -> Upload:
        """Take a file that came whole, in a form without JavaScript."""
        upload = self.begin(size_bytes, {"filename": name})
        receive(upload, file.read, length=size_bytes, checksum=None)
        return upload

    def end(self, upload: Upload, state: str = Upload.State.CANCELLED) -> None:
        """Forget an upload and its bytes.

        Raises `UploadBusy` while it is written to, and `BeingKept` once it is part of a
        deposit: of one that is made now, or was when its process was killed.
        """
        rows = self._all().filter(pk=upload.pk)
        with held(upload.key):
            if end_uploads(rows.filter(deposit_key=""), state):
                return
            with self.locked():
                if _are_kept(rows.open()):
                    raise BeingKept
                end_uploads(rows, state)

    def locked(self) -> AbstractContextManager[None]:
        """Hold the desk while its uploads are kept. Raises `BeingKept`."""
        return held(f"desk-{self.name}", busy=BeingKept)

    def _all(self) -> UploadQuery:
        return Upload.objects.filter(
            sent_by_id=self.person.pk,
            target_kind=self.target_kind,
            target_key=self.target_key,
        )

    def _check_limits(self, upload: Upload) -> None:
        limit = settings.UPLOAD_LIMIT_BYTES
        if self.uploads().total_bytes() + upload.size_bytes > limit:
            raise TooLarge(upload.name, limit)
        own = Upload.objects.open().filter(sent_by_id=self.person.pk)
        if own.count() >= settings.UPLOADS_OPEN_FILES:
            raise TooManyUploads(settings.UPLOADS_OPEN_FILES)
        most = settings.UPLOADS_OPEN_BYTES
        if own.total_bytes() + upload.size_bytes > most:
            raise TooMuchUnfinished(most)

    def _insert(self, upload: Upload) -> None:
        try:
            with transaction.atomic():
                upload.save(force_insert=True)
        except IntegrityError:
            remove_place(upload.key)
            raise NameTaken(upload.name) from None


def _are_kept(rows: UploadQuery) -> bool:
    states = (Deposit.State.RECEIVING, Deposit.State.SEALED)
    keys = rows.values("deposit_key")
    return bool(Deposit.objects.filter(key__in=keys, state__in=states).exists())


def _plain(text: str) -> str:
    """Leave out what databases do not hold, such as a zero byte."""
    return "".join(filter(str.isprintable, text))


def _stored_name(told: str) -> str:
    name = safe_name(told)
    if len(name) > LONGEST_NAME:
        raise UnsafeName(told)
    return name


def end_uploads(rows: UploadQuery, state: str) -> int:
    """Forget the bytes of these open uploads; their rows say for a while what became."""
    with transaction.atomic():
        chosen = rows.open().select_for_update().values_list("key", flat=True)
        keys = list(chosen)
        UploadChunk.objects.filter(upload__in=rows.open()).delete()
        rows.open().update(state=state)
    for key in keys:
        remove_place(key)
    return len(keys)

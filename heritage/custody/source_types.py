"""How a file came to be: captured, derived, restored or made by a machine model."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from heritage.archive.models import Deposit, StoredFile

from .models import Asset

Type = Asset.SourceType


@dataclass(frozen=True)
class Source:
    """The type, and of what a machine made the model and the prompt's digest."""

    type: Type
    machine: str = ""
    prompt_digest: str = ""

    @property
    def text(self) -> str:
        told = str(self.type.label)
        if not self.machine:
            return told
        digest = _("prompt %s…") % self.prompt_digest[:12]
        return f"{told}: {self.machine}, {digest}"


def source_of(file: StoredFile) -> Source:
    return sources_of([file])[file.pk]


def sources_of(files: Iterable[StoredFile]) -> dict[int, Source]:
    """Tell what somebody has said of each file, else what follows from how it came here."""
    rows = list(files)
    said = {asset.file_id: asset for asset in Asset.objects.filter(file__in=rows)}
    return {file.pk: _source(file, said.get(file.pk)) for file in rows}


def _source(file: StoredFile, asset: Asset | None) -> Source:
    if asset is not None:
        return Source(Type(asset.source_type), asset.machine, asset.prompt_digest)
    is_original = file.deposit.kind == Deposit.Kind.ORIGINAL
    return Source(Type.CAPTURED if is_original else Type.DERIVED)

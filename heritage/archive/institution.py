"""What the museum is called and looks like: asked for by each page, kept for seconds."""

import time
from functools import partial
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from heritage.lib.languages import language_tag

from .models import Institution

KEPT_S: Final = 5.0  # so long another process may show what was before

_kept: tuple[float, Institution] | None = None


class Names(NamedTuple):
    zh: str
    en: str

    @property
    def both(self) -> str:
        return " ".join(dict.fromkeys(filter(None, self)))

    @property
    def by_tag(self) -> dict[str, str]:
        pairs = {"zh-Hans": self.zh, "en": self.en}
        return {tag: text for tag, text in pairs.items() if text}

    def said(self, *, english: bool) -> str:
        """Give the name in one language, or in the other where it has none."""
        first, second = (self.en, self.zh) if english else (self.zh, self.en)
        return first or second


def institution() -> Institution:
    """Give the museum's row without its logo, or an empty one."""
    global _kept
    kept = _kept
    if kept is not None and time.monotonic() - kept[0] < KEPT_S:
        return kept[1]
    found = Institution.objects.defer("logo").filter(pk=1).first() or Institution(pk=1)
    _kept = time.monotonic(), found
    return found


def museum_names() -> Names:
    """Name the museum in both languages: as the admin has it, else as the settings do."""
    row = institution()
    if row.name_zh or row.name_en:
        return Names(row.name_zh, row.name_en)
    return Names(settings.MUSEUM_NAME_ZH, settings.MUSEUM_NAME_EN)


def museum_name() -> str:
    """Name the museum in the reader's language."""
    return museum_names().said(english=language_tag() == "en")


def logo() -> bytes:
    """Give the museum's mark as PNG; empty where it has none."""
    row = Institution.objects.filter(pk=1).only("logo").first()
    return bytes(row.logo) if row is not None else b""


def watch() -> None:
    """Forget what was kept when the row is saved here."""
    for signal in (post_save, post_delete):
        signal.connect(_on_changed, sender=Institution, dispatch_uid="institution")


def forget() -> None:
    global _kept
    _kept = None


def _on_changed(sender: Any, **_: Any) -> None:
    forget()
    transaction.on_commit(partial(forget))

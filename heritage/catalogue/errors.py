"""What the register refuses, and what to do about it.

The sentences are lazy: who reads one later is told in his own language.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from heritage.lib.languages import filled


class CatalogueError(Exception):
    """Base of everything the catalogue raises on purpose."""

    code = "catalogue-error"
    status = 409


class NotPermitted(CatalogueError):
    code = "not-permitted"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only a curator of this record's collection may do this. Ask one of them."
            )
        )


class NotReady(CatalogueError):
    """A record lacks what release demands; `missing` names it all at once."""

    code = "not-ready"

    def __init__(self, title: str, missing: Sequence[str]) -> None:
        super().__init__(
            filled(
                _("%(record)s cannot be released yet: %(missing)s"),
                {"record": title, "missing": "; ".join(missing)},
            )
        )
        self.missing = list(missing)


class WrongState(CatalogueError):
    code = "wrong-state"

    def __init__(self, title: str, state: str) -> None:
        super().__init__(
            filled(
                _("%(record)s is %(state)s, so this cannot be done."),
                {"record": title, "state": state},
            )
        )


class EditedMeanwhile(CatalogueError):
    """Somebody else saved since the version that the writer had read.

    `differing` names the fields that both have changed, where the writer's are known.
    """

    code = "edited-meanwhile"

    def __init__(
        self, title: str, seen: int, now: int, differing: Sequence[str] = ()
    ) -> None:
        super().__init__(
            filled(
                _(
                    "%(record)s was saved by somebody else meanwhile: you read version "
                    "%(seen)d, it is at %(now)d. Read it again and merge."
                ),
                {"record": title, "seen": seen, "now": now},
            )
        )
        self.seen, self.now, self.differing = seen, now, list(differing)


class NotEnoughEyes(CatalogueError):
    """The museum asks for more people than have found this version fit by now."""

    code = "not-enough-eyes"

    def __init__(self, title: str, found: int, needed: int) -> None:
        super().__init__(
            filled(
                _(
                    "%(record)s needs %(needed)d people to be released, and %(found)d have "
                    "found it fit. Ask another curator to look at it."
                ),
                {"record": title, "found": found, "needed": needed},
            )
        )
        self.found, self.needed = found, needed


class NotLookedAt(CatalogueError):
    """A release says nothing of a risk that was found."""

    code = "not-looked-at"

    def __init__(self, title: str, codes: Sequence[str], told: Sequence[str]) -> None:
        super().__init__(
            filled(
                _("Before %(record)s is released, somebody looks at this: %(risks)s"),
                {"record": title, "risks": " ".join(told)},
            )
        )
        self.codes = list(codes)

"""What the archive refuses, and what to do about it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class ArchiveError(Exception):
    """Base of everything the archive raises on purpose."""

    code = "archive-error"
    status = 422


class UnsafeName(ArchiveError):
    code = "unsafe-name"

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s: this file name leads outside its folder, is too long, or holds "
                "characters that cannot be kept. Rename the file."
            )
            % {"name": name}
        )


class UnreadableFile(ArchiveError):
    code = "unreadable-file"

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s: the museum may not read it, or a file in it. Give its account "
                "the right to read."
            )
            % {"name": name}
        )


class DuplicateName(ArchiveError):
    code = "duplicate-name"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s was handed in twice. Rename one of the two files.")
            % {"name": name}
        )


class TooLarge(ArchiveError):
    code = "too-large"
    status = 413

    def __init__(self, name: str, limit_bytes: int) -> None:
        super().__init__(
            _(
                "%(name)s goes over the limit of %(limit)s GB for one deposit. "
                "Hand it in in parts, or ask the operator to raise the limit."
            )
            % {"name": name, "limit": round(limit_bytes / 1024**3, 2)}
        )


class NoSpace(ArchiveError):
    code = "no-space"
    status = 507

    def __init__(self, free_bytes: int) -> None:
        super().__init__(
            _(
                "The archive's disk has only %(free)s GB left. "
                "Ask the operator to make room; nothing was kept."
            )
            % {"free": round(free_bytes / 1024**3, 2)}
        )


class BrokenInventory(ArchiveError):
    code = "broken-inventory"
    status = 500

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "No inventory of the object %(name)s is intact. "
                "Restore it from the replica or from a backup."
            )
            % {"name": name}
        )


class EmptyDeposit(ArchiveError):
    code = "empty-deposit"

    def __init__(self) -> None:
        super().__init__(_("No file was handed in. Choose at least one file."))


class OriginalsStay(ArchiveError):
    code = "originals-stay"
    status = 409

    def __init__(self, key: str) -> None:
        super().__init__(
            _("The deposit %(key)s holds original files; these are never removed.")
            % {"key": key}
        )


class EventsStay(ArchiveError):
    code = "events-stay"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Preservation events are only ever added to."))


class StoreAbsent(ArchiveError):
    code = "store-absent"
    status = 503
    is_certain = True  # nothing is there; not: nobody answers

    def __init__(self, root: object) -> None:
        super().__init__(
            _(
                "There is no archive at %(root)s. See whether the disk is mounted; "
                "nothing was checked."
            )
            % {"root": root}
        )


class StoreUnreachable(StoreAbsent):
    """The bucket does not answer, or not as it should. Never says a credential."""

    code = "store-unreachable"
    is_certain = False

    def __init__(self, root: object, reason: str) -> None:
        self.reason = reason
        ArchiveError.__init__(
            self,
            _(
                "The store %(root)s cannot be reached (%(reason)s). See whether its "
                "address, bucket and keys are right and the network is up; nothing is "
                "lost, and the museum goes on by itself."
            )
            % {"root": root, "reason": reason},
        )


class NotAsSent(ArchiveError):
    code = "not-as-sent"
    status = 500

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s: the store does not hold what was sent. It was not taken; "
                "try again, and look at the network and the store."
            )
            % {"name": name}
        )


class ReplicaRefused(ArchiveError):
    code = "replica-refused"
    status = 500

    def __init__(self, name: str, file: str) -> None:
        super().__init__(
            _(
                "%(file)s of the object %(name)s changed while it was copied. "
                "Check its fixity."
            )
            % {"name": name, "file": file}
        )


class DamagedPackage(ArchiveError):
    code = "damaged-package"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s is damaged or missing, so no package is made. "
                "Check its fixity; it comes back from the replica or a backup."
            )
            % {"name": name}
        )


class EmptyPackage(ArchiveError):
    code = "empty-package"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s has no files in the archive yet.") % {"name": name}
        )


class BagRefused(ArchiveError):
    code = "bag-refused"

    def __init__(self, name: str, reasons: Sequence[str]) -> None:
        super().__init__(
            _("The bag %(name)s was refused: %(reasons)s")
            % {"name": name, "reasons": " ".join(reasons)}
        )
        self.reasons = reasons


class NoDestination(ArchiveError):
    code = "no-destination"

    def __init__(self, reference: str, keys: Sequence[str]) -> None:
        text = (
            _("%(name)s means several records (%(keys)s). Name one by its key.")
            if keys
            else _("No record has the key or register number %(name)s.")
        )
        super().__init__(text % {"name": reference, "keys": ", ".join(keys)})


class NotInInbox(ArchiveError):
    code = "not-in-inbox"
    status = 409

    def __init__(self, key: str) -> None:
        super().__init__(
            _("The deposit %(key)s does not wait in the inbox.") % {"key": key}
        )


class NeverDeleted(ArchiveError):
    code = "never-deleted"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing is deleted from the archive. Retire it with a reason; what "
                "the law wants gone goes by a lawful erasure."
            )
        )


class ReasonMissing(ArchiveError):
    code = "reason-missing"

    def __init__(self) -> None:
        super().__init__(_("Give the reason: it is kept with what you do."))


class AlreadyErased(ArchiveError):
    code = "already-erased"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s was erased by law; it cannot come back.") % {"name": name}
        )


class SamePerson(ArchiveError):
    code = "same-person"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "You asked for this erasure yourself. Somebody else with the right to "
                "confirm must agree to it."
            )
        )


class NoRight(ArchiveError):
    code = "no-right"
    status = 403

    def __init__(self, right: str) -> None:
        super().__init__(
            _("For this you need a right that you do not have: %(right)s.")
            % {"right": right}
        )


class AlreadyDecided(ArchiveError):
    code = "already-decided"
    status = 409

    def __init__(self, key: str, state: str) -> None:
        super().__init__(
            _("The erasure %(key)s is already decided: %(state)s.")
            % {"key": key, "state": state}
        )


class NotEmpty(ArchiveError):
    code = "not-empty"
    status = 409

    def __init__(self, what: str) -> None:
        super().__init__(
            _(
                "This museum is not empty: there are %(what)s. Begin with an empty "
                "database; nothing was changed."
            )
            % {"what": what}
        )


class AlreadyGiven(ArchiveError):
    code = "already-given"
    status = 409

    def __init__(self, name: str, record: str, person: str) -> None:
        text = (
            _("%(person)s has given %(name)s to %(record)s in the meantime.")
            if person
            else _("%(name)s has been given to %(record)s in the meantime.")
        )
        super().__init__(text % {"name": name, "record": record, "person": person})


class TableUnreadable(ArchiveError):
    code = "table-unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            _(
                "The table cannot be read: %(reason)s. Save it as CSV in UTF-8 or GBK "
                "with two columns: path or file name, and record number."
            )
            % {"reason": reason}
        )


class StillChanging(ArchiveError):
    code = "still-changing"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s changed while it was read. Wait until it is copied.")
            % {"name": name}
        )


class NotYours(ArchiveError):
    code = "not-yours"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only those who work in a collection may hand in. Ask a curator to add you."
            )
        )


class RecordRefuses(ArchiveError):
    """The record's own room does not take the files; its sentence says why."""

    code = "record-refuses"
    status = 403

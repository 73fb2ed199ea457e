"""What hinders a backup, or the restoring of one, and what to do about it."""

from pathlib import Path

from django.utils.translation import gettext as _


class BackupError(Exception):
    """Base of everything that a backup raises on purpose."""

    code = "backup-error"


class ToolMissing(BackupError):
    code = "tool-missing"

    def __init__(self, tool: str) -> None:
        super().__init__(
            _(
                "%(tool)s is not on the PATH, and PostgreSQL cannot be saved without it. "
                "Install PostgreSQL's client programs."
            )
            % {"tool": tool}
        )


class ToolTooOld(BackupError):
    code = "tool-too-old"

    def __init__(self, tool: str, version: int, server: int) -> None:
        super().__init__(
            _(
                "%(tool)s is of version %(version)d and the server of %(server)d. "
                "Install the client programs of version %(server)d or later."
            )
            % {"tool": tool, "version": version, "server": server}
        )


class ToolFailed(BackupError):
    code = "tool-failed"

    def __init__(self, tool: str, said: str) -> None:
        super().__init__(
            _("%(tool)s failed: %(said)s") % {"tool": tool, "said": said.strip()}
        )


class AnotherBackup(BackupError):
    code = "another-backup"

    def __init__(self, folder: Path) -> None:
        super().__init__(_("Another backup into %s is under way.") % folder)


class BucketNotEmpty(BackupError):
    code = "bucket-not-empty"

    def __init__(self, store: object) -> None:
        super().__init__(
            _(
                "%(store)s holds objects that are not in the backup, and a bucket cannot "
                "be set aside. Set HERITAGE_ARCHIVE_S3 to another prefix and restore "
                "into that."
            )
            % {"store": store}
        )


class NoBackup(BackupError):
    code = "no-backup"

    def __init__(self, folder: Path) -> None:
        super().__init__(_("There is no finished backup in %s.") % folder)


class OtherDatabase(BackupError):
    code = "other-database"

    def __init__(self, kept: str, here: str) -> None:
        super().__init__(
            _(
                "The backup is of a museum on %(kept)s, and this one is set to %(here)s. "
                "Set HERITAGE_DATABASE_URL accordingly."
            )
            % {"kept": kept, "here": here}
        )


class DamagedBackup(BackupError):
    code = "damaged-backup"

    def __init__(self, names: list[str]) -> None:
        shown = ", ".join(names[:10]) + ("…" if len(names) > 10 else "")
        super().__init__(
            _(
                "These files of the backup are damaged or missing, and in no other "
                "generation: %s. Nothing was changed."
            )
            % shown
        )
        self.names = names


class MuseumNotEmpty(BackupError):
    code = "museum-not-empty"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This museum is not empty. Restore into an empty one, or stop it and say "
                "--replace: what is there now is then set aside, not deleted."
            )
        )

"""Read back from the OCFL root alone what the records were: no database is asked.

Every object is looked at by itself. What is damaged is named, an older version taken
where one is whole, and the reading goes on with the next.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from . import ocfl
from .byte_store import ByteStore, Place
from .errors import BrokenInventory

RECORD, NOTES = "record.json", "preservation.json"


@dataclass(frozen=True)
class Fault:
    """Something that could not be read or put back, and why."""

    what: str
    reason: str


@dataclass(frozen=True)
class Told:
    """The newest whole version of a record, as its object tells it."""

    path: str
    kind: str
    key: str
    version: int
    sequence: int
    sha512: str
    preserved_at: datetime
    place: Place

    def read_rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.place.read_bytes())["rows"]
        return rows


@dataclass
class Reading:
    """All that an archive tells: its records, its deposits, what is wrong with it."""

    records: list[Told] = field(default_factory=list)
    deposits: dict[str, str] = field(default_factory=dict)  # key: path
    faults: list[Fault] = field(default_factory=list)
    sequences: set[int] = field(default_factory=set)

    def fault(self, what: str, reason: str) -> None:
        self.faults.append(Fault(what, reason))


def read_archive(store: ByteStore) -> Reading:
    """Look at every object of a storage root."""
    reading = Reading()
    for path in store.objects():
        folder = store.place(path)
        try:
            _read_object(folder, path, reading)
        except BrokenInventory as broken:
            reading.fault(folder.name, str(broken))
        except (OSError, KeyError, TypeError, ValueError) as error:
            reading.fault(folder.name, _("cannot be read: %s") % error)
    return reading


def _read_object(folder: Place, path: str, reading: Reading) -> None:
    raw, head = ocfl.newest_inventory(folder)
    inventory = json.loads(raw)
    name = str(inventory["id"]).rpartition("/id/")[2]
    for extra in sorted(_versions_on_disk(folder) - set(inventory["versions"])):
        reading.fault(
            name, _("%s is half-written; the version before it counts.") % extra
        )
    kind, _slash, key = name.partition("/")
    states = inventory["versions"]
    if kind == "deposit" and not _find(states[head], RECORD):
        reading.deposits[key] = path
        return
    whole = None
    for version in sorted(states, key=lambda name: -int(name[1:])):
        notes = _whole_bytes(folder, inventory, version, NOTES)
        if notes is not None:
            reading.sequences.add(int(json.loads(notes)["sequence"]))
        if whole is None:
            whole = _told(folder, path, inventory, version)
            if whole is None:
                reading.fault(name, _("version %s is damaged; an older one is sought.") % version)  # fmt: skip
    if whole is None:
        reading.fault(name, _("no version of it is whole."))
    else:
        reading.records.append(whole)


def _told(
    folder: Place, path: str, inventory: dict[str, Any], version: str
) -> Told | None:
    data = _whole_bytes(folder, inventory, version, RECORD)
    notes = _whole_bytes(folder, inventory, version, NOTES)
    if data is None or notes is None:
        return None
    digest = _find(inventory["versions"][version], RECORD)
    document = json.loads(data)
    return Told(
        path=path,
        kind=document["kind"],
        key=document["key"],
        version=int(version[1:]),
        sequence=int(json.loads(notes)["sequence"]),
        sha512=digest,
        preserved_at=datetime.fromisoformat(inventory["versions"][version]["created"]),
        place=folder / inventory["manifest"][digest][0],
    )


def _whole_bytes(
    folder: Place, inventory: dict[str, Any], version: str, name: str
) -> bytes | None:
    """Give a small file's bytes if they are there and as their digest says."""
    digest = _find(inventory["versions"][version], name)
    try:
        data: bytes = (folder / inventory["manifest"][digest][0]).read_bytes()
    except (OSError, KeyError, IndexError):
        return None
    return data if hashlib.sha512(data).hexdigest() == digest else None


def _find(version: dict[str, Any], name: str) -> str:
    return next((d for d, names in version["state"].items() if name in names), "")


def _versions_on_disk(folder: Place) -> set[str]:
    return {p.name for p in folder.glob("v*") if p.is_dir() and p.name[1:].isdigit()}

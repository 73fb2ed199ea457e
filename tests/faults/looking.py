"""Whether rows, objects and replica say the same, and nothing that must go is there."""

from typing import Any

FACES = "what may have to go"


def check_erasures() -> list[str]:
    """What two people agreed to erase is in neither store, and both are in order."""
    from heritage.archive.models import Deposit, Erasure, StoredFile
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive, replica

    decided = Erasure.objects.exclude(state="asked")
    faults = [f"{one}: {one.state} for ever" for one in decided.exclude(state="done")]
    second = replica()
    assert second is not None
    roots = (archive().root, second.root)
    for file in StoredFile.objects.filter(erased_by__in=decided):
        faults += [f"{file} lies in {r}" for r in roots if (r / file.path).exists()]
    for deposit in Deposit.objects.filter(files__erased_by__in=decided):
        objects = [root / deposit.object_path for root in roots]
        faults += [f"{deposit}: {f}" for one in objects for f in errors_of(one)]
    return faults


def check_everything() -> list[str]:
    """Look at every object of archive and replica, and for objects that nobody knows."""
    from heritage.archive.actions.check import fill_replica
    from heritage.archive.models import Deposit, PreservedRecord
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive, replica

    sealed = Deposit.objects.filter(state=Deposit.State.SEALED)
    faults = [fault for deposit in sealed for fault in check_deposit(deposit)]
    known = {d.object_path for d in sealed}
    known |= {row.object_path for row in PreservedRecord.objects.all()}
    root = archive().root
    held = {
        p.parent.relative_to(root).as_posix() for p in root.rglob("0=ocfl_object_1.1")
    }
    if held != known:
        faults.append(f"objects differ from rows: {sorted(held ^ known)}")
    for _step in fill_replica():
        pass
    second = replica()
    assert second is not None
    for path in known:
        faults += [f"replica: {f}" for f in errors_of(second.root / path)]
    return faults


def check_deposit(deposit: Any) -> list[str]:
    faults = errors_in(deposit)
    count = deposit.files.filter(erased_by=None).count()
    if count != 4 and deposit.note != FACES:
        faults.append(f"{deposit.key}: {count} files")
    return faults


def errors_in(deposit: Any) -> list[str]:
    """Hold an object to its inventory, and the rows to both."""
    from heritage.archive import ocfl
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive

    folder = archive().root / deposit.object_path
    if not deposit.object_path or not folder.is_dir():
        return [f"{deposit.key}: {deposit.state} without an object"]
    faults = [f"{deposit.key}: {fault}" for fault in errors_of(folder)]
    rows = set(deposit.files.filter(erased_by=None).values_list("name", "sha512"))
    if rows != {(c.name, c.sha512) for c in ocfl.read_contents(folder)}:
        faults.append(f"{deposit.key}: rows and inventory differ")
    return faults


def check_records() -> list[str]:
    from heritage.archive.models import PreservedRecord
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive

    return [
        f"{row}: {fault}"
        for row in PreservedRecord.objects.filter(kind="relic")
        for fault in errors_of(archive().root / row.object_path)
    ]

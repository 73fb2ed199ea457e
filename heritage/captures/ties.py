"""What handwork was done on: the bytes of a scan's file, and the unit they are read in.

A name is no tie: a file may be handed in again under the name of another, and a place in
metres is another place once the capture's unit is changed.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from .hand_models import HandAct
from .models import Capture
from .usable import named_scans

SCANS = "scans"  # where the constraints of a run say what its scans were made of
PLACES = ("pairs", "boxes", "planes", "scale_bars")
Tie = dict[str, str]  # sha512 of the file, its unit, the station within it
Ties = dict[str, Tie]  # by the scan's name


def ties_of(capture: Capture) -> Ties:
    """Give what each scan that can be used is made of, by its name today."""
    return {
        name + station: {
            "sha512": file.stored_file.sha512,
            "unit": file.figures.get("unit") or capture.unit,
            "station": station,
        }
        for name, file in named_scans(capture)
        for station in file.figures.get("stations") or [""]
    }


def names_today(then: Ties, now: Ties) -> dict[str, str]:
    """Give the present names of scans that are still the same, by those of then."""
    found = {name: name for name, tie in then.items() if now.get(name) == tie}
    free: dict[tuple[str, str, str], deque[str]] = {}
    for name in sorted(now.keys() - found.keys()):
        free.setdefault(_key(now[name]), deque()).append(name)
    for name in sorted(then.keys() - found.keys()):
        if free.get(_key(then[name])):  # each is given out once: two may be alike
            found[name] = free[_key(then[name])].popleft()
    return found


def scans_named(data: Any) -> set[str]:
    """Name the scans that an act, or the constraints of a run, speak of."""
    if isinstance(data, Mapping):
        own = {data[k] for k in ("scan", "first", "second") if data.get(k)}
        return own.union(*(scans_named(one) for one in data.values()))
    if isinstance(data, list):
        return set().union(*(scans_named(one) for one in data))
    return set()


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Give an act's data with the scans called as they are today."""
    if isinstance(data, list):
        return [renamed(one, names) for one in data]
    if not isinstance(data, Mapping):
        return data
    told = {name: renamed(value, names) for name, value in data.items()}
    called = {k: names[told[k]] for k in ("scan", "first", "second") if k in told}
    return told | called


def holding(capture: Capture, acts: Iterable[HandAct]) -> list[HandAct]:
    """Give those of the acts whose scans are there, unchanged, under today's names.

    What was cut from several scans still holds for those that are left.
    """
    now = ties_of(capture)
    found = (_held(act, now) for act in acts)
    return [act for act in found if act is not None]


def is_stale(capture: Capture, told: Mapping[str, Any]) -> bool:
    """Tell whether places that a run was told lie on scans that are others by now."""
    names = scans_named({name: told[name] for name in PLACES if name in told})
    now = ties_of(capture) if names else {}
    if SCANS not in told:  # asked for before ties were kept: by name
        return not names <= now.keys()
    then = told[SCANS]
    return any(name not in then or then[name] != now.get(name) for name in names)


def _held(act: HandAct, now: Ties) -> HandAct | None:
    names = _names_for(act, now)
    if act.kind == HandAct.Kind.HOLES:
        return act
    if act.kind == HandAct.Kind.PLANE:
        planes = [one for one in act.data["planes"] if one["scan"] in names]
        act.data = {"planes": renamed(planes, names)}
        return act if planes else None
    if act.kind == HandAct.Kind.BOX:  # told by where a run placed scans of these names
        return act if any(was == is_now for was, is_now in names.items()) else None
    if not scans_named(act.data) <= names.keys():
        return None
    act.data = renamed(act.data, names)
    return act


def _names_for(act: HandAct, now: Ties) -> dict[str, str]:
    """Give the present names of what an act speaks of.

    By name alone where it was done before ties were kept. Whether a scan is to take part
    hangs on no place in it: a new unit takes nothing back, nor does a new file.
    """
    if not act.scans:
        return {name: name for name in now}
    if act.kind not in (HandAct.Kind.LEAVE_OUT, HandAct.Kind.TAKE_IN):
        return names_today(act.scans, now)
    by_name = {name: name for name in act.scans if name in now}
    return by_name | names_today(_unitless(act.scans), _unitless(now))


def _unitless(ties: Ties) -> Ties:
    return {name: tie | {"unit": ""} for name, tie in ties.items()}


def _key(tie: Tie) -> tuple[str, str, str]:
    return tie["sha512"], tie["unit"], tie["station"]

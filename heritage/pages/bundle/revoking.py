"""What was in a bundle when it left and is no longer public: the list that bundles ask for.

It is answered from what each bundle held when it was made, so that a thing which was
withdrawn, and taken out of the exhibit or deleted before a device ever asked, is named
all the same. Nothing is named that was never public.
"""

import base64
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from heritage.archive.staying import in_use
from heritage.captures.models import Derivative
from heritage.catalogue.models import Element, Record, Relic
from heritage.catalogue.policy import STRANGER, visible
from heritage.exhibits.models import Exhibit, ExhibitItem, Narration
from heritage.exhibits.narrations import narrations_for
from heritage.images.models import Image
from heritage.lib.kept import Kept
from heritage.pages.models import IssuedBundle

from .images import narrowed
from .key import signing_key
from .sounds import FOLDER as SOUNDS
from .sounds import sound_file

FORMAT = 2
MODELS: dict[str, type[Model]] = {
    Relic.kind: Relic, Element.kind: Element, Narration.kind: Narration,
    Image.kind: Image, Derivative.kind: Derivative,
}  # fmt: skip
AT_ONCE = 500
KEPT = 16  # exhibits whose list a thread keeps

_kept: Kept[dict[str, Any]] = Kept(KEPT)


def revocations_now(exhibit: Exhibit) -> dict[str, Any]:
    """Give the list, read anew only when something was committed or a day has begun.

    Every device that shows a bundle asks for it each time that it has network.
    """
    name = exhibit.pk, settings.BASE_IRI, timezone.localdate()
    return _kept.get(name, lambda: revocations(exhibit))


def revocations(exhibit: Exhibit, *, now: datetime | None = None) -> dict[str, Any]:
    """Give things by their IRI and files by their path in the bundle, signed.

    What is public is named too: a bundle goes by what it has heard until it hears that.
    """
    things = {*_shown_once(exhibit)}
    files: dict[str, set[str]] = {}
    issued = (
        exhibit.issued_bundles.order_by()
    )  # each with all that it held: one at a time
    for held, paths in issued.values_list("things", "files").iterator(AT_ONCE):
        things |= set(held)
        for path, whose in paths.items():
            files.setdefault(path, set()).update(whose)
    public = _public({*things, *chain.from_iterable(files.values())})
    given = {path for path, whose in files.items() if whose & public}
    given -= _spoken_no_more(given, public) | narrowed(files)
    withdrawn = [*map(_iri, things - public), *(files.keys() - given)]
    still = [*map(_iri, things & public), *given]
    told = {
        "format": FORMAT,
        "exhibit": _iri(f"{exhibit.kind}/{exhibit.key}"),
        "as_of": (now or timezone.now()).isoformat(timespec="seconds"),
        "withdrawn": sorted(withdrawn),
        "public": sorted(still),
    }
    return told | {"signature": sign(told)}


def sign(told: dict[str, Any]) -> str:
    """Sign what a list says (Ed25519, base64): its parts, one a line, as bundles join them."""
    lines = [
        told["exhibit"], told["as_of"],
        "withdrawn", *told["withdrawn"], "public", *told["public"],
    ]  # fmt: skip
    return base64.b64encode(signing_key().sign("\n".join(lines).encode())).decode()


def note_issue(
    exhibit: Exhibit, *, made_at: datetime, things: Iterable[str], **values: Any
) -> IssuedBundle:
    """Write down what a bundle holds that leaves the house."""
    issued: IssuedBundle = IssuedBundle.objects.create(
        exhibit=exhibit, made_at=made_at, things=sorted(set(things)), **values
    )
    return issued


def _shown_once(exhibit: Exhibit) -> Iterator[str]:
    """Name what the exhibit holds now and was public at some time.

    Bundles from before the museum wrote down what they hold go by this.
    """
    rows = ExhibitItem.objects.filter(exhibit=exhibit)
    for item in rows.select_related("relic", "element"):
        thing: Record = item.thing
        if thing.released_at:
            yield f"{thing.kind}/{thing.key}"


def _public(names: Iterable[str]) -> set[str]:
    """Give those of these rows that a stranger sees now."""
    by_kind: dict[str, list[str]] = {}
    for name in names:
        kind, _slash, key = name.partition("/")
        by_kind.setdefault(kind, []).append(key)
    found = set()
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), AT_ONCE):
            rows = MODELS[kind]._default_manager.filter(
                key__in=keys[start : start + AT_ONCE]
            )
            seen = visible(rows, STRANGER).values_list("key", flat=True)
            found |= {f"{kind}/{key}" for key in seen}
    return found.union(_replaced(by_kind.get(Derivative.kind, [])))


def _spoken_no_more(paths: Iterable[str], public: Iterable[str]) -> set[str]:
    """Give the sounds in whose place others have come: the row speaks, not these bytes."""
    sounds = {path for path in paths if path.startswith(f"{SOUNDS}/")}
    start = f"{Narration.kind}/"
    keys = [name.removeprefix(start) for name in public if name.startswith(start)]
    for at in range(0, len(keys), AT_ONCE):
        rows = narrations_for(STRANGER).filter(key__in=keys[at : at + AT_ONCE])
        sounds -= {sound_file(row) for row in rows}
    return sounds


def _replaced(keys: list[str]) -> Iterator[str]:
    """Name files in whose place a better one has come: nobody has taken them back."""
    for start in range(0, len(keys), AT_ONCE):
        rows = Derivative.objects.filter(
            in_use("stored_file__"), key__in=keys[start : start + AT_ONCE]
        )
        told = list(rows.values_list("key", "role", "run__capture__relic"))
        same = Derivative.objects.filter(run__capture__relic__in={t[2] for t in told})
        shown = set(visible(same, STRANGER).values_list("role", "run__capture__relic"))
        yield from (
            f"{Derivative.kind}/{key}" for key, *what in told if tuple(what) in shown
        )


def _iri(name: str) -> str:
    return f"{settings.BASE_IRI}/id/{name}"

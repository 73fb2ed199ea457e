"""The short lasting address of a record, its QR code, and back from a scan to a relic."""

from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import segno
from django.conf import settings

from heritage.catalogue.models import Collection, Record, Relic
from heritage.lib.keys import LENGTH, is_key

QUIET_MODULES = 4  # the zone around a code that must stay empty (ISO/IEC 18004)


def label_address(record: Record) -> str:
    """Give the address that a label carries: it answers as long as the museum does."""
    return f"{settings.BASE_IRI}/r/{record.key}"


def code_matrix(record: Record) -> list[list[bool]]:
    """Give the modules of the code, without the quiet zone, dark ones true."""
    return [[bool(module) for module in row] for row in _code(record).matrix]


def code_picture(record: Record) -> bytes:
    """Give the code as an SVG with its quiet zone, for posters and showcases."""
    out = BytesIO()
    _code(record).save(
        out, kind="svg", border=QUIET_MODULES, scale=8, xmldecl=True, light="white"
    )
    return out.getvalue()


def _code(record: Record) -> Any:
    # Error level M: a label's corner may be torn off.
    return segno.make_qr(label_address(record), error="m")


def find_by_code(text: str, collection: Collection) -> Relic | None:
    """Find what a scanner read, or a person typed: address, key or register number."""
    text = text.strip()
    rows = Relic.objects.filter(collection=collection)
    for candidate in _keys(text):
        found: Relic | None = rows.filter(key=candidate).first()
        if found is not None:
            return found
    numbered = list(rows.filter(register_no=text)[:2]) if text else []
    # Two numbers of different types may read alike: then nobody knows which is meant.
    return numbered[0] if len(numbered) == 1 else None


def codes_of(relics: Sequence[Relic]) -> dict[str, str]:
    """Give by key what a person would type for each: its number, where that means it alone."""
    numbers = {relic.register_no for relic in relics} - {""}
    held = Counter(
        Relic.objects.filter(register_no__in=numbers)
        .order_by()
        .values_list("collection", "register_no")
    )
    codes = {}
    for relic in relics:
        number = relic.register_no
        # What reads like an address or a key would be taken for one.
        is_plain = number == number.strip() and not any(_keys(number))
        is_its_own = is_plain and held[relic.collection_id, number] == 1
        codes[relic.key] = number if is_its_own else relic.key
    return codes


def _keys(text: str) -> Iterator[str]:
    last = text.rstrip("/").rpartition("/")[2].lower()[-LENGTH:]
    if is_key(last):
        yield last

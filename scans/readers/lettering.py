"""Decode names and text whose encoding nobody states, as exporters in East Asia write them.

A wrong guess gives rare characters: each candidate is scored by the share of its letters
that are common ones, and the best wins.
"""

import codecs
from collections.abc import Callable, Sequence

UTF16_NULS = 0.2  # share of zero bytes in text that is mostly ASCII in UTF-16
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(data: bytes) -> str:
    """Decode a text file: by its mark, else UTF-16 by its zeros, else as names."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    zeros = [data[start:4096:2].count(0) for start in (0, 1)]
    if max(zeros) > UTF16_NULS * len(data[:4096]):
        encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return data.decode(encoding, "replace")
    return data.decode(encoding_of([data]), "replace")


def encoding_of(names: Sequence[bytes]) -> str:
    """Choose one encoding for all names: UTF-8 where it fits, else the likeliest."""
    joined = b"\n".join(names)
    if _decoded(joined, "utf-8") is not None:
        return "utf-8"
    scores = {name: _score(joined, name, common) for name, common in CANDIDATES}
    best = max(scores, key=lambda name: scores[name])
    # The first of equals stands first in the list: GB 18030, where our scans are made.
    return best if scores[best] > 0 else "latin-1"


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _score(data: bytes, encoding: str, common: Callable[[str], bool]) -> float:
    text = _decoded(data, encoding)
    letters = [letter for letter in text or "" if not letter.isascii()]
    return sum(map(common, letters)) / len(letters) if letters else 0.0


def _lead(letter: str, encoding: str) -> int:
    try:
        return letter.encode(encoding)[0]
    except UnicodeEncodeError:
        return 0


def _common_in_gb(letter: str) -> bool:
    # GB 2312 puts its 3755 common characters into rows 16 to 55 (GB 2312-80, 3.3).
    return 0xB0 <= _lead(letter, "gb2312") <= 0xD7


def _common_in_shift_jis(letter: str) -> bool:
    # Kana, or the 2965 common characters of JIS X 0208, rows 16 to 47.
    kana = "\u3041" <= letter <= "\u30ff"
    return kana or 0x88 <= _lead(letter, "shift_jis") <= 0x97


def _common_in_big5(letter: str) -> bool:
    return 0xA4 <= _lead(letter, "big5") <= 0xC6  # its 5401 common characters


CANDIDATES = (
    ("gb18030", _common_in_gb),
    ("cp932", _common_in_shift_jis),
    ("big5", _common_in_big5),
)

"""The codes of the national lists of intangible heritage: Ⅷ-9, Ⅷ-009_02_440100.

Official texts write the categories with the single Roman characters Ⅰ to Ⅹ; what is typed
with plain letters is brought to that form.
"""

import re
import unicodedata
from typing import Final

ROMAN: Final = tuple(chr(0x2160 + number) for number in range(10))  # Ⅰ … Ⅹ
_PLAIN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_HYPHENS: Final = re.compile(r"\s*[-‐‑–—－]\s*")
_CODE: Final = re.compile(r"([Ⅰ-Ⅹ])-([1-9]\d{0,4})", re.ASCII)
_PROJECT: Final = re.compile(r"([Ⅰ-Ⅹ])-(\d{3,5})_(\d{2})_(\d{6})", re.ASCII)
_DIVISION: Final = re.compile(r"[1-9]\d{5}", re.ASCII)  # GB/T 2260


def normalise_code(text: str) -> str:
    """Write VIII-9, viii－009 or Ⅷ—9 as Ⅷ-9; what is no code comes back as it was."""
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text).strip().upper())
    head, hyphen, serial = plain.partition("-")
    if head in _PLAIN and hyphen and serial.isdecimal():
        return f"{ROMAN[_PLAIN.index(head)]}-{int(serial)}"
    return text.strip()


def normalise_project(text: str) -> str:
    """Write the number of an application, Ⅷ-009_02_440100, with its Roman character."""
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    head, hyphen, rest = folded.partition("-")
    if head in _PLAIN and hyphen:
        return f"{ROMAN[_PLAIN.index(head)]}-{rest}"
    return text.strip()


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def is_project(text: str) -> bool:
    return _PROJECT.fullmatch(text) is not None


def is_division(text: str) -> bool:
    return _DIVISION.fullmatch(text) is not None


def numeral_of(text: str) -> str:
    """Give the Roman character of a code's category; "" of what is no code."""
    found = _CODE.fullmatch(text) or _PROJECT.fullmatch(text)
    return found[1] if found else ""

"""The forms of numbers that others give, as far as they are public.

Only what is certain is refused: nobody publishes how an ISLI code's check character is
made, so its form is looked at and the code kept as it came.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_Form = tuple[re.Pattern[str], Promise | str]
FORMS: Final[Mapping[str, _Form]] = {
    "census": (
        re.compile(r"\d{21,22}", re.ASCII),
        _(
            "A census number has 22 digits, or 21 in the pilot of 2012, and nothing else."
        ),
    ),
    "culture-data": (
        re.compile(r"[0-9A-Z]{22}"),
        _("A cultural-data identifier has 22 digits and capital letters."),
    ),
    "isli": (
        re.compile(r"(?:ISLI )?\d{6}-[0-9A-Za-z]+(?:-[0-9A-Za-z])?"),
        _("An ISLI code is a service code of six digits, a hyphen and the link code."),
    ),
    "wikidata": (
        re.compile(r"Q[1-9]\d*", re.ASCII),
        _("A Wikidata identifier is the letter Q and a number, as Q42."),
    ),
    "work-registration": (
        re.compile(r"[㐀-鿿]作登字-\d{4}-[A-L]-\d{5,8}"),
        _("A work registration number reads as 国作登字-2021-F-00123456."),
    ),
    "sha512": (
        re.compile(r"[0-9a-f]{128}"),
        _("A SHA-512 digest has 128 hexadecimal digits."),
    ),
}


def normalise(text: str) -> str:
    """Write full-width letters and digits as plain ones, without spaces at the ends."""
    folded = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"\s*([-—–])\s*", "-", folded)


def fault_of(kind: str, text: str) -> str:
    """Say what is wrong with an identifier of this kind; "" if nothing is known to be."""
    form = FORMS.get(kind)
    return "" if form is None or form[0].fullmatch(text) else str(form[1])

"""Citations in four forms: a sentence, BibTeX, RIS, CSL-JSON (docs.citationstyles.org)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

_NO_BRACES: Final = {ord("{"): "(", ord("}"): ")"}


@dataclass(frozen=True)
class Cited:
    """What all forms say of a thing.

    key: of its entry in a list of references. issued: an ISO date or year. address: where
    it is found again. lines: what the sentence says between title and address, in the
    reader's language. how: how it was published. note: digest and licence.
    """

    key: str
    keeper: str
    title: str
    issued: str
    version: str
    address: str
    lines: Sequence[str]
    closing: Sequence[str]
    how: str
    note: str
    read_on: date
    number: str = ""
    csl_type: str = "dataset"
    ris_type: str = "DATA"


def as_text(cited: Cited) -> str:
    head = f"{cited.keeper}: {cited.title}"
    return "\n".join([head, *cited.lines, cited.address, *cited.closing, ""])


def as_bibtex(cited: Cited) -> str:
    fields = {
        "author": f"{{{cited.keeper}}}",
        "title": cited.title,
        "year": cited.issued[:4],
        "number": cited.number,
        "version": cited.version,
        "howpublished": cited.how,
        "url": cited.address,
        "urldate": cited.read_on.isoformat(),
        "note": cited.note,
    }
    lines = [f"  {k} = {{{_braced(text)}}}," for k, text in fields.items() if text]
    return "\n".join([f"@misc{{{cited.key},", *lines, "}", ""])


def as_ris(cited: Cited) -> str:
    rows = [
        ("TY", cited.ris_type),
        ("AU", cited.keeper),
        ("TI", cited.title),
        ("PY", cited.issued[:4]),
        ("CN", cited.number),
        ("ET", cited.version),
        ("UR", cited.address),
        ("Y2", cited.read_on.strftime("%Y/%m/%d")),
        ("N1", cited.note),
    ]
    told = [(tag, " ".join(text.split())) for tag, text in rows if text]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in [*told, ("ER", "")])


def as_csl(cited: Cited) -> str:
    item = {
        "id": cited.key,
        "type": cited.csl_type,
        "author": [{"literal": cited.keeper}],
        "title": cited.title,
        "version": cited.version,
        "number": cited.number,
        "issued": {"raw": cited.issued},
        "accessed": {"date-parts": [list(cited.read_on.timetuple()[:3])]},
        "URL": cited.address,
        "note": cited.note,
    }
    kept = {name: value for name, value in item.items() if value}
    return json.dumps([kept], ensure_ascii=False, indent=1) + "\n"


# name: (media type, writer)
FORMS: Final[dict[str, tuple[str, Callable[[Cited], str]]]] = {
    "text": ("text/plain; charset=utf-8", as_text),
    "bibtex": ("application/x-bibtex; charset=utf-8", as_bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", as_ris),
    "csl": ("application/vnd.citationstyles.csl+json", as_csl),
}


def _braced(text: str) -> str:
    """Keep a value from ending its field: BibTeX counts braces from the left."""
    plain, open_now = " ".join(text.split()), 0
    for letter in plain:
        open_now += (letter == "{") - (letter == "}")
        if open_now < 0:
            break
    return plain.translate(_NO_BRACES) if open_now else plain

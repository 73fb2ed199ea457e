"""How to cite an answer: who holds the data, the query, the state, the licence.

Four forms: a sentence, BibTeX, RIS, and CSL-JSON (https://docs.citationstyles.org/).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from knowledge_graph.graph_state import GraphState


@dataclass(frozen=True)
class Citation:
    """What all forms say. address: where the query can be run again."""

    keeper: str
    title: str
    state: GraphState
    address: str
    licence: str
    read_on: date

    @property
    def year(self) -> str:
        return self.state.published_at[:4]

    @property
    def version(self) -> str:
        return f"{self.state.serial} (sha512-sum {self.state.digest[:16]}…)"


def as_text(cited: Citation) -> str:
    parts = [
        f"{cited.keeper}: {cited.title}",
        _("Knowledge graph, state %(serial)s of %(date)s, digest %(digest)s")
        % {
            "serial": cited.state.serial,
            "date": cited.state.published_at[:10],
            "digest": cited.state.digest[:16],
        },
        cited.address,
        _("read on %(date)s") % {"date": cited.read_on.isoformat()},
    ]
    if cited.licence:
        parts.append(_("Licence: %(licence)s") % {"licence": cited.licence})
    return "\n".join(parts) + "\n"


def as_bibtex(cited: Citation) -> str:
    fields = {
        "author": f"{{{cited.keeper}}}",
        "title": cited.title,
        "year": cited.year,
        "version": str(cited.state.serial),
        "howpublished": "Knowledge graph, SPARQL query",
        "url": cited.address,
        "urldate": cited.read_on.isoformat(),
        "note": _note(cited),
    }
    lines = [f"  {name} = {{{_braced(value)}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{graph-{cited.state.serial},", *lines, "}", ""])


def as_ris(cited: Citation) -> str:
    rows = [
        ("TY", "DATA"),
        ("AU", cited.keeper),
        ("TI", cited.title),
        ("PY", cited.year),
        ("ET", str(cited.state.serial)),
        ("UR", cited.address),
        ("Y2", cited.read_on.strftime("%Y/%m/%d")),
        ("N1", _note(cited)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in rows)


def as_csl(cited: Citation) -> str:
    item = {
        "id": f"graph-{cited.state.serial}",
        "type": "dataset",
        "author": [{"literal": cited.keeper}],
        "title": cited.title,
        "version": str(cited.state.serial),
        "issued": {"raw": cited.state.published_at[:10]},
        "accessed": {"date-parts": [list(cited.read_on.timetuple()[:3])]},
        "URL": cited.address,
        "note": _note(cited),
    }
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


# name: (media type, writer)
FORMS: Final[dict[str, tuple[str, Callable[[Citation], str]]]] = {
    "text": ("text/plain; charset=utf-8", as_text),
    "bibtex": ("application/x-bibtex; charset=utf-8", as_bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", as_ris),
    "csl": ("application/vnd.citationstyles.csl+json", as_csl),
}


def _note(cited: Citation) -> str:
    digest = f"graph state digest {cited.state.digest}"
    return f"{digest}; {cited.licence}" if cited.licence else digest


def _braced(text: str) -> str:
    """Keep a value from ending its field: BibTeX counts braces."""
    plain = " ".join(text.split())
    return (
        plain if plain.count("{") == plain.count("}") else plain.translate(_NO_BRACES)
    )


_NO_BRACES: Final = {ord("{"): "(", ord("}"): ")"}

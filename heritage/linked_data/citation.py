"""How to cite an answer: who holds the data, the query, the state, the licence."""

from datetime import date

from django.utils.translation import gettext as _

from heritage.lib.citing import Cited
from knowledge_graph.graph_state import GraphState


def cite_answer(
    *,
    keeper: str,
    title: str,
    state: GraphState,
    address: str,
    licence: str,
    read_on: date,
) -> Cited:
    """Describe an answer from this state of the graph; `address` runs the query again."""
    told = _("Knowledge graph, state %(serial)s of %(date)s, digest %(digest)s") % {
        "serial": state.serial,
        "date": state.published_at[:10],
        "digest": state.digest[:16],
    }
    closing = [_("read on %(date)s") % {"date": read_on.isoformat()}]
    if licence:
        closing.append(_("Licence: %(licence)s") % {"licence": licence})
    digest = f"graph state digest {state.digest}"
    return Cited(
        key=f"graph-{state.serial}",
        keeper=keeper,
        title=title,
        issued=state.published_at[:10],
        version=str(state.serial),
        address=address,
        lines=[told],
        closing=closing,
        how="Knowledge graph, SPARQL query",
        note=f"{digest}; {licence}" if licence else digest,
        read_on=read_on,
    )

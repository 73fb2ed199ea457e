"""Who sees what of the exchange, and how it is kept in the archive."""

from heritage.archive.records import Kind, Part
from heritage.archive.records import declare as keep
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import AllOf, Curates, Policy, Through, WorksIn, declare

from .models import Doubt, Load, LoadedRow, SourceRecord


def declare_policies() -> None:
    of_relic = Through("relic", Relic)
    # A table may say what is never public: prices, places in the store.
    curated = Policy(AllOf((of_relic, Curates("relic.collection"))))
    declare(SourceRecord, curated)
    declare(
        Doubt,
        Policy(
            AllOf((of_relic, WorksIn("relic.collection"))),
            {"facts": Curates("relic.collection")},
        ),
    )
    declare(Load, Policy(WorksIn()))
    declare(LoadedRow, Policy(Curates("load.collection")))


def preserve() -> None:
    """What a source said, and the doubts about it, stand in the relic's own document."""
    parts = (Part(SourceRecord, "relic"), Part(Doubt, "relic"))
    keep(Kind(Relic.kind, Relic, parts))

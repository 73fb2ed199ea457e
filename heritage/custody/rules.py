"""The policies of custody: for curators, and for who has a duty in the collection."""

from typing import Final

from django.db.models import Model

from heritage.catalogue.policy import (
    AnyOf,
    Curates,
    Keeps,
    Policy,
    Through,
    declare,
)

from .duties import Directs
from .models import (
    Approval,
    Deregistration,
    Ledger,
    LedgerEntry,
    Slip,
    SlipItem,
    Stocktake,
    StocktakeLine,
)

# By which path each leads to its collection.
COLLECTIONS: Final[dict[type[Model], str]] = {
    Ledger: "collection",
    LedgerEntry: "ledger.collection",
    Slip: "collection",
    SlipItem: "slip.collection",
    Stocktake: "collection",
    StocktakeLine: "stocktake.collection",
    Deregistration: "relic.collection",
}


def declare_policies() -> None:
    for model, path in COLLECTIONS.items():
        keepers = (Keeps(path), Keeps(path, store=True))
        declare(model, Policy(AnyOf((Curates(path), *keepers, Directs(path)))))
    of = (Through("slip", Slip), Through("deregistration", Deregistration))
    declare(Approval, Policy(AnyOf(of)))

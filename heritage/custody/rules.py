"""The policies of custody: for curators, and for who has a duty in the collection."""

from typing import Final

from django.db.models import Model

from heritage.catalogue.policy import (
    Anybody,
    AnyOf,
    Curates,
    Keeps,
    Policy,
    ReadsIn,
    Through,
    declare,
)

from .duties import Directs
from .models import (
    Approval,
    Asset,
    AssetUse,
    Deregistration,
    Ledger,
    LedgerEntry,
    Loan,
    OwnTerms,
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
    Loan: "collection",
    AssetUse: "asset.collection",
}


def declare_policies() -> None:
    for model, path in COLLECTIONS.items():
        keepers = (Keeps(path), Keeps(path, store=True))
        declare(model, Policy(AnyOf((Curates(path), *keepers, Directs(path)))))
    # What a file is worth is told to curators and to who keeps the ledger.
    valued = AnyOf((Curates(), Keeps()))
    declare(Asset, Policy(ReadsIn(), {"valuation": valued}))
    declare(OwnTerms, Policy(Anybody()))
    of = (Through("slip", Slip), Through("deregistration", Deregistration))
    declare(Approval, Policy(AnyOf(of)))

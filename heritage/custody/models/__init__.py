"""Custody: the ledger, slips, stocktakings, deregistrations, and who approved them."""

from .approval import Approval, Rank
from .asset import Asset, AssetUse, OwnTerms
from .deregistration import Deregistration
from .ledger import COLUMNS, Ledger, LedgerEntry
from .loan import Loan
from .request import Request
from .slip import Slip, SlipItem
from .stocktake import Stocktake, StocktakeLine

__all__ = [
    "COLUMNS",
    "Approval",
    "Asset",
    "AssetUse",
    "Deregistration",
    "Ledger",
    "LedgerEntry",
    "Loan",
    "OwnTerms",
    "Rank",
    "Request",
    "Slip",
    "SlipItem",
    "Stocktake",
    "StocktakeLine",
]

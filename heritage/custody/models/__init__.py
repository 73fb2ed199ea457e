"""Custody: the ledger, slips, stocktakings, deregistrations, and who approved them."""

from .approval import Approval, Rank
from .deregistration import Deregistration
from .ledger import COLUMNS, Ledger, LedgerEntry
from .request import Request
from .slip import Slip, SlipItem
from .stocktake import Stocktake, StocktakeLine

__all__ = [
    "COLUMNS",
    "Approval",
    "Deregistration",
    "Ledger",
    "LedgerEntry",
    "Rank",
    "Request",
    "Slip",
    "SlipItem",
    "Stocktake",
    "StocktakeLine",
]

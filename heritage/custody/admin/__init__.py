"""Custody in the admin. No rule lives here: policy, duties and actions decide."""

from . import holdings, ledger, slips  # noqa: F401  (register)

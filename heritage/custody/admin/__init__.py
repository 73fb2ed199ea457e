"""Custody in the admin. No rule lives here: policy, duties and actions decide."""

from . import ledger  # noqa: F401  (register)

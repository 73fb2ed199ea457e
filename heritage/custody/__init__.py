"""The ledger and the stores: what is kept where, handed out, counted and written off."""

"""The quality sheet of a run: one account, drawn as a page and as a PDF."""

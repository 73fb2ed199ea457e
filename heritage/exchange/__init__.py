"""Whole registers in and out: tables and LIDO, by a mapping that is kept."""

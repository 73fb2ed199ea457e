"""Readers of tables that nobody trusts. Run by a child of its own; knows no Django."""

"""Relics, intangible heritage, people, places; release and visibility."""

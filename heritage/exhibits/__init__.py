"""Exhibits, scenes and device classes."""

"""Vessels and figures that never were: surfaces whose every point is known."""

from scans.forms.kinds import KINDS, build_form

__all__ = ["KINDS", "build_form"]

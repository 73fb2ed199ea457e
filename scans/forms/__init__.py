"""Vessels and figures that never were: surfaces whose every point is known."""

from scans.forms.kinds import KINDS, PAINTED, PLAIN, build_form

__all__ = ["KINDS", "PAINTED", "PLAIN", "build_form"]

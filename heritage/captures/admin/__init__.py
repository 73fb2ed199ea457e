"""Captures, runs, profiles, devices and projects in the admin."""

from .captures import CaptureAdmin, DeliveryProfileAdmin, HeartbeatAdmin, RunAdmin
from .devices import DeviceAdmin
from .letters import LettersAdmin
from .projects import ProjectAdmin

__all__ = [
    "CaptureAdmin",
    "DeliveryProfileAdmin",
    "DeviceAdmin",
    "HeartbeatAdmin",
    "LettersAdmin",
    "ProjectAdmin",
    "RunAdmin",
]

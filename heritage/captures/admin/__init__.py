"""Captures, runs, profiles, devices and projects in the admin."""

from .captures import CaptureAdmin, DeliveryProfileAdmin, HeartbeatAdmin, RunAdmin
from .devices import DeviceAdmin
from .projects import ProjectAdmin

__all__ = [
    "CaptureAdmin",
    "DeliveryProfileAdmin",
    "DeviceAdmin",
    "HeartbeatAdmin",
    "ProjectAdmin",
    "RunAdmin",
]

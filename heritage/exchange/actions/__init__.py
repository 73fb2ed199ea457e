"""What people do with tables: admin, commands and tasks all come through here."""

from .bulk import (
    begin_change,
    begin_change_undo,
    run_change,
    run_change_undo,
    set_steps,
    stage_change,
    stop,
)
from .load import begin, run_load, stage_load
from .mappings import save_mapping
from .settle import accept, dismiss, reopen
from .undo import begin_undo, run_undo

__all__ = [
    "accept",
    "begin",
    "begin_change",
    "begin_change_undo",
    "begin_undo",
    "dismiss",
    "reopen",
    "run_change",
    "run_change_undo",
    "run_load",
    "run_undo",
    "save_mapping",
    "set_steps",
    "stage_change",
    "stage_load",
    "stop",
]

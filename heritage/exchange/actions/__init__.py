"""What people do with tables: admin, commands and tasks all come through here."""

from .load import begin, run_load, stage_load
from .mappings import save_mapping
from .settle import accept, dismiss, reopen
from .undo import begin_undo, run_undo

__all__ = [
    "accept",
    "begin",
    "begin_undo",
    "dismiss",
    "reopen",
    "run_load",
    "run_undo",
    "save_mapping",
    "stage_load",
]

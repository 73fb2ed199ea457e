"""Import Open3D without the plotting that notebooks use.

Open3D 0.20 imports dash and plotly whenever it is imported, for `draw_plotly` alone: 1.1 of
1.5 seconds (2026-11). No process of ours draws plots.
"""

import sys
from types import ModuleType

PLOTTING = ("plotly", "plotly.graph_objects", "dash")


class _Absent(ModuleType):
    """Stands where a module would: it has every public name, and nothing behind it."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def skip_plotting() -> None:
    """Let Open3D, when it is imported, find empty modules in place of the plotting ones."""
    for name in PLOTTING:
        sys.modules.setdefault(name, _Absent(name))

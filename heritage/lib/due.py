"""What time changes without anybody's save: each room adds its own to one list.

An app puts functions marked `@due` into its `due.py`. The tick calls each of them again
and again; each finds what is due by now, brings it about by an ordinary action call, and
tells how much that was. Called twice it finds nothing the second time.
"""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.utils.module_loading import autodiscover_modules

DueFunction = Callable[[], int]
_functions: dict[str, DueFunction] = {}
log = logging.getLogger(__name__)


def due(function: DueFunction) -> DueFunction:
    """Have the tick call this function."""
    _functions[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def due_functions() -> dict[str, DueFunction]:
    """Give all functions that are marked, by their full names."""
    autodiscover_modules("due")
    return dict(_functions)


def bring_about() -> dict[str, int]:
    """Call every function once; tell what each has brought about, where anything."""
    done: dict[str, int] = {}
    for name, function in due_functions().items():
        try:
            count = function()
        except (DatabaseError, OSError):
            # The others are due all the same, and this one is again in a moment.
            log.warning("%s did not work this time.", name, exc_info=True)
            continue
        except Exception:
            # A fault of ours in one room ends neither the others' work nor the museum.
            log.exception("%s failed.", name)
            continue
        if count:
            log.info("%s: %s", name, count)
            done[name] = count
    return done

"""The addresses of what a page's script needs before it can draw anything."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from heritage.pages.bundle.modules import FETCHED, THREE, needed_by

# Whatever the model: the light that it is shown in, and the transcoder of its maps.
DATA = (
    *FETCHED["pages/studio.js"],
    *FETCHED["three/addons/loaders/KTX2Loader.js"],
)


@cache
def addresses_of_modules(entry: str) -> tuple[str, ...]:
    """Give all modules that `entry` imports, itself too, largest first.

    As the browser finds them: the entry and three.js by the names that templates give,
    what one module imports of another by its plain name.
    """
    files = {name: path for name, path in _needed(entry).items() if _is_module(name)}
    names = sorted(files, key=lambda name: files[name].stat().st_size, reverse=True)
    return tuple(
        static(name) if name in (entry, THREE) else _plain(name) for name in names
    )


@cache
def addresses_of_data(entry: str) -> tuple[str, ...]:
    """Give what `entry`'s modules fetch before they can draw a model."""
    needed = _needed(entry)
    return tuple(_plain(name) for name in DATA if name in needed)


def _needed(entry: str) -> dict[str, Path]:
    """Nothing where three.js lies elsewhere than here: the page works, only later."""
    return needed_by(entry) if finders.find(THREE) else {}


def _is_module(name: str) -> bool:
    fetched = {one for names in FETCHED.values() for one in names}
    return name.endswith(".js") and name not in fetched


def _plain(name: str) -> str:
    return f"{settings.STATIC_URL}{name}"

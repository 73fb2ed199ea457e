"""Templates: list those of ours, or check that each one compiles.

templates.py list      the paths, for djhtml
templates.py check     parse them as Django will, with every tag library
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    if arguments == ["list"]:
        sys.stdout.write("\n".join(str(path.relative_to(ROOT)) for path in templates()))
        return 0
    return check()


def templates() -> list[Path]:
    return sorted(
        path
        for path in ROOT.glob("heritage/*/templates/**/*")
        if path.suffix in {".html", ".txt"}
    )


def check() -> int:
    import django
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    faults = 0
    for path in templates():
        name = path.relative_to(_folder_of(path)).as_posix()
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            sys.stderr.write(f"{path.relative_to(ROOT)}: {error}\n")
            faults += 1
    return 1 if faults else 0


def _folder_of(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.name == "templates")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

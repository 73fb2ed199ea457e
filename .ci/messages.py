"""Translations: gather the texts from the source, check them, compile them.

messages.py gather     write heritage/locale/*/LC_MESSAGES/*.po anew (needs gettext)
messages.py check      every text is translated, none is fuzzy, none was forgotten
messages.py compile    make the .mo files, which are not committed; needs no gettext.
                       Traditional Chinese is made of simplified: heritage/lib/traditional.tsv
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

sys.path.insert(0, str(Path(__file__).resolve().parent))

import system_packages

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from heritage.lib.traditional import traditional

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["zh_Hans"]  # English is in the source itself
DOMAINS = {"django": "html,txt,py", "djangojs": "js"}
FIELD = re.compile(r"%(?:\(\w+\))?[sdf]|\{\w*\}")


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["compile"]:
            return compile_all()
        if arguments == ["gather"]:
            return gather(ROOT / "heritage")
        if arguments == ["check"]:
            return check()
    except system_packages.Unready as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"{__doc__}\n")
    return 2


def compile_all() -> int:
    for file in catalogues(ROOT / "heritage"):
        catalogue = polib.pofile(str(file))
        write(catalogue, file.with_suffix(".mo"))
        if "zh_Hans" in file.parts:
            in_traditional = Path(str(file).replace("zh_Hans", "zh_Hant"))
            write(convert(catalogue), in_traditional.with_suffix(".mo"))
    return 0


def write(catalogue: polib.POFile, compiled: Path) -> None:
    # Renamed at the end: a process that starts meanwhile reads the whole old file.
    compiled.parent.mkdir(parents=True, exist_ok=True)
    fresh = compiled.with_suffix(".mo.new")
    catalogue.save_as_mofile(str(fresh))
    fresh.replace(compiled)


def convert(catalogue: polib.POFile) -> polib.POFile:
    """Write a catalogue's translations in the traditional script."""
    said = traditional().text
    for entry in catalogue:
        entry.msgstr = said(entry.msgstr)
        plurals = entry.msgstr_plural.items()
        entry.msgstr_plural = {number: said(text) for number, text in plurals}
    catalogue.metadata["Language"] = "zh_Hant"
    return catalogue


def gather(package: Path) -> int:
    """Let Django's makemessages, which calls xgettext, write the catalogues anew."""
    if shutil.which("xgettext") is None:
        system_packages.install(["gettext"], why="gettext")
    (package / "locale").mkdir(exist_ok=True)
    before = {file: file.read_text() for file in catalogues(package)}
    for domain, extensions in DOMAINS.items():
        if domain == "djangojs" and not _javascript_has_texts(package):
            continue
        _makemessages(package, domain, extensions)
    for file, text in before.items():
        if _undated(file.read_text()) == _undated(text):
            file.write_text(text)
    return 0


def check() -> int:
    faults = [
        f"{file.relative_to(ROOT)}: {fault}"
        for file in catalogues(ROOT / "heritage")
        for fault in faults_of(polib.pofile(str(file)))
    ]
    faults += forgotten()
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if faults:
        sys.stderr.write("`make messages` gathers the texts; then translate them.\n")
    return 1 if faults else 0


def faults_of(catalogue: polib.POFile) -> Iterator[str]:
    """Yield what is wrong with the entries that are in use."""
    for entry in catalogue:
        if entry.obsolete:
            continue
        if entry.fuzzy:
            yield f"fuzzy: {entry.msgid!r}"
        elif not entry.translated():
            yield f"not translated: {entry.msgid!r}"
        elif not entry.msgid_plural and _fields(entry.msgid) != _fields(entry.msgstr):
            yield f"other fields than the original's: {entry.msgid!r}"


def forgotten() -> Iterator[str]:
    """Yield the texts of the source that the catalogues lack, and the other way round."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "heritage"
        shutil.copytree(
            ROOT / "heritage",
            copy,
            ignore=shutil.ignore_patterns("__pycache__", "*.mo"),
        )
        gather(copy)
        for file in catalogues(copy):
            ours = ROOT / "heritage" / file.relative_to(copy)
            have = msgids(ours) if ours.exists() else set()
            need = msgids(file)
            yield from (f"not gathered yet: {text!r}" for text in sorted(need - have))
            yield from (f"no longer used: {text!r}" for text in sorted(have - need))


def msgids(file: Path) -> set[str]:
    return {entry.msgid for entry in polib.pofile(str(file)) if not entry.obsolete}


def catalogues(package: Path) -> list[Path]:
    return sorted(package.glob("**/LC_MESSAGES/*.po"))


def _makemessages(package: Path, domain: str, extensions: str) -> None:
    # Without settings, so that it writes beside its own folder, even in a copy.
    command = [sys.executable, "-m", "django", "makemessages", "--no-location"]
    options = ["--no-obsolete", "--no-wrap", "-v", "0", "-d", domain, "-e", extensions]
    languages = [word for name in LANGUAGES for word in ("-l", name)]
    done = subprocess.run([*command, *options, *languages], cwd=package, check=False)
    if done.returncode:
        raise system_packages.Unready("makemessages failed; the lines above say why.")


def _javascript_has_texts(package: Path) -> bool:
    scripts = package.glob("**/static/**/*.js")
    return any("gettext(" in file.read_text() for file in scripts)


def _undated(text: str) -> str:
    return re.sub(r'"POT-Creation-Date: .*\n', "", text)


def _fields(text: str) -> list[str]:
    return sorted(FIELD.findall(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

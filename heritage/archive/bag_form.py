"""The form of a BagIt bag: what was found in one, and the rules for its texts and names."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

LONGEST_TAG_FILE_BYTES = 256 * 1024**2  # a manifest of a million files


@dataclass(frozen=True)
class BagFinding:
    """One thing wrong, or odd, with a bag."""

    code: str
    file: str
    message: str
    is_error: bool = True


@dataclass
class Bag:
    """A bag as it was found: its tags, what its manifests say, what is wrong with it."""

    folder: Path
    version: tuple[int, int] = (0, 0)
    encoding: str = "utf-8"
    info: list[tuple[str, str]] = field(default_factory=list)
    manifests: dict[str, dict[str, str]] = field(default_factory=dict)
    tag_manifests: dict[str, dict[str, str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    findings: list[BagFinding] = field(default_factory=list)
    by_name: dict[str, str] = field(default_factory=dict)  # normalised: as on disk

    @property
    def errors(self) -> list[BagFinding]:
        return [finding for finding in self.findings if finding.is_error]

    @property
    def payload(self) -> list[str]:
        return [name for name in self.files if name.startswith("data/")]

    def fault(self, code: str, file: str, message: str) -> None:
        self.findings.append(BagFinding(code, file, message % {"file": file}))

    def warn(self, code: str, file: str, message: str) -> None:
        self.findings.append(
            BagFinding(code, file, message % {"file": file}, is_error=False)
        )


def parse_info(text: str) -> list[tuple[str, str]]:
    """Read labels and values; a line that begins with a blank goes on with the last."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        label, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = found[-1][0], f"{found[-1][1]} {line.strip()}"
        elif colon:
            found.append((label.strip(), value.strip()))
    return found


def read_text(bag: Bag, name: str, encoding: str) -> str:
    """Read a tag file; what hinders it is a finding, and the text empty."""
    path = bag.folder / name
    if not path.is_file() or path.is_symlink():
        return ""
    if path.stat().st_size > LONGEST_TAG_FILE_BYTES:
        bag.fault("too-long", name, _("%(file)s is too long for what it is."))
        return ""
    try:
        return path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        bag.fault(
            "bag-encoding",
            name,
            _("%(file)s is not in the character set that the bag names."),
        )
        return ""


def is_safe(name: str) -> bool:
    """Tell whether a name stays within the bag, on any system."""
    path = PurePosixPath(name)
    return not (
        path.is_absolute()
        or ".." in path.parts
        or name.startswith("~")
        or "\\" in name
        or re.match(r"[A-Za-z]:|%\w+%", name)
        or any(unicodedata.category(character) == "Cc" for character in name)
    )


def unescape(name: str, version: tuple[int, int]) -> str:
    """Undo the few escapes of BagIt; before 1.0 a percent sign stood for itself."""
    name = re.sub("%0[Aa]", "\n", re.sub("%0[Dd]", "\r", name))
    return name.replace("%25", "%") if version >= (1, 0) else name


def normal(name: str) -> str:
    """Give the form by which names are told apart, however they are encoded."""
    return unicodedata.normalize("NFC", name)


def walk(folder: Path) -> Iterator[Path]:
    """Give everything in a folder, and in its folders; no link is followed."""
    for path in folder.iterdir():
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)

"""The admin's libraries speak Chinese too, in our catalogue's words."""

import re
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest
import unfold
from django.utils.functional import Promise

from heritage.operations import library_words

ROOT = Path(__file__).resolve().parents[3]
UNFOLD = Path(unfold.__file__).parent
TAG = re.compile(r"{%\s*trans(?:late)?\s+(?:\"([^\"]+)\"|'([^']+)')")
# Parts of the library that nothing of ours shows.
UNUSED = ("constance", "crispy", "guardian", "import_export", "location_field", "trix")
UNUSED_TEXTS = {"Add row", "Dataset not found. No action performed."}


def shown_texts() -> Iterator[str]:
    """Give the texts that the templates of the admin's look hold."""
    for file in UNFOLD.rglob("*.html"):
        name = file.relative_to(UNFOLD).as_posix()
        if any(part in name for part in UNUSED) or name.endswith("toolbar.html"):
            continue
        for double, single in TAG.findall(file.read_text()):
            yield double or single


def our_entries() -> polib.POFile:
    return polib.pofile(
        str(ROOT / "heritage" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")
    )


def texts_in_chinese() -> set[str]:
    known = {entry.msgid for entry in our_entries() if entry.translated()}
    places = [Path(django.__file__).parent, UNFOLD.parent / "simple_history"]
    for place in places:
        for file in place.rglob("zh_Hans/LC_MESSAGES/django.mo"):
            known |= {entry.msgid for entry in polib.mofile(str(file)) if entry.msgstr}
    return known


def test_every_text_of_the_admins_look_has_a_chinese_one() -> None:
    assert sorted(set(shown_texts()) - texts_in_chinese() - UNUSED_TEXTS) == []


def plain_words() -> list[str]:
    groups = (
        library_words.LISTS,
        library_words.FORMS,
        library_words.FRAME,
        library_words.ACCOUNTS,
    )
    return [word for group in groups for word in group if not isinstance(word, Promise)]


@pytest.fixture(scope="module")
def library_source() -> str:
    files = (f for f in UNFOLD.rglob("*") if f.suffix in {".html", ".py"})
    text = "".join(file.read_text() for file in files)
    # As the interpreter joins strings that stand one below the other.
    return re.sub(r"[\"']\s*\n\s*[\"']", "", text)


@pytest.mark.parametrize("word", plain_words())
def test_the_library_still_says_so(word: str, library_source: str) -> None:
    assert word in library_source.replace('\\"', '"')


def ends_oddly(entry: polib.POEntry | polib.MOEntry) -> bool:
    """Tell of Chinese that ends as a sentence where the English does not."""
    chinese = entry.msgstr or entry.msgstr_plural.get(0, "")
    return chinese.endswith("。") and not re.search(r"[.!?][”\"]?\s*$", entry.msgid)


def test_no_heading_of_the_admin_ends_as_a_sentence() -> None:
    admin = Path(django.__file__).parent / "contrib" / "admin" / "locale"
    theirs = polib.mofile(str(admin / "zh_Hans" / "LC_MESSAGES" / "django.mo"))
    odd = {entry.msgid for entry in theirs if ends_oddly(entry)}
    ours = Path(library_words.__file__).read_text()
    assert odd
    assert not [text for text in odd if text not in ours]
    assert not [e.msgid for e in our_entries() if e.msgid in odd and ends_oddly(e)]

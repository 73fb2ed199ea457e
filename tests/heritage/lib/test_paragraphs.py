"""Templates: a paragraph holds words, and ends where a browser would end it."""

import re
from pathlib import Path

import heritage

PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
BLOCK = re.compile(r"<(?:form|table|ul|ol|dl|div|p|section|fieldset|h[1-6])\b")


def test_no_block_stands_in_a_paragraph() -> None:
    # A browser ends the paragraph before it: what comes then is laid out elsewhere.
    root = Path(heritage.__file__).parent
    found = {
        f"{page.relative_to(root)}: {inner[:80]}"
        for page in root.rglob("*.html")
        for inner in PARAGRAPH.findall(page.read_text())
        if BLOCK.search(inner)
    }
    assert not found, "\n".join(sorted(found))

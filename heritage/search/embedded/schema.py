"""What the embedded index is made of, and where its files lie.

The folder holds a folder for each generation (a rebuild begins a new one) and a pointer
to the one in use.
"""

from pathlib import Path
from typing import Final

import tantivy

from heritage.search.documents import FACETS, TEXT_FIELDS

FORMAT: Final = 2  # of the schema and the tokens; another one asks for a rebuild
POINTER: Final = "current"
WITH_POSITIONS: Final = ("name_en", "text_en")
RAW: Final = ("number", "exact")
# The years something was made in; where one of the two is known it stands in both.
FIRST: Final = "first_year"
LAST: Final = "last_year"


def make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(
        "id", stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field(
        "digest", stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field("tier", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("sample", tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        option = "position" if name in WITH_POSITIONS else "freq"
        raw = name in RAW
        builder.add_text_field(
            name,
            tokenizer_name="raw" if raw else "whitespace",
            index_option="basic" if raw else option,
        )
    for name in FACETS:
        builder.add_text_field(
            f"f_{name}", fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in (FIRST, LAST):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("released", "changed"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return builder.build()  # fmt: skip


def current_generation(folder: Path) -> Path | None:
    """Give the folder of the generation in use; None where there is none of our format."""
    try:
        name = (folder / POINTER).read_text()
    except OSError:
        return None
    path = folder / name
    is_ours = name.startswith(f"{FORMAT}-") and (path / "meta.json").exists()
    return path if is_ours else None

"""The names of a table's columns, and its cells by them: no cell is lost."""

from collections.abc import Sequence


def column_names(heads: Sequence[str]) -> list[str]:
    """Name every column once: those without a heading by place, repeated ones by number."""
    names: list[str] = []
    for place, head in enumerate(heads, start=1):
        name = " ".join(head.split()) or f"#{place}"
        count = 2
        plain = name
        while name in names:
            name, count = f"{plain} ({count})", count + 1
        names.append(name)
    return names


def by_column(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Give the cells that hold anything; those beyond the headings by their place."""
    found = {}
    for place, cell in enumerate(cells):
        text = cell.strip()
        if text:
            found[names[place] if place < len(names) else f"#{place + 1}"] = text
    return found

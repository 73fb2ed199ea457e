"""The JSON Schemas of Linked Art 1.0, each found by the type of a record."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

SCHEMA_OF = {
    "HumanMadeObject": "object",
    "Person": "person",
    "Group": "group",
    "Place": "place",
    "Period": "event",
    "Activity": "event",
    "Set": "set",
    "PropositionalObject": "abstract",
    "DigitalObject": "digital",
    "Type": "concept",
    "Material": "concept",
    "Language": "concept",
    "MeasurementUnit": "concept",
}


def faults(folder: Path, record: dict[str, Any], *, schema: str = "") -> list[str]:
    """List what the schema finds wrong; HAL links are not its concern."""
    plain = {key: value for key, value in record.items() if key != "_links"}
    name = schema or SCHEMA_OF[record["type"]]
    found = _validator(folder, name).iter_errors(plain)
    return [f"{'/'.join(map(str, one.path))}: {one.message[:300]}" for one in found]


@cache
def _validator(folder: Path, name: str) -> Draft202012Validator:
    schemas = {
        path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")
    }
    known = [(one["$id"], Resource.from_contents(one)) for one in schemas.values()]
    return Draft202012Validator(
        schemas[name], registry=Registry().with_resources(known)
    )

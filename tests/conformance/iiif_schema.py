"""The JSON Schemas of the IIIF Presentation validator: version 3, and the draft of 4."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource


def faults(folder: Path, document: dict[str, Any], *, version: int) -> list[str]:
    """List what the schema finds wrong with a manifest or collection."""
    validator = _third(folder) if version == 3 else _fourth(folder)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in validator.iter_errors(document)
    ]


@cache
def _third(folder: Path) -> Draft7Validator:
    return Draft7Validator(json.loads((folder / "iiif_3_0.json").read_text()))


@cache
def _fourth(folder: Path) -> Draft202012Validator:
    schemas = [json.loads(path.read_text()) for path in (folder / "v4").glob("*.json")]
    known = [(one["$id"], Resource.from_contents(one)) for one in schemas]
    (main,) = [one for one in schemas if one["$id"].endswith("/main.json")]
    return Draft202012Validator(main, registry=Registry().with_resources(known))

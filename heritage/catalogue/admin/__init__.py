"""The register in the admin. No rule lives here: policy and actions decide."""

from . import (  # noqa: F401  (register)
    authorities,
    bearers,
    collections,
    elements,
    recordings,
    relics,
    sites,
    terms,
)

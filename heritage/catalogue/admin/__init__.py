"""The register in the admin. No rule lives here: policy and actions decide."""

from . import authorities, collections, elements, relics, terms  # noqa: F401  (register)

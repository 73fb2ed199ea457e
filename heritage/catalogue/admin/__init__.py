"""The register in the admin. No rule lives here: policy and actions decide."""

from . import authorities, collections, elements, relics  # noqa: F401  (register)

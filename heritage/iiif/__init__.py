"""The IIIF Image API 3.0, level 2: https://iiif.io/api/image/3.0/."""

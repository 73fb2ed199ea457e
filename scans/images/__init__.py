"""Photographs and page scans: read with care, made into pyramids, cut into tiles.

libvips and Pillow are loaded in engine processes only; `tiff`, `pyramid_file` and
`rendering` need the standard library alone, so that the web process may use them.
"""

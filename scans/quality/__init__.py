"""How good a reconstruction is: each measure in its own module, in millimetres.

The modules take plain arrays in metres and know no stages; `sheet.py` puts their figures
together (docs/reference/quality.md).
"""

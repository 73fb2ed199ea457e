"""What differs between two masters of one object, or two runs of one capture.

Frames: `first` and `second` are the masters' own; all results are in the second's.
"""

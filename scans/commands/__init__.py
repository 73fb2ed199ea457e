"""What `python -m scans` can be told to do: a module for each duty.

Each adds its commands to the parser, and imports what is heavy only when one is run.
"""

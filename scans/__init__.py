"""The scan engine: files in, files and a report out. No Django, no database."""

__version__ = "0.1.0"

"""The archive as administrators see it: everything shown, nothing edited."""

from . import deposits, erasures, events, files, institution, records

__all__ = ["deposits", "erasures", "events", "files", "institution", "records"]

"""Exhibits are found by their names and what is said of them."""

from heritage.search.described import describe_record
from heritage.search.documents import Source
from heritage.search.registry import declare_source

from .models import Exhibit


def declare_to_search() -> None:
    source = Source(Exhibit, describe_record, page="/exhibits/{key}")
    declare_source(Exhibit.kind, source)

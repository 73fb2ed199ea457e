"""What the query editor says: it knows English only, so its page tells it the rest.

Each number is replaced by its place; static/linked_data/query.js puts it back.
"""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WORDS: Final = (
    _("Add a new tab"),
    _("Add tab"),
    _("All"),
    _("Close Tab"),
    _("Close other tabs"),
    _("Close tab"),
    _("Copy Tab"),
    _("Download Results"),
    _("Download not supported"),
    _("Download result"),
    _("Ellipse"),
    _("Endpoint is down"),
    _("Filter query results"),
    _("First"),
    _("Last"),
    _("New Tab"),
    _("Next"),
    _("No data available in table"),
    _("Page size:"),
    _("Previous"),
    _("Rename Tab"),
    _("Response"),
    _("Response in {0} seconds"),
    _("Run query"),
    _("Share query"),
    _("Show all"),
    _("Showing {0} to {1} of {2} entries"),
    _("Showing {0} to {1} of {2} entry"),
    _("Shows Response view"),
    _("Shows Table view"),
    _("Simple view"),
    _("Table"),
    _("Try query in a new browser window"),
    _("Unable to get response from endpoint. Possible reasons:"),
    _("Undo close Tab"),
    _("View documentation of Response"),
    _("View documentation of Table"),
    _("{0} result in {1} seconds"),
    _("{0} results in {1} seconds"),
)

# What our own views of an answer say (static/linked_data/views.js).
VIEW_WORDS: Final = (
    _("%(count)s more are in the table."),
    _("Gallery"),
    _("Map"),
    _("Map of %(count)s places"),
    _("Timeline"),
    _("Timeline from %(first)s to %(last)s"),
)


def view_words() -> dict[str, str]:
    return {word: gettext(word) for word in VIEW_WORDS}


def editor_words() -> dict[str, str]:
    return {word: gettext(word) for word in WORDS}

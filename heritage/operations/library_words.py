"""The admin's texts that its libraries have in English only, or in odd Chinese.

So ours has to hold it: named here, they are gathered with our own texts, and Django
finds them first. Nothing imports this module.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

# django-unfold
LISTS = (
    _("Apply Filters"),
    _("Date"),
    _("Date from"),
    _("Date to"),
    _("Expand row"),
    _("False"),
    _("Filters"),
    _("From"),
    _("More actions"),
    _("No data"),
    _("No results found"),
    _("Not enough data."),
    _("Reset filters"),
    _("Run"),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("To"),
    _("True"),
    _("Type to search"),
)
FORMS = (
    _("Add new item"),
    _("Cancel"),
    _("Choose file to upload"),
    _("Click to cancel"),
    _("Click to download"),
    _("General"),
    _("Go back"),
    _("Image preview"),
    _("Record picture"),
    _("Select value"),
    _("Submit"),
    _("This item will be deleted."),
)
FRAME = (
    _("All applications"),
    _("Dark"),
    _("Light"),
    _("Loading more results..."),
    _("No recent searches"),
    _("No results matching your query"),
    _("Recent searches"),
    _("Return to site"),
    _("Search apps and models..."),
    _("System"),
    ngettext_lazy(
        "\n                Found %(counter)s result in %(time)s seconds\n            ",
        "\n                Found %(counter)s results in %(time)s seconds\n            ",
        "counter",
    ),
)
# Django itself, where its Chinese ends a heading or a link with a full stop
STOPPED = (
    _("Click here to select the objects across all pages"),
    ngettext_lazy("%(counter)s result", "%(counter)s results", "counter"),
)
ACCOUNTS = (
    _("After you've created a user, you’ll be able to edit more user options."),
    _(
        "Raw passwords are not stored, so there is no way to see this user’s password, "
        "but you can change the password using "
        '<a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    _("Toggle password visibility"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
)
# django-simple-history
HISTORY = (
    _("Changes"),
    _(
        "Choose a date from the list below to revert to a previous version of this "
        "object"
    ),
    _("Deleted %(type_name)s"),
)
# django-tasks and django-tasks-db
TASKS = (
    _("Task Result"),
    _("Task Results"),
    _("args kwargs"),
    _("backend name"),
    _("enqueued at"),
    _("exception class path"),
    _("finished at"),
    _("priority"),
    _("queue name"),
    _("return value"),
    _("run after"),
    _("started at"),
    _("task path"),
    _("traceback"),
    _("worker id"),
    pgettext_lazy("Task", "Ready"),
    pgettext_lazy("Task", "Running"),
    pgettext_lazy("Task", "Failed"),
    pgettext_lazy("Task", "Successful"),
)

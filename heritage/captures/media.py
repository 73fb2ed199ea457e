"""The public addresses of what runs computed."""

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from heritage.captures.models import Derivative
from heritage.catalogue.policy import STRANGER, Person, allows, visible

DIGEST_LENGTH = 16


def media_path(derivative: Derivative) -> str:
    """Give the address that names these very bytes: a new run has a new one."""
    return reverse("media", args=[derivative.key, *_named(derivative)])


def is_named(derivative: Derivative, digest: str, name: str) -> bool:
    """Tell whether an address names the very bytes that the row has."""
    return (digest, name) == _named(derivative)


def media_address(derivative: Derivative) -> str:
    """Give the address to load it from, on the media server where there is one.

    What only staff may see stays with the web process, for the media server's origin
    does not get their session.
    """
    public = allows(STRANGER, derivative)
    return f"{settings.MEDIA_ORIGIN if public else ''}{media_path(derivative)}"


def is_immutable(derivative: Derivative) -> bool:
    """Tell whether caches may keep it: only what no date will take back."""
    return allows(STRANGER, derivative) and has_no_end(derivative)


def has_no_end(derivative: Derivative) -> bool:
    """Tell whether no day is set that takes back what is public."""
    return derivative.run.capture.relic.withdraw_on is None


def derivatives_for(person: Person) -> QuerySet[Derivative]:
    """Give what this person may load, with all that policy and address ask for."""
    rows = Derivative.objects.select_related(
        "stored_file__deposit", "run__capture__relic", "run__adds_to__capture__relic"
    )
    return visible(rows, person)


def _named(derivative: Derivative) -> tuple[str, str]:
    file = derivative.stored_file
    return file.sha512[:DIGEST_LENGTH], file.name.rsplit("/", 1)[-1]

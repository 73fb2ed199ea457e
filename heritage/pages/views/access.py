"""Who asks for a page."""

from django.http import HttpRequest

from heritage.catalogue.policy import Person


def person_of(request: HttpRequest) -> Person:
    """Read the person once a request."""
    person = getattr(request, "heritage_person", None)
    if person is None:
        person = Person.of(request.user)
        request.heritage_person = person  # type: ignore[attr-defined]
    return person

"""A page that asks, before something is done that is kept with its reason."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from .errors import ArchiveError


@dataclass(frozen=True)
class Question:
    """What a page asks before something is done that is kept with its reason.

    `act` gets the reason, raises an `ArchiveError` to refuse, and gives the address to
    go on to.
    """

    title: str
    about: str
    button: str
    act: Callable[[str], str]
    label: str = ""  # of the reason; empty: none is asked for
    names: list[str] = field(default_factory=list)  # of what it is done to
    back: str = ""  # where to go on; empty: the thing's own page


def ask(request: HttpRequest, thing: Any, question: Question) -> HttpResponse:
    """Show the question; do what it asks once it is answered."""
    back = question.back or reverse(
        f"admin:archive_{thing._meta.model_name}_change", args=[thing.pk]
    )
    if request.method == "POST":
        try:
            return redirect(question.act(request.POST.get("reason", "")) or back)
        except ArchiveError as error:
            messages.error(request, str(error))
    context = admin.site.each_context(request) | {
        "title": question.title,
        "opts": thing._meta,
        "question": question,
        "thing": thing,
        "back": back,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "archive/ask.html", context)

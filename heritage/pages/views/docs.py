"""The description of the interface, for people: no script, nothing from outside."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heritage.exhibits.api import api


def api_docs(request: HttpRequest) -> HttpResponse:
    schema: Any = api.get_openapi_schema(path_prefix="/api/")
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    context = {"operations": operations}
    return render(request, "pages/api_docs.html", context)

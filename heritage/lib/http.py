"""Problem details (RFC 9457): every refusal as one small JSON document."""

from typing import Any

from django.http import HttpRequest, JsonResponse

PROBLEM_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, **members: Any) -> JsonResponse:
    """Answer with a problem document: `code` is stable, `detail` is for a person."""
    body = {
        "type": f"/problems/{code}",
        "title": code,
        "status": status,
        "detail": detail,
    }
    response = JsonResponse(
        body | members, status=status, json_dumps_params={"ensure_ascii": False}
    )
    response["Content-Type"] = PROBLEM_TYPE
    return response


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the client asked for JSON rather than a page."""
    chosen = request.get_preferred_type(["text/html", "application/json", PROBLEM_TYPE])
    return chosen is not None and chosen != "text/html"

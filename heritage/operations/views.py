"""`/healthz`: for load balancers, and with details for administrators."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heritage.catalogue.policy import Person

from .health import check_running


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part is well, else 503.

    With `?live` only this web process is asked: 200 if it can answer at all.
    """
    if "live" in request.GET:
        return JsonResponse({"status": "live"})
    findings = check_running()
    is_well = all(finding.is_well for finding in findings)
    parts: dict[str, object] = {
        f.part: "well" if f.is_well else "ill" for f in findings
    }
    if Person.of(request.user).is_administrator:
        parts = {
            f.part: {
                "state": "well" if f.is_well else "ill",
                "detail": f.detail,
                "cure": f.cure,
            }
            for f in findings
        }
    return JsonResponse(
        {"status": "well" if is_well else "ill", "parts": parts},
        status=200 if is_well else 503,
    )

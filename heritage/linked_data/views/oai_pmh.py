"""`/oai-pmh`: OAI-PMH 2.0, by GET and POST, for anybody."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from heritage.linked_data.harvest.answering import answer, refuse
from heritage.linked_data.harvest.asking import Refused, read_request


@csrf_exempt  # it changes nothing, and is asked by programs
@require_http_methods(["GET", "HEAD", "POST"])
def oai_pmh(request: HttpRequest) -> HttpResponse:
    # Harvesters are programs, and what they log is read by other museums.
    with override("en"):
        try:
            text = answer(read_request(request))
        except Refused as error:
            text = refuse(error)
    response = HttpResponse(text, content_type="text/xml; charset=utf-8")
    # A withdrawal must show at once.
    response["Cache-Control"] = "private, no-cache"
    return response

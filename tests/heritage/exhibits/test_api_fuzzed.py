"""The interface holds to its own OpenAPI document, whatever is sent to it."""

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from heritage.exhibits.api import api
from heritage.exhibits.models import Exhibit
from tests.heritage.search.desk import keep_up

pytestmark = [
    pytest.mark.slow,
    # The tool's own, of libraries it brings along.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 8}
OPERATIONS = [
    (path, method)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method in methods
]


@pytest.fixture
def schema(exhibit: Exhibit) -> Any:
    keep_up()
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_is_described(
    schema: Any, exhibit: Exhibit, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schema[path][method]
    known = exhibit.key if "exhibits" in path else exhibit.items.all()[0].relic.key
    # A key that exists, so that more than refusals are looked at.
    fixed = (
        {"key": known} if mode is GenerationMode.POSITIVE and "{key}" in path else {}
    )

    @seed(20261122)
    @settings(
        max_examples=EXAMPLES[mode], deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode, path_parameters=fixed or None))
    def ask(case: Any) -> None:
        # In-process the tool reads bodies as they are: it unpacks none.
        answer = case.call(headers={"Accept-Encoding": "identity"})
        case.validate_response(answer, checks=CHECKS)

    ask()

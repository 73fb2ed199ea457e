"""The admin says the museum's name in the reader's language and script."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from heritage.archive.models import Institution
from heritage.operations import branding

pytestmark = pytest.mark.django_db
ASKED = {
    "zh-TW": "數字博物館",
    "zh-HK": "數字博物館",
    "zh-Hant": "數字博物館",
    "zh-CN": "数字博物馆",
    "en-GB": "Digital Museum",
}


@pytest.mark.parametrize("asked", ASKED)
def test_the_admin_names_the_museum_as_its_reader_reads(
    client: Client, curator: User, asked: str
) -> None:
    Institution.objects.create(pk=1, name_zh="数字博物馆", name_en="Digital Museum")
    client.force_login(curator)
    page = client.get(reverse("admin:index"), headers={"accept-language": asked})
    assert page.context["site_header"] == ASKED[asked]
    assert ASKED[asked] in page.content.decode()


def test_a_name_in_english_alone_is_said_to_everybody() -> None:
    Institution.objects.create(pk=1, name_en="Digital Museum")
    with override("zh-hant"):
        assert branding.name(RequestFactory().get("/")) == "Digital Museum"

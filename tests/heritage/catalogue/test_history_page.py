"""A record's history speaks the words of its form."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.actions import release
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_place, make_relic


def test_changes_are_told_by_labels(
    client: Client, curator: User, collection: Collection
) -> None:
    relic = make_relic(collection)
    relic.category = "porcelain"
    relic.made_at = make_place(collection, name_zh="德化")
    relic.save()
    release(relic, by=curator)
    client.force_login(curator)
    address = reverse("admin:catalogue_relic_history", args=[relic.pk])
    response = client.get(address, headers={"Accept-Language": "zh-hans"})
    rows = response.context["page_obj"]
    assert [str(row.state) for row in rows] == ["已发布", "草稿", "草稿"]
    told = {
        change["field"]: (change["old"], change["new"])
        for row in rows[:2]
        for change in row.history_delta_changes
    }
    assert told["类别"] == ("铜器", "瓷器")
    assert told["制作地点"] == ("", "德化")  # it led nowhere before
    assert "None" not in response.content.decode()

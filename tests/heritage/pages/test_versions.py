"""Earlier released versions of a relic: readable, until a withdrawal takes them away."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions.release import release, return_to_draft, withdraw
from heritage.catalogue.models import Collection, Relic
from heritage.pages.views.versions import released_versions
from tests.heritage.factories import make_person, make_relic

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def relic(collection: Collection) -> Relic:
    """Drafted, released, and changed once since."""
    made = make_relic(collection, name_en="A draft's name")
    made.name_en, made.store_location = "First name", "Vault 7"
    made.save()
    release(made, by=None)
    made.refresh_from_db()
    made.name_en = "Second name"
    made.save()
    return made


def text_of(client: Client, relic: Relic, query: str = "") -> str:
    answer = client.get(f"/relics/{relic.key}/versions{query}", headers=ENGLISH)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_was_public_earlier_is_read_and_nothing_else(
    client: Client, relic: Relic
) -> None:
    listed = client.get(f"/relics/{relic.key}/versions").context["versions"]
    assert [one.relic.name_en for one in listed] == ["Second name", "First name"]
    text = text_of(client, relic, f"?version={listed[1].number}")
    assert "First name" in text
    assert "A draft" not in text
    assert "Vault 7" not in text
    gone = client.get(f"/relics/{relic.key}/versions?version=9999")
    assert gone.status_code == 404


def test_what_a_version_names_may_be_gone(
    client: Client, relic: Relic, collection: Collection
) -> None:
    maker = make_person(collection, state="released")
    relic.maker = maker
    relic.save()
    number = relic.edit_version
    relic.maker = None
    relic.save()
    maker.delete()
    assert "Second name" in text_of(client, relic, f"?version={number}")


def test_versions_are_cut_not_rows_of_their_history(
    client: Client, relic: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in relic.history.all():  # as further rows of the same version
        row.pk = None
        row.save()
    monkeypatch.setattr("heritage.pages.views.versions.MOST", 2)
    assert len(released_versions(relic)[0]) == 2
    assert "Only the last" not in text_of(client, relic)
    monkeypatch.setattr("heritage.pages.views.versions.MOST", 1)
    assert "Only the last version is shown." in text_of(client, relic)


def test_a_withdrawal_takes_earlier_versions_away(client: Client, relic: Relic) -> None:
    withdraw(relic, by=None)
    assert client.get(f"/relics/{relic.key}/versions").status_code == 410
    return_to_draft(relic, by=None)
    relic.refresh_from_db()
    release(relic, by=None)
    assert "First name" not in text_of(client, relic)


@pytest.mark.parametrize(
    ("who", "status"), [("curator", 200), ("volunteer", 200), ("stranger", 404)]
)
def test_of_a_draft_only_those_who_work_on_it_have_the_page(
    client: Client, collection: Collection, who: str, status: int,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    draft = make_relic(collection)
    user: User = request.getfixturevalue(who)
    client.force_login(user)
    assert client.get(f"/relics/{draft.key}/versions").status_code == status

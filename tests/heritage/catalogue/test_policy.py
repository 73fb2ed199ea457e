"""The filter and the verdict on one object agree, for everybody and everything."""

import io
from datetime import date
from itertools import product

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit, StoredFile
from heritage.captures.models import Capture, Derivative, Run
from heritage.catalogue.models import (
    Collection,
    Consent,
    Dimension,
    ElementListing,
    ElementPart,
    Grading,
    Move,
    Naming,
    Protection,
    RareBook,
    Recognition,
    RecordingItem,
    Relic,
    RelicNumber,
    TechniqueOf,
    Transmission,
)
from heritage.catalogue.policy import Person, allows, declared, visible
from heritage.exhibits.models import ExhibitItem
from heritage.images.models import Image, ImageFile, ImageSet
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_exhibit,
    make_find_batch,
    make_person,
    make_place,
    make_recording,
    make_relic,
    make_site,
    make_user,
)

STATES = st.sampled_from(["draft", "released", "withdrawn"])


def people(*collections: Collection) -> list[Person]:
    users: list[User | AnonymousUser] = [
        AnonymousUser(),
        make_user(),
        make_user(is_superuser=True),
    ]
    users += [
        make_user(c, role) for c, role in product(collections, ("curator", "volunteer"))
    ]
    users.append(make_user(collections[0], "curator", is_active=False))
    return [Person.of(user) for user in users]


def fill(
    collection: Collection, states: list[str], *, accepted: bool, role: str, tier: str
) -> None:
    """One of everything, each record in a state of its own."""
    state = iter(states)
    relic = make_relic(collection, state=next(state))
    Dimension.objects.create(relic=relic, kind="height", value=3.0)
    for act in (Grading(grade="first"), Move(store="A-3"), Naming(name_zh="鼎")):
        act.relic = relic
        act.save()
    RelicNumber.objects.create(relic=relic, type="other", number="7")
    RareBook.objects.create(relic=relic, edition="明刻本")
    element = make_element(collection, state=next(state))
    master = make_bearer(element, make_person(collection), state=next(state))
    apprentice = make_bearer(element, make_person(collection), state=next(state))
    apprentice.open_lineage = apprentice.open_recordings = accepted
    apprentice.save()
    Transmission.objects.create(master=master, apprentice=apprentice)
    TechniqueOf.objects.create(element=element, relic=relic)
    ElementPart.objects.create(element=element, name_zh="子项")
    ElementListing.objects.create(element=element, level="national")
    Recognition.objects.create(bearer=master, level="national")
    Consent.objects.create(bearer=apprentice, until=date(2099, 1, 1))
    for bearer in (master, apprentice):
        recording = make_recording(bearer, state=bearer.state)
        for is_public in (True, False):
            RecordingItem.objects.create(
                recording=recording, kind="practice", title_zh="片", is_public=is_public
            )
    site = make_site(collection, state=element.state)
    Protection.objects.create(site=site, protection_level="county")
    make_find_batch(site, state=relic.state)
    make_place(collection, state=next(state))
    exhibit = make_exhibit(collection, state=next(state))
    ExhibitItem.objects.create(exhibit=exhibit, relic=relic)
    ExhibitItem.objects.create(exhibit=exhibit, element=element)
    capture = Capture.objects.create(relic=relic)
    run = Run.objects.create(capture=capture, state="succeeded", is_accepted=accepted)
    Derivative.objects.create(run=run, role=role, profile="web", stored_file=_stored())
    image_set = ImageSet.objects.create(relic=relic, tier=tier)
    file = ImageFile.objects.create(image_set=image_set, stored_file=_stored())
    Image.objects.create(
        image_set=image_set, file=file, stored_file=_stored(), width=1, height=1
    )


def _stored() -> StoredFile:
    return StoredFile.objects.create(
        deposit=Deposit.objects.create(),
        name="a",
        sha512="0",
        size_bytes=1,
        media_type="x/y",
        path="a",
    )


class FilterAndVerdictAgree(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        ours=st.lists(STATES, min_size=6, max_size=6),
        theirs=st.lists(STATES, min_size=6, max_size=6),
        accepted=st.booleans(),
        role=st.sampled_from(Derivative.Role.values),
        tier=st.sampled_from(ImageSet.Tier.values),
    )
    def test_for_every_model_and_person(
        self, ours: list[str], theirs: list[str], accepted: bool, role: str, tier: str
    ) -> None:
        here, there = make_collection(), make_collection()
        fill(here, ours, accepted=accepted, role=role, tier=tier)
        fill(there, theirs, accepted=accepted, role=role, tier=tier)
        for person, model in product(people(here, there), declared()):
            rows = model._default_manager.all()
            seen = set(visible(rows, person).values_list("pk", flat=True))
            assert seen == {row.pk for row in rows if allows(person, row)}, model


def test_a_model_without_a_policy_is_seen_by_nobody(curator: User) -> None:
    deposit_files([("a", io.BytesIO(b"x"))], by=None)
    person = Person.of(curator)
    assert not visible(StoredFile.objects.all(), person).exists()
    assert not allows(person, StoredFile.objects.get())


@pytest.mark.django_db
def test_every_model_of_ours_has_a_policy_or_is_named_here() -> None:
    """Default deny is safe; a forgotten policy is still a mistake."""
    # Seen through another row, or by administrators alone.
    inward = {
        "Deposit", "StoredFile", "Membership", "RecordEvent", "Heartbeat",
        "DropItem", "Erasure", "Outbox", "Mention", "PublishedGraph", "PublishedState", "Dump", "PreservedRecord", "PreservationAgent",
        "PreservationEvent", "RecordChange", "VocabularyEdition", "Upload", "UploadChunk",
        "Institution",
        "Mapping",
        # Read on the page of the record that they name, by whoever may open that.
        "Comment", "FormDraft", "KeptRows", "Letters", "MuseumSettings", "ProposedEdit",
        "RestrictedRead", "SafetyCheck",
    }  # fmt: skip
    models: list[type[Model]] = [
        model
        for app in (
            "archive",
            "catalogue",
            "custody",
            "exchange",
            "captures",
            "images",
            "exhibits",
            "linked_data",
            "pages",
        )
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical") and model.__name__ not in inward
    ]
    assert {model.__name__ for model in models} == {m.__name__ for m in declared()}


def test_private_fields_are_for_curators(
    collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    relic: Relic = make_relic(collection, state="released", store_location="A-3")
    verdicts = [
        allows(Person.of(user), relic, "store_location")
        for user in (curator, volunteer, stranger)
    ]
    assert verdicts == [True, False, False]
    assert allows(Person.of(stranger), relic, "name_zh")

"""Small real records for tests. Each maker fills what the database demands, no more."""

from datetime import date
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from heritage.catalogue.models import (
    Agent,
    Bearer,
    Collection,
    Element,
    FindBatch,
    Membership,
    Period,
    Place,
    Recording,
    Relic,
    RelicMaterial,
    Site,
)
from heritage.exhibits.models import Exhibit

_numbers = count(1)


def make_collection(**values: Any) -> Collection:
    return Collection.objects.create(
        **{"name_zh": "青铜馆", "name_en": "Bronzes"} | values
    )


def make_user(
    collection: Collection | None = None, role: str = "", **values: Any
) -> User:
    defaults: dict[str, Any] = {
        "username": f"user{next(_numbers)}",
        "password": "p",
        "is_staff": bool(role),
    }
    user = User.objects.create_user(**defaults | values)
    if collection is not None:
        Membership.objects.create(user=user, collection=collection, role=role)
    return user


def make_relic(collection: Collection, **values: Any) -> Relic:
    number = next(_numbers)
    defaults = {
        "collection": collection,
        "register_no": f"{number:04d}",
        "name_zh": f"青铜鼎{number}",
        "name_en": f"Bronze ding {number}",
        "description_zh": "三足。",
        "category": "bronze",
    }
    relic = Relic.objects.create(**defaults | values)
    RelicMaterial.objects.create(relic=relic, material="copper")
    return relic


def make_element(collection: Collection, **values: Any) -> Element:
    defaults = {
        "collection": collection,
        "name_zh": "失蜡法",
        "name_en": "Lost-wax casting",
        "category": "craft-skills",
    }
    return Element.objects.create(**defaults | values)


def make_person(collection: Collection, **values: Any) -> Agent:
    defaults = {"collection": collection, "name_zh": "王师傅", "name_en": "Master Wang"}
    return Agent.objects.create(**defaults | values)


def make_bearer(element: Element, person: Agent | None = None, **values: Any) -> Bearer:
    person = person or make_person(element.collection)
    defaults = {
        "collection": element.collection,
        "person": person,
        "element": element,
        "name_zh": person.name_zh,
        "name_en": person.name_en,
        "status": Bearer.Status.DECEASED,
    }
    return Bearer.objects.create(**defaults | values)


def make_place(collection: Collection, **values: Any) -> Place:
    return Place.objects.create(
        **{"collection": collection, "name_zh": "佛山", "name_en": "Foshan"} | values
    )


def make_period(collection: Collection, **values: Any) -> Period:
    """The Tang, as the register's scheme has it, or made anew where it has none."""
    told = {"begin_year": 618, "end_year": 907} | values
    names = {"name_zh": "唐", "name_en": "Tang", "collection": collection}
    period, _is_new = Period.objects.get_or_create(slug="tang", defaults=names)
    Period.objects.filter(pk=period.pk).update(**told)
    period.refresh_from_db()
    return period


def make_exhibit(collection: Collection, **values: Any) -> Exhibit:
    defaults = {"collection": collection, "name_zh": "吉金", "name_en": "Bronzes"}
    return Exhibit.objects.create(**defaults | values)


def make_recording(bearer: Bearer, **values: Any) -> Recording:
    defaults = {
        "collection": bearer.collection,
        "bearer": bearer,
        "name_zh": "抢救性记录",
        "name_en": "Recording of a master",
        "agreement_signed_on": date(2020, 1, 2),
    }
    return Recording.objects.create(**defaults | values)


def make_site(collection: Collection, **values: Any) -> Site:
    defaults = {
        "collection": collection,
        "name_zh": "龙窑遗址",
        "name_en": "Dragon kiln",
        "site_kind": "ancient-site",
    }
    return Site.objects.create(**defaults | values)


def make_find_batch(site: Site, **values: Any) -> FindBatch:
    defaults = {"collection": site.collection, "name_zh": "第一次发掘", "site": site}
    return FindBatch.objects.create(**defaults | values)

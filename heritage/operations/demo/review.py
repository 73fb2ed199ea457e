"""What waits in the demo museum: a place in review, and a proposal beside a released one."""

from django.contrib.auth.models import User

from heritage.catalogue.actions import comment, propose, submit
from heritage.catalogue.models import (
    Collection,
    Membership,
    Place,
    ProposedEdit,
    Record,
)

VOLUNTEER = "demo-volunteer"
NEW = {
    "name_zh": "水口村", "name_en": "Shuikou Village",
    "description_zh": "虚构的村庄，龙窑所在。", "description_en": "An invented village with a dragon kiln.",
}  # fmt: skip
MORE_ZH, MORE_EN = "镇上有三座龙窑。", " It has three dragon kilns."


def write_review(collection: Collection, released: Place) -> None:
    """Have a volunteer hand one record in and propose a change to another, once."""
    volunteer = _ensure_volunteer(collection)
    name_zh = NEW["name_zh"]
    place, is_new = Place.objects.get_or_create(
        collection=collection, name_zh=name_zh, is_demo=True,
        defaults=NEW | {"created_by": volunteer, "level": Place.Level.SPOT},
    )  # fmt: skip
    if is_new and place.state == Record.State.DRAFT:
        submit(place, by=volunteer)
        comment(place, "层级填“村”是否合适？", by=volunteer)
    if not ProposedEdit.objects.about(released).exists():
        _propose(released, volunteer)


def _propose(place: Place, volunteer: User) -> None:
    names = ("name_zh", "name_en", "description_zh", "description_en")
    read = {name: [str(getattr(place, name))] for name in names}
    typed = read | {
        "description_zh": [place.description_zh + MORE_ZH],
        "description_en": [place.description_en + MORE_EN],
    }
    propose(place, typed, read=read, seen_version=place.edit_version, by=volunteer)


def _ensure_volunteer(collection: Collection) -> User:
    """Give the demo's volunteer: an account with a name, and no password to enter by."""
    volunteer, is_new = User.objects.get_or_create(
        username=VOLUNTEER, defaults={"first_name": "Demo"}
    )
    if is_new:
        volunteer.set_unusable_password()
        volunteer.save()
    role = {"role": Membership.Role.VOLUNTEER}
    Membership.objects.get_or_create(
        user=volunteer, collection=collection, defaults=role
    )
    return volunteer

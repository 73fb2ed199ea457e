"""What a search may know of a relic from its captures: that there is a model of it."""

from collections.abc import Collection, Iterator

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, visible
from heritage.search.registry import declare_touched, declare_trait

from .graph import captures_of
from .models import Derivative
from .published import of_accepted


def declare_to_search() -> None:
    declare_trait(Relic.kind, "3d", relics_with_models, label=_("a 3D model"))
    declare_touched(relics_of)


def relics_with_models(keys: Collection[str], person: Person) -> set[str]:
    """Give the keys of those relics of which this person may see a model."""
    models = visible(Derivative.objects.filter(role=Derivative.Role.MODEL), person)
    of_these = models.filter(of_accepted("run__"), run__capture__relic__key__in=keys)
    return set(of_these.values_list("run__capture__relic__key", flat=True))


def relics_of(row: Model) -> Iterator[tuple[str, str]]:
    for capture in captures_of(row):
        yield Relic.kind, capture.relic.key

"""People and places that a table names: found in the register, or added to it as drafts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Q

from heritage.catalogue.actions.periods import load_periods
from heritage.catalogue.models import Agent, Collection, Period, Place, Record, Relic

from .fields import fields

MODELS: Final[dict[str, type[Record]]] = {"agent": Agent, "place": Place}


class Names:
    """Gives the rows that plain values name; what is new is added once."""

    def __init__(self, collection: Collection, by: User | None) -> None:
        self.collection = collection
        self.by = by
        if not Period.objects.exists():
            load_periods()  # a table names periods before any page has
        self.periods = dict(Period.objects.values_list("slug", "pk"))
        self._known: dict[str, dict[str, int]] = {"agent": {}, "place": {}}

    def prepare(self, plains: Iterable[Mapping[str, Any]]) -> None:
        """Find, or add, all that these records name; within the transaction that needs it."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for values in plains:
            for key, value in values.items():
                kind = fields()[key].kind
                if kind in MODELS and value not in self._known[kind]:
                    wanted[kind].add(value)
        for kind, names in wanted.items():
            self._find(kind, names)
            for name in sorted(names - set(self._known[kind])):
                self._known[kind][name] = self._add(kind, name)

    def forget(self) -> None:
        """Forget what was added in a transaction that was rolled back."""
        self._known = {"agent": {}, "place": {}}

    def pk_of(self, key: str, value: Any) -> int | None:
        """Give the primary key that a plain value of this field means."""
        kind = fields()[key].kind
        if kind in MODELS:
            return self._known[kind][value]
        if key == "period":
            return self.periods.get(value)
        return (
            Relic.objects.filter(collection=self.collection, key=value)
            .values_list("pk", flat=True)
            .first()
        )

    def _find(self, kind: str, names: set[str]) -> None:
        """Prefer the collection's own to what others have released."""
        mine = Q(collection=self.collection)
        rows = MODELS[kind]._default_manager.filter(
            mine | Q(state=Record.State.RELEASED)
        )
        rows = rows.filter(Q(name_zh__in=names) | Q(name_en__in=names))
        found = rows.order_by("pk").values_list(
            "pk", "name_zh", "name_en", "collection_id"
        )
        for pk, chinese, english, _own in sorted(
            found, key=lambda r: r[3] == self.collection.pk
        ):
            for name in {chinese, english} & names:
                self._known[kind][name] = pk

    def _add(self, kind: str, name: str) -> int:
        chinese = any("㐀" <= sign <= "鿿" for sign in name)
        row = MODELS[kind](
            collection=self.collection,
            created_by=self.by,
            **{"name_zh" if chinese else "name_en": name},
        )
        row.save()
        return int(row.pk)

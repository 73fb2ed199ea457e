"""What slips and deregistrations share: asked for, approved rank by rank, numbered."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection, Relic
from heritage.custody.errors import StillToApprove
from heritage.lib.keys import new_key

from .approval import Rank

Chain = tuple[Rank, ...]


class Request(models.Model):
    """`chains`: which ranks must agree, by grade; `others` for all that is not named."""

    chains: ClassVar[dict[str, Chain]] = {}
    others: ClassVar[Chain] = (Rank.HEAD,)

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    number = models.CharField(_("number"), max_length=20, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("requested by"),
    )  # fmt: skip
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"

    @property
    def subjects(self) -> list[Relic]:
        """The relics it is about."""
        raise NotImplementedError

    @property
    def grades(self) -> set[str]:
        """The grades that its relics have, and had at any time since it was asked."""
        since = self.requested_at
        return {grade for relic in self.subjects for grade in _grades(relic, since)}

    def hold_subjects(self) -> None:
        """Let no grade change before this transaction ends that decides by it."""
        pks = [relic.pk for relic in self.subjects]
        rows = Relic.objects.select_for_update().filter(pk__in=pks)
        list(rows.order_by("pk").values_list("pk"))

    @property
    def chain(self) -> Chain:
        """Name the ranks that must agree, the strictest of what it is about."""
        chains = [self.chains.get(grade, self.others) for grade in self.grades]
        return max(chains, key=_strictness, default=self.others)

    @property
    def next_rank(self) -> Rank | None:
        """Name who has to answer now; None when all have agreed.

        By the highest grade since it was asked: who lowers one meanwhile saves no rank.
        """
        given = {one.rank for one in self.approvals.all() if one.agrees}  # type: ignore[attr-defined]
        if (
            Rank.STATE in given
        ):  # above the authority: a grade lowered since asks no more
            given.add(Rank.AUTHORITY)
        return next((rank for rank in self.chain if rank not in given), None)

    @property
    def turn(self) -> Rank | None:
        """Name who answers while it is open: also after a grade was raised."""
        return self.next_rank if self.state in ("requested", "approved") else None  # type: ignore[attr-defined]

    def check_approved(self) -> None:
        """Let what was approved be done, if no rank is asked by now that was not then.

        Raises `StillToApprove`.
        """
        rank = self.next_rank
        if rank is not None:
            raise StillToApprove(str(self), str(rank.label))

    @classmethod
    def next_number(cls, collection: Collection, path: str) -> str:
        """Give this year's next number; the caller holds the collection's lock."""
        year = timezone.localdate().year
        rows: Any = cls._default_manager.filter(
            **{path: collection}, number__startswith=f"{year}-"
        )
        last = rows.aggregate(last=Max("number"))["last"]
        return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:05d}"


def _strictness(chain: Chain) -> list[int]:
    """Sort chains by the farthest rank that they ask, then by the next."""
    order = list(Rank)
    return sorted(map(order.index, chain), reverse=True)


def _grades(relic: Relic, since: datetime) -> set[str]:
    versions = relic.history.order_by("history_date", "history_id")
    told = set(versions.filter(history_date__gte=since).values_list("grade", flat=True))
    was = versions.filter(history_date__lt=since).last()
    return told | {relic.grade} | ({was.grade} if was else set())

"""Read the datings that were written down before they could be read."""

from heritage.catalogue.models import Relic


def read_datings() -> tuple[int, int]:
    """Read the datings of all relics without years; tells how many gave some, how many none.

    Each is saved on its own, so that history and graph hear of it, and it may be
    stopped and started again.
    """
    read = doubted = 0
    unread = Relic.objects.filter(begin_year__isnull=True, end_year__isnull=True)
    for relic in unread.exclude(period_text="").order_by("pk").iterator():
        before = relic.dating_doubt
        relic.read_period_text()
        if relic.begin_year is not None or relic.end_year is not None:
            relic.save()
            read += 1
        elif relic.dating_doubt != before:
            relic.save()
        doubted += bool(relic.dating_doubt)
    return read, doubted

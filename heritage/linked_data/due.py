"""What time does to the published graph: a dump each month, and none with old secrets."""

from django.utils import timezone

from heritage.lib.due import due
from knowledge_graph.errors import NothingPublished

from .dumps import make_dump, reissue
from .models import Dump


@due
def dump_each_month() -> int:
    """Keep the graph as it is in each month of the museum's calendar."""
    now = timezone.localtime()
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if Dump.objects.filter(published_at__gte=first).exists():
        return 0
    try:
        return int(make_dump() is not None)
    except NothingPublished:
        return 0


@due
def reissue_dumps() -> int:
    """Take what was withdrawn out of every dump."""
    return sum(reissue(dump) for dump in Dump.objects.exclude(stale_at=None))

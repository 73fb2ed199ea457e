"""Write the demo's immovable heritage: sites, parts, protections, batches of finds."""

from typing import Any, Protocol

from django.contrib.auth.models import User

from heritage.catalogue.actions import record_act
from heritage.catalogue.models import FindBatch, Protection, Site, SiteFacet

PLAIN = (
    "site_kind", "period_text", "latitude", "longitude", "precision_m", "shown_as",
    "area_m2", "depth_m", "structure",
)  # fmt: skip
LINKS = ("part_of", "place", "keeper")


class Writer(Protocol):
    curator: User
    records: dict[str, Any]

    def released(self, model: Any, row: dict[str, Any], **fields: Any) -> Any: ...


def write_site(row: dict[str, Any], writer: Writer) -> None:
    """Write one site with all that hangs on it; what is there already is kept."""
    known = {name: row[name] for name in PLAIN if name in row}
    known |= {name: writer.records[row[name]] for name in LINKS if name in row}
    site = writer.released(Site, row, **known)
    for facet in row["facets"]:
        SiteFacet.objects.get_or_create(site=site, facet=facet)
    for told in row["protections"]:
        level = told["protection_level"]
        if not site.protections.filter(protection_level=level).exists():
            record_act(Protection(site=site, **told), by=writer.curator)
    for batch in row.get("batches", ()):
        days = {name: batch[name] for name in ("number", "begun_on", "ended_on")}
        writer.released(FindBatch, batch, site=site, **days)

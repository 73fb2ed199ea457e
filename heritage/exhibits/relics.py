"""Released relics as documents for other programs."""

from typing import Any

from heritage.captures.media import media_address
from heritage.catalogue.models import Dimension, Relic
from heritage.catalogue.policy import Person
from heritage.catalogue.vocabularies import load

from .addresses import Absolute, links_of, model_of
from .hotspots import hotspots_for
from .schemas import ConceptOut, DimensionOut, RelicOut, RelicRef
from .shown import Shown

LANGUAGES = ("zh-Hans", "en")


def relic_ref(relic: Relic, shown: Shown | None, absolute: Absolute) -> RelicRef:
    return RelicRef(**_ref_values(relic, shown, absolute))


def relic_out(
    relic: Relic, shown: Shown | None, person: Person, absolute: Absolute
) -> RelicOut:
    levels = shown.levels if shown else []
    unit = shown.unit if shown else ""
    models = [model_of(level, absolute, person, unit=unit) for level in levels]
    here = {relic.pk: shown} if shown else {}
    hotspots = hotspots_for(here, person, absolute)
    return RelicOut(
        **_ref_values(relic, shown, absolute),
        descriptions=relic.descriptions,
        dating=relic.period_text,
        begin_year=relic.begin_year,
        end_year=relic.end_year,
        materials=[concept("material", row.material) for row in relic.materials.all()],
        dimensions=[_dimension(row) for row in relic.dimensions.all()],
        rights=relic.rights,
        credit=relic.credit,
        models=[model for model in models if model],
        pictures=[absolute(side) for side in shown.sides] if shown else [],
        hotspots=hotspots.get(relic.pk, []),
    )


def concept(vocabulary: str, slug: str) -> ConceptOut:
    labels = {tag: load(vocabulary).label(slug, tag) for tag in LANGUAGES}
    return ConceptOut(slug=slug, labels=labels)


def _ref_values(
    relic: Relic, shown: Shown | None, absolute: Absolute
) -> dict[str, Any]:
    thumb = shown.pictures.get("thumb") if shown else None
    return {
        "key": relic.key,
        "names": relic.names,
        "register_no": relic.register_no,
        "category": concept("category", relic.category),
        "is_demo": relic.is_demo,
        "picture": absolute(media_address(thumb)) if thumb else "",
        "links": links_of(relic, absolute),
    }


def _dimension(row: Dimension) -> DimensionOut:
    return DimensionOut(
        kind=concept("dimension", row.kind),
        value=row.value,
        unit=concept("unit", row.unit),
        uncertainty=row.uncertainty,
        origin=row.origin,
    )

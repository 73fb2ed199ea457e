"""What is exported comes back without difference, and tells nobody what is not for him."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heritage.archive.models import RecordChange
from heritage.catalogue.models import Collection, Relic, RestrictedRead
from heritage.catalogue.policy import Person
from heritage.exchange.cells import unescape
from heritage.exchange.exporting import plain_rows
from heritage.exchange.formats import FORMATS, escaped
from tests.heritage.factories import make_relic

from .loading import enter, verdicts
from .registers import make_register

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


def export(form: str, person: User | None, folder: Path) -> Path:
    who = Person(is_administrator=True) if person is None else Person.of(person)
    path = folder / f"out.{FORMATS[form].ending}"
    path.write_bytes(
        b"".join(FORMATS[form].write(plain_rows(Relic.objects.all(), who)))
    )
    return path


def reload(path: Path, form: str, collection: Collection, by: User) -> dict[str, int]:
    mapping = "heritage-lido" if form == "lido" else "heritage"
    return dict(verdicts(enter([path], mapping, collection, by)))


@pytest.mark.django_db
@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_export_comes_back_without_difference(
    form: str, tmp_path: Path, collection: Collection, curator: User
) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(make_register(30).csv())
    enter([table], "register-zh", collection, curator)
    path = export(form, curator, tmp_path)
    RecordChange.objects.all().delete()
    assert reload(path, form, collection, curator) == {"unchanged": 30}
    # What this table says of them is new: it goes into the archive.
    keys = set(RecordChange.objects.filter(kind="relic").values_list("key", flat=True))
    assert keys == set(Relic.objects.values_list("key", flat=True))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("form", sorted(FORMATS))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=ANY_TEXT.filter(str.strip), text=ANY_TEXT, dating=ANY_TEXT,
    year=st.none() | st.integers(-9999, 2000), value=st.floats(0.001, 9e6), free=ANY_TEXT,
)  # fmt: skip
def test_whatever_a_record_says_comes_back(
    form: str, tmp_path: Path, collection: Collection, curator: User,
    name: str, text: str, dating: str, year: int | None, value: float, free: str,
) -> None:  # fmt: skip
    Relic.objects.all().delete()
    relic = Relic.objects.create(
        collection=collection, register_no="1", name_zh=name.strip(), description_en=text.strip(),
        category="other", period_text=dating.strip(), begin_year=year, size_text=free.strip(),
    )  # fmt: skip
    relic.dimensions.create(kind="height", value=value, literal=text.strip())
    relic.other_names.create(type="former", name=name.strip())
    path = export(form, curator, tmp_path)
    assert reload(path, form, collection, curator) == {"unchanged": 1}


@pytest.mark.django_db
def test_a_cell_that_was_edited_changes_the_record_through_the_guard(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    relic = Relic.objects.create(
        collection=collection,
        register_no="1",
        name_zh="鼎",
        category="bronze",
        grade="third",
    )
    path = export("csv", curator, tmp_path)
    path.write_text(
        path.read_text("utf-8-sig").replace("third", "second").replace("鼎", "方鼎"),
        "utf-8",
    )
    assert reload(path, "csv", collection, curator) == {"changed": 1}
    relic.refresh_from_db()
    assert (relic.grade, relic.name_zh) == ("second", "方鼎")
    assert relic.gradings.count() == 2  # as it stood, and as it was decided
    # The same table once more: somebody has saved since, so nothing is trampled.
    relic.name_zh = "圆鼎"
    relic.save()
    assert reload(path, "csv", collection, curator) == {"unchanged": 1}
    relic.refresh_from_db()
    assert relic.name_zh == "圆鼎"


@pytest.mark.django_db
def test_what_is_never_public_is_for_curators(
    tmp_path: Path,
    collection: Collection,
    curator: User,
    volunteer: User,
    stranger: User,
) -> None:
    Relic.objects.create(
        collection=collection,
        register_no="1",
        name_zh="鼎",
        category="bronze",
        store_location="一号库",
    )
    assert "一号库" in export("csv", curator, tmp_path).read_text("utf-8")
    told = export("csv", volunteer, tmp_path).read_text("utf-8")
    assert "鼎" in told
    assert "一号库" not in told
    assert "鼎" not in export("csv", stranger, tmp_path).read_text("utf-8")


@pytest.mark.django_db
def test_nothing_is_computed_by_who_opens_it(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    Relic.objects.create(
        collection=collection,
        register_no="1",
        name_zh="=1+1",
        name_en="@SUM(A1)",
        category="other",
    )
    assert "'=1+1" in export("csv", curator, tmp_path).read_text("utf-8")
    book = openpyxl.load_workbook(
        io.BytesIO(export("xlsx", curator, tmp_path).read_bytes())
    )
    kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert "f" not in kinds


@given(ANY_TEXT)
def test_escaping_is_taken_back(text: str) -> None:
    assert unescape(escaped(text)) == text


@pytest.mark.django_db
def test_what_is_restricted_is_written_down_as_read(
    collection: Collection, curator: User, volunteer: User, tmp_path: Path
) -> None:
    make_relic(collection, price=5)
    make_relic(collection)
    export("csv", volunteer, tmp_path)
    assert not RestrictedRead.objects.exists()
    export("csv", curator, tmp_path)
    read = RestrictedRead.objects.get()
    assert (read.by, read.fields) == (curator, ["price"])

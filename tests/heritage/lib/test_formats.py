"""How dates are written: in English without doubt of day and month, in Chinese as ever."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.translation import override

DAY = date(2026, 11, 2)
MOMENT = datetime(2026, 11, 2, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "name", "written"),
    [
        ("en", "DATE_FORMAT", "2 November 2026"),
        ("en", "SHORT_DATE_FORMAT", "2 Nov 2026"),
        ("en", "MONTH_DAY_FORMAT", "2 November"),
        ("en", "YEAR_MONTH_FORMAT", "November 2026"),
        ("zh-hans", "DATE_FORMAT", "2026年11月2日"),
        ("zh-hant", "DATE_FORMAT", "2026年11月2日"),
        ("en", "DATETIME_FORMAT", "2 November 2026, 17:05"),
        ("en", "SHORT_DATETIME_FORMAT", "2 Nov 2026, 17:05"),
        ("en", "TIME_FORMAT", "17:05"),
        ("zh-hans", "DATETIME_FORMAT", "2026年11月2日 17:05"),
    ],
)
def test_days_and_times_are_written(language: str, name: str, written: str) -> None:
    with override(language):
        assert date_format(MOMENT, name) == written


def test_pages_write_a_day_without_being_told_how() -> None:
    page = Template("{{ day }}")
    with override("en"):
        assert page.render(Context({"day": DAY})) == "2 November 2026"


@pytest.mark.parametrize("typed", ["2026-11-02", "2 November 2026", "2 Nov 2026"])
def test_a_form_reads_what_a_page_has_written(typed: str) -> None:
    with override("en"):
        assert forms.DateField(localize=True).clean(typed) == DAY


def test_a_form_takes_no_month_for_a_day() -> None:
    with override("en"), pytest.raises(forms.ValidationError):
        forms.DateField().clean("11/02/2026")


def test_a_form_shows_a_day_as_it_did() -> None:
    with override("en"):
        shown = forms.DateField(widget=forms.DateInput).widget.format_value(DAY)
    assert shown == "2026-11-02"

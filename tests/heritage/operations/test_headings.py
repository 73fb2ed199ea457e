"""The way to a page, as its head tells it: no step of it is said twice."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.utils.translation import override


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_no_part_of_the_admin_is_named_like_a_list_in_it(language: str) -> None:
    with override(language):
        parts = {str(app.verbose_name): app.label for app in apps.get_app_configs()}
        lists = {
            (str(model._meta.verbose_name_plural).lower(), model._meta.app_label)
            for model in admin.site._registry
        }
    twice = {(name.lower(), label) for name, label in parts.items()} & lists
    assert not twice

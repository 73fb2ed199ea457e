"""The cache that all processes share has its table wherever the museum is set up."""

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection


@pytest.mark.django_db
def test_migrating_makes_its_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS shared_cache")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert "shared_cache" in connection.introspection.table_names()

"""Whether what `migrate` has just done was an upgrade that is now complete."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

Plan = Sequence[tuple[Migration, bool]]


def is_upgraded(plan: Plan, *, using: str) -> bool:
    """Tell whether migrations were applied, and every table is as the models say.

    An app may be migrated by itself: then others' tables are still what they were.
    """
    is_upgrade = any(not is_backwards for _migration, is_backwards in plan)
    return is_upgrade and using == DEFAULT_DB_ALIAS and _is_up_to_date()


def _is_up_to_date() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())

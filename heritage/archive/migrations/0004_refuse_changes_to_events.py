"""Let the database itself refuse changes to preservation events.

PostgreSQL refuses deletion as well. SQLite does not: the same statement empties tables
between tests, and has no other form; there the model refuses it.
"""

from django.db import migrations

TABLE = "archive_preservationevent"
SQLITE = [
    f"CREATE TRIGGER {TABLE}_stays BEFORE UPDATE ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'preservation events are only ever added to'); END"
]
POSTGRESQL = [
    f"CREATE FUNCTION {TABLE}_stays() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'preservation events are only ever added to'; END $$",
    f"CREATE TRIGGER {TABLE}_stays BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_stays()",
]
BACK = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_stays"],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {TABLE}_stays ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_stays()",
    ],
}


def refuse(apps, schema_editor):
    _execute(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def allow(apps, schema_editor):
    _execute(schema_editor, BACK)


def _execute(schema_editor, statements):
    for statement in statements.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("archive", "0003_log_preservation_events")]
    operations = [migrations.RunPython(refuse, allow)]

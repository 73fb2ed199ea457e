"""Let the database itself refuse changes to the ledger.

PostgreSQL refuses deletion as well, but for what the demo wrote. SQLite does not: the
same statement empties tables between tests, and has no other form; there the model
refuses it, and the chain of digests tells.
"""

from django.db import migrations

TABLE = "custody_ledgerentry"
SAID = "the ledger is only ever added to"
SQLITE = [
    f"CREATE TRIGGER {TABLE}_stays BEFORE UPDATE ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
]
POSTGRESQL = [
    f"CREATE FUNCTION {TABLE}_stays() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN IF TG_OP = 'DELETE' AND OLD.is_demo THEN RETURN OLD; END IF; "
    f"RAISE EXCEPTION '{SAID}'; END $$",
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
    dependencies = [("custody", "0001_keep_a_ledger_slips_and_stock")]
    operations = [migrations.RunPython(refuse, allow)]

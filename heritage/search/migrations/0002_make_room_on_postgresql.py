"""Where PostgreSQL is the database it keeps the search index: make room for that.

On SQLite nothing is done: there the index is a folder.
"""

from django.core.management import CommandError
from django.db import DatabaseError, migrations, transaction
from django.utils.translation import gettext as _

STATE = (
    "CREATE TABLE search_state ("
    "format integer NOT NULL, stamp text NOT NULL, documents bigint NOT NULL)"
)
TABLES = ("search_document", "search_token", "search_state")


def make_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        add_trigrams(schema_editor.connection)
        schema_editor.execute(STATE)


def take_back(apps, schema_editor):
    """Leave the extension: others may use it."""
    if schema_editor.connection.vendor == "postgresql":
        for name in TABLES:
            schema_editor.execute(f"DROP TABLE IF EXISTS {name}")


def add_trigrams(connection):
    """Add pg_trgm unless it is there. Raises `CommandError` with what to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION pg_trgm")
    except DatabaseError as error:
        text = _(
            "Search needs PostgreSQL's extension pg_trgm, and this role may not add it "
            "(%(reason)s). Have an administrator of the server run, in this database: "
            "CREATE EXTENSION pg_trgm; then migrate again."
        )
        reason = str(error).strip().splitlines()[0]
        raise CommandError(text % {"reason": reason}) from error


class Migration(migrations.Migration):
    dependencies = [("search", "0001_queue_changes_for_the_index")]
    operations = [migrations.RunPython(make_room, take_back)]

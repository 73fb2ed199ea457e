"""What a trial needs to be there before it begins. Called in forks of their own."""

import io
import os
from datetime import timedelta
from pathlib import Path

from tests.faults.sets import SIZES, Sent


def prepare() -> tuple[str, str]:
    """Make a relic and an administrator who is logged in; give session and key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from heritage.archive.actions.preserve import preserve_due
    from tests.heritage.factories import make_collection, make_relic, make_user

    relic = make_relic(make_collection(), name_zh="鼎")
    user = make_user(is_superuser=True, is_staff=True)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    preserve_due()
    return str(session.session_key), relic.key


def put_in(sent: Sent) -> tuple[str, int]:
    """Lay a set into the inbox beforehand; give its key and its number."""
    from heritage.archive.actions.deposit import deposit_files

    items = [(file, io.BytesIO(data)) for file, data in sent.files.items()]
    deposit = deposit_files(items, by=None, note=sent.name, inbox_name=sent.name)
    return deposit.key, deposit.pk


def deposit_by_command(folder: Path, record: str) -> str:
    """Hand a folder in as `manage.py deposit` does; give its error, or nothing."""
    from django.core.management import CommandError, call_command

    try:
        call_command("deposit", str(folder), "--to", record, stdout=io.StringIO())
    except CommandError as error:
        return str(error)
    return ""


def lay_work(name: str) -> None:
    """Give the tick something of everything to do."""
    from django.conf import settings

    from heritage.archive.actions.take_in import take_in
    from heritage.archive.models import Deposit, PreservedRecord
    from heritage.catalogue.models import Relic

    folder = Path(settings.DROP_FOLDER) / name
    for file, size in SIZES.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(os.urandom(size))
    relic = Relic.objects.get()
    relic.name_en = name
    relic.save()
    PreservedRecord.objects.update(preserved_at=None, replicated_version=0)
    Deposit.objects.update(checked_at=None)
    take_in()
    make_still()


def make_still() -> None:
    """Let what lies in the watched folder have lain there for an hour."""
    from django.utils import timezone

    from heritage.archive.models import DropItem

    DropItem.objects.filter(still_since__isnull=False).update(
        still_since=timezone.now() - timedelta(hours=1)
    )


def all_taken() -> bool:
    from heritage.archive.models import DropItem

    return not DropItem.objects.exclude(state="taken").exists()

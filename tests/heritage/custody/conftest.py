"""The people of custody: who keeps the ledger, who the stores, who approves."""

import pytest
from django.contrib.auth.models import Permission, User

from heritage.catalogue.models import Collection
from heritage.custody.duties import DIRECTOR
from tests.heritage.factories import make_user


@pytest.fixture
def ledger_keeper(collection: Collection) -> User:
    return make_user(collection, "ledger-keeper")


@pytest.fixture
def store_keeper(collection: Collection) -> User:
    return make_user(collection, "store-keeper")


@pytest.fixture
def head(collection: Collection) -> User:
    """Another curator than the one who asks for things."""
    return make_user(collection, "curator")


@pytest.fixture
def director(collection: Collection) -> User:
    user = make_user(collection, "scholar")
    user.user_permissions.add(Permission.objects.get(codename=DIRECTOR))
    return user

"""Signing in: by the admin's page as ever, not too often, with a second factor if set."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from heritage.catalogue.models import Collection
from tests.heritage.factories import make_user

SECRET = "a-long-one"  # noqa: S105


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def keeper(collection: Collection) -> User:
    return make_user(collection, "curator", username="keeper", password=SECRET)


def sign_in(client: Client, password: str = SECRET, code: str = "") -> bool:
    data = {"username": "keeper", "password": password, "code": code}
    return client.post(reverse("admin:login"), data).status_code == 302


def code_now(secret: str) -> str:
    counters = [*yield_hotp_counters_from_time()]
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def test_name_and_password_are_enough(client: Client, keeper: User) -> None:
    assert sign_in(client)
    assert client.get(reverse("admin:index")).status_code == 200


def test_too_many_tries_are_refused(client: Client, keeper: User) -> None:
    assert not any(sign_in(client, "wrong") for _ in range(5))
    assert not sign_in(client)  # right, but too late
    cache.clear()
    assert sign_in(client)


def test_tries_are_counted_by_all_processes_together(
    client: Client, keeper: User
) -> None:
    """What another process has counted lies in the database, as this one's counts do."""
    assert not sign_in(client, "wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM shared_cache")
        keys = [row[0] for row in cursor.fetchall()]
    assert any("login_failed" in key for key in keys)


def test_behind_a_proxy_a_stranger_shuts_out_only_himself(
    client: Client, keeper: User, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    stranger, ours = ({"X-Forwarded-For": f"9.9.9.9, 192.0.2.{n}"} for n in (1, 2))
    for name in ("a", "b"):
        client.post(reverse("admin:login"), {"username": name, "password": "x"}, headers=stranger)  # fmt: skip
    right = {"username": "keeper", "password": SECRET}
    refused = client.post(reverse("admin:login"), right, headers=stranger)
    assert refused.status_code == 200
    taken = client.post(reverse("admin:login"), right, headers=ours)
    assert taken.status_code == 302


def test_a_second_factor_is_asked_for_once_it_is_set(
    client: Client, keeper: User
) -> None:
    secret = generate_totp_secret()
    TOTP.activate(keeper, secret)
    assert not sign_in(client)
    assert not sign_in(client, code="000000")
    assert "data-second-factor" in client.get(reverse("admin:login")).content.decode()
    assert sign_in(client, code=code_now(secret))


def test_the_second_factor_is_set_up_under_a_strict_policy(
    client: Client, keeper: User
) -> None:
    assert client.get("/accounts/2fa/").status_code == 302
    client.force_login(keeper)
    answer = client.get("/accounts/2fa/")
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_nobody_makes_an_account_for_himself(client: Client, db: None) -> None:
    answer = client.post(
        "/accounts/signup/",
        {"username": "me", "password1": "a-long-one-7", "password2": "a-long-one-7"},
    )
    assert answer.status_code == 200
    assert not User.objects.exists()

"""The demo over HTTPS: its certificate, and a server that shows it."""

import ipaddress
import os
import re
import ssl
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import settings

from heritage.operations.certificate import Names, own_certificate, own_names
from heritage.operations.demo_https import SecureDemo
from heritage.operations.management.commands.demo import demo_environment

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUSE = ipaddress.IPv4Address("192.168.7.20")
ELSEWHERE = ipaddress.IPv4Address("203.0.113.9")
NAMES = Names(("localhost", "desk", "desk.local"), (HOUSE,))


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_names_this_machine_and_keeps_its_keys_to_itself(tmp_path: Path) -> None:
    files = own_certificate(tmp_path / "https", NAMES, NOW)
    server, authority = read(files.server), read(files.authority)
    server.verify_directly_issued_by(authority)
    told = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert told.get_values_for_type(x509.DNSName) == list(NAMES.hosts)
    assert told.get_values_for_type(x509.IPAddress) == [HOUSE]
    assert server.not_valid_after_utc - NOW < timedelta(days=398)
    assert mode_of(files.key) == mode_of(tmp_path / "https/authority.key") == 0o600
    assert mode_of(tmp_path / "https") == 0o700


def test_it_is_kept_while_it_holds_and_renewed_before_it_ends(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, NAMES, NOW)
    server, authority = first.server.read_bytes(), first.authority.read_bytes()
    own_certificate(tmp_path, NAMES, NOW + timedelta(days=300))
    assert first.server.read_bytes() == server
    own_certificate(tmp_path, NAMES, NOW + timedelta(days=380))
    assert first.server.read_bytes() != server
    # Whoever trusts the authority need not be told again.
    assert first.authority.read_bytes() == authority
    later = NOW + timedelta(days=5 * 365)
    own_certificate(tmp_path, NAMES, later)
    assert first.authority.read_bytes() != authority
    read(first.server).verify_directly_issued_by(read(first.authority))


def test_another_address_renews_it(tmp_path: Path) -> None:
    files = own_certificate(tmp_path, NAMES, NOW)
    authority = files.authority.read_bytes()
    moved = replace(NAMES, addresses=(ipaddress.IPv4Address("10.1.2.3"),))
    own_certificate(tmp_path, moved, NOW)
    told = read(files.server).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert told.value.get_values_for_type(x509.IPAddress) == list(moved.addresses)
    assert files.authority.read_bytes() == authority
    # An address outside of all houses' networks, the authority may not sign for yet.
    own_certificate(tmp_path, replace(NAMES, addresses=(ELSEWHERE,)), NOW)
    assert files.authority.read_bytes() != authority


def test_it_may_sign_for_nobody_else(tmp_path: Path) -> None:
    limits = (
        read(own_certificate(tmp_path, NAMES, NOW).authority)
        .extensions.get_extension_for_class(x509.NameConstraints)
        .value.permitted_subtrees
    )
    assert limits is not None
    hosts = [one.value for one in limits if isinstance(one, x509.DNSName)]
    assert hosts == list(NAMES.hosts)
    networks = [one.value for one in limits if isinstance(one, x509.IPAddress)]
    assert all(
        isinstance(one, ipaddress.IPv4Network) and one.is_private for one in networks
    )


def test_settings_are_those_of_the_network_and_leave_the_records_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERITAGE_ALLOWED_HOSTS", "elsewhere.example")
    secure = SecureDemo(tmp_path)
    environment = demo_environment(tmp_path) | secure.environment()
    assert environment["HERITAGE_BASE_IRI"].startswith("http://localhost:")
    hosts = environment["HERITAGE_ALLOWED_HOSTS"].split(",")
    assert {"localhost", "127.0.0.1", "[::1]"} <= set(hosts)
    assert "elsewhere.example" not in hosts


def test_the_address_is_said_in_both_languages_under_its_code(tmp_path: Path) -> None:
    secure = SecureDemo(tmp_path)
    told = secure.invitation()
    assert told.count(f"{secure.address}/exhibits/") == 2
    assert "For headsets and phones on the same network" in told
    assert "█" in told


@pytest.mark.slow
def test_it_answers_over_tls_to_whom_trusts_the_authority(tmp_path: Path) -> None:
    """One web process, as the demo's Procfile starts it, on a free port."""
    secure = SecureDemo(tmp_path)
    environment = demo_environment(tmp_path) | secure.environment()
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "heritage.wsgi", "--bind", "127.0.0.1:0",
             "--worker-class", "gthread", "--workers", "1", "--threads", "2",
             "--no-control-socket"],
            cwd=settings.BASE_DIR, env=os.environ | environment,
            stdout=log, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert server.stderr is not None
        try:
            site = listening_at(server)
            check_tls(site, secure.trusting())
        finally:
            server.terminate()
            server.communicate(timeout=60)


def listening_at(server: "subprocess.Popen[str]") -> str:
    assert server.stderr is not None
    lines = []
    for line in server.stderr:
        lines.append(line)
        if found := re.search(r"Listening at: (https?://\S+)", line):
            return found[1]
    pytest.fail("".join(lines))


def check_tls(site: str, trusting: ssl.SSLContext) -> None:
    assert site.startswith("https://127.0.0.1:")
    address = f"{site}/healthz?live"
    with urllib.request.urlopen(address, timeout=90, context=trusting) as answer:  # noqa: S310
        assert answer.status == 200
        # Tomorrow's demo may be without HTTPS on the same name.
        assert answer.headers["Strict-Transport-Security"] is None
    for_another = urllib.request.Request(address, headers={"Host": "else.example"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(for_another, timeout=90, context=trusting)  # noqa: S310
    refused.value.close()
    assert refused.value.code == 400
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(address, timeout=90)  # noqa: S310


def test_this_machine_has_names_that_a_certificate_may_hold() -> None:
    names = own_names()
    assert names.hosts[0] == "localhost"
    assert ipaddress.IPv4Address("127.0.0.1") in names.addresses

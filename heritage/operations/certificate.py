"""A certificate for this machine's own names, signed by an authority of its own.

A browser enters VR and installs a web app over HTTPS only, and no public authority signs
for an address of the house's own network. Ours may sign for such addresses and this
machine's names alone (RFC 5280, section 4.2.1.10), so that whoever trusts it trusts it
with nothing else.
"""

import ipaddress
import os
import re
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LASTS: Final = timedelta(days=5 * 365)
LASTS: Final = timedelta(days=397)  # what browsers take at most
RENEWED_BEFORE: Final = timedelta(days=30)
CLOCKS_DIFFER: Final = timedelta(days=1)
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]+)*\Z")
# The networks of houses and of the machine itself (RFC 1918, 3927, 1122).
OF_HOUSES: Final = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "127.0.0.0/8",
    )
)  # fmt: skip
Address = ipaddress.IPv4Address
Network = ipaddress.IPv4Network


@dataclass(frozen=True)
class Names:
    """What this machine is called on its network."""

    hosts: tuple[str, ...]
    addresses: tuple[Address, ...]

    @property
    def all(self) -> list[str]:
        return [*self.hosts, *map(str, self.addresses)]


@dataclass(frozen=True)
class Certificate:
    """The files, in PEM; `authority` is what browsers are told to trust."""

    authority: Path
    server: Path
    key: Path


@dataclass(frozen=True)
class _Signed:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def own_names() -> Names:
    """Ask the system for this machine's name and addresses; nothing is sent."""
    host = socket.gethostname().lower()
    hosts = ["localhost"]
    if LABEL.match(host):
        hosts += [host] if "." in host else [host, f"{host}.local"]
    addresses = {
        Address(one.address)
        for rows in psutil.net_if_addrs().values()
        for one in rows
        if one.family == socket.AF_INET
    }
    addresses.add(Address("127.0.0.1"))
    return Names(tuple(dict.fromkeys(hosts)), tuple(sorted(addresses)))


def own_certificate(folder: Path, names: Names, now: datetime) -> Certificate:
    """Give the certificate that lies in `folder`; made anew if it no longer holds.

    The authority stays as long as it may sign for these names, so that what trusts it
    has to be told only once.
    """
    files = Certificate(
        folder / "authority.crt", folder / "server.crt", folder / "server.key"
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(files.authority, folder / "authority.key", names, now)
    if not _holds(files, authority, names, now):
        server = _make_server(authority, names, now)
        _write(files.key, _pem_of_key(server.key), mode=0o600)
        _write(files.server, _pem(server.certificate), mode=0o644)
    return files


def _authority(path: Path, key_path: Path, names: Names, now: datetime) -> _Signed:
    if path.exists() and key_path.exists():
        certificate = _read(path)
        if _is_fresh(certificate, now, LASTS) and _may_sign_for(certificate, names):
            key = serialization.load_pem_private_key(key_path.read_bytes(), None)
            return _Signed(certificate, cast(ec.EllipticCurvePrivateKey, key))
    made = _make_authority(names, now)
    _write(key_path, _pem_of_key(made.key), mode=0o600)
    _write(path, _pem(made.certificate), mode=0o644)
    return made


def _holds(files: Certificate, authority: _Signed, names: Names, now: datetime) -> bool:
    if not files.server.exists() or not files.key.exists():
        return False
    server = _read(files.server)
    told = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    is_signed = server.issuer == authority.certificate.subject
    is_named = set(told) == set(_general(names))
    return is_signed and is_named and _is_fresh(server, now, RENEWED_BEFORE)


def _is_fresh(certificate: x509.Certificate, now: datetime, before: timedelta) -> bool:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return begins <= now <= ends - before


def _may_sign_for(certificate: x509.Certificate, names: Names) -> bool:
    found = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    return set(_limits(names)) <= set(found.value.permitted_subtrees or ())


def _make_authority(names: Names, now: datetime) -> _Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    # A name of its own each time: whoever trusts an older one can tell them apart.
    host = names.hosts[-1].removesuffix(".local")
    name = _name(f"Heritage demo on {host[:30]}, {secrets.token_hex(4)}")
    builder = _builder(name, name, key.public_key(), now, AUTHORITY_LASTS)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=True,
        crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    limits = x509.NameConstraints(_limits(names), None)
    builder = (
        builder.serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(limits, critical=True)
    )
    return _Signed(builder.sign(key, hashes.SHA256()), key)


def _make_server(authority: _Signed, names: Names, now: datetime) -> _Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority.key.public_key()
    )
    serves = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    builder = (
        _builder(_name("Heritage demo"), issuer, key.public_key(), now, LASTS)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(serves, critical=False)
        .add_extension(signer, critical=False)
    )
    return _Signed(builder.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now - CLOCKS_DIFFER + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(names: Names) -> list[x509.GeneralName]:
    hosts = [x509.DNSName(host) for host in names.hosts]
    return [*hosts, *(x509.IPAddress(address) for address in names.addresses)]


def _limits(names: Names) -> list[x509.GeneralName]:
    """Name what the authority may sign for: these names, and any address of a house."""
    others = [
        Network(address)
        for address in names.addresses
        if not any(address in network for network in OF_HOUSES)
    ]
    hosts = [x509.DNSName(host) for host in names.hosts]
    return [*hosts, *(x509.IPAddress(network) for network in (*OF_HOUSES, *others))]


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, text: bytes, *, mode: int) -> None:
    """Put a whole file in its place; nobody else reads a key, not even meanwhile."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    new.replace(path)

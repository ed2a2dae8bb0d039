"""Certificates and keys for tests: a root of our own, and a signer's certificate that anything can be wrong
with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION


def curve_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _named(common: str, organization: str) -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name([x509.NameAttribute(*part) for part in [*parts, (NameOID.COMMON_NAME, common)]])


def _usage(*, signs: bool = False, certifies: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(signs, False, False, False, False, certifies, certifies, False, False)


ROOT_KEY = curve_key()


@dataclass(frozen=True)
class Certified:
    """A signer's certificate as C2PA wants it, unless a field says otherwise."""

    key: Any = field(default_factory=curve_key)
    organization: str = "Acme Post"
    begin: datetime = NOW - DAY
    end: datetime = NOW + 365 * DAY
    purposes: Sequence[x509.ObjectIdentifier] = (EMAIL,)
    authority: bool = False
    usage: x509.KeyUsage | None = field(default_factory=lambda: _usage(signs=True))
    own_root: bool = False  # signed by itself
    by_key: Any = ROOT_KEY

    @cached_property
    def certificate(self) -> x509.Certificate:
        name = _named("Acme signer", self.organization)
        issuer = name if self.own_root else _named("Acme root", "Acme Post")
        builder = (
            x509.CertificateBuilder(issuer, name, self.key.public_key(), x509.random_serial_number())
            .not_valid_before(self.begin)
            .not_valid_after(self.end)
            .add_extension(x509.BasicConstraints(self.authority, None), True)
        )
        if self.usage is not None:
            builder = builder.add_extension(self.usage, True)
        if self.purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(self.purposes), False)
        if not self.own_root:
            authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT_KEY.public_key())
            builder = builder.add_extension(authority, False)
        return builder.sign(self.key if self.own_root else self.by_key, hashes.SHA256())

    @property
    def chain(self) -> bytes:
        """PEM: the signer's certificate, then the root's if that issued it."""
        return pem(self.certificate) + (b"" if self.own_root else pem(root()))

    @property
    def key_pem(self) -> bytes:
        return bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def root() -> x509.Certificate:
    """The certificate of our own root."""
    name, public = _named("Acme root", "Acme Post"), ROOT_KEY.public_key()
    return (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + 3650 * DAY)
        .add_extension(x509.BasicConstraints(True, 1), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(_usage(certifies=True), True)
        .sign(ROOT_KEY, hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)

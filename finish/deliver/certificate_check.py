"""What a certificate lacks to sign Content Credentials, each as one line.

Rules: C2PA specification 2.2, "X.509 Certificates"; RFC 5280 for the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from finish.errors import CapabilityError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
# Of which a signer's certificate needs one: emailProtection, documentSigning (RFC 9336), and C2PA's own.
_PURPOSES: Final = frozenset({"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1"})
_ANY_PURPOSE: Final = "2.5.29.37.0"
_SHORTEST_RSA: Final = 2048  # bits
_WEAK: Final = frozenset({"md5", "sha1"})


def certificates(chain: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM file; CapabilityError if they can't be read or the package is missing."""
    try:
        from cryptography import x509
    except ImportError as error:
        raise missing_package() from error
    try:
        return tuple(x509.load_pem_x509_certificates(chain))
    except ValueError as error:
        message = "the certificate can't be read: it isn't PEM"
        raise CapabilityError(message, "export it as PEM, the signer's own certificate first") from error


def missing_package() -> CapabilityError:
    """Content Credentials without the packages that sign them."""
    return CapabilityError(
        "signing needs packages that aren't installed",
        "install finish[provenance], or set provenance: {sign: off}",
    )


def algorithm(chain: bytes) -> str:
    """C2PA's name of the signature algorithm of the signer's key; CapabilityError for a key that it has none
    for."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    key = certificates(chain)[0].public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SHORTEST_RSA:
        return "ps256"
    message = "the certificate's key can't sign Content Credentials"
    raise CapabilityError(message, "use an ECDSA key (P-256, P-384, P-521), Ed25519, or RSA with 2048 bits")


def lacks(chain: bytes, key: bytes = b"", now: datetime | None = None) -> tuple[str, ...]:
    """What the certificates `chain` (PEM) and the private `key` lack; () for nothing.

    Without a key, only the certificates are checked.
    """
    listed = certificates(chain)
    signer = listed[0]
    return (
        *_period(listed, now or datetime.now(UTC)),
        *_subject(signer),
        *_uses(signer),
        *_strength(signer),
        *_order(listed),
        *(_key(signer, key) if key else ()),
    )


def _period(listed: Sequence[Certificate], now: datetime) -> Iterator[str]:
    for certificate in listed:
        name = certificate.subject.rfc4514_string()
        if now < certificate.not_valid_before_utc:
            begin = f"{certificate.not_valid_before_utc:%Y-%m-%d}"
            yield f"{name} is valid from {begin}: use it later, or check the clock"
        if now > certificate.not_valid_after_utc:
            yield f"{name} expired on {certificate.not_valid_after_utc:%Y-%m-%d}: renew it"


def _subject(signer: Certificate) -> Iterator[str]:
    from cryptography.x509.oid import NameOID

    if not signer.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME):
        yield "no organization (O) in its subject, which viewers show as the signer"
    if signer.issuer == signer.subject:
        yield "it is signed by itself: use a certificate that an authority, or your own root, issued"
    if signer.version.name != "v3":
        yield "it isn't of version 3"


def _uses(signer: Certificate) -> Iterator[str]:
    from cryptography import x509

    usage = _extension(signer, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        yield "no key usage digitalSignature"
    elif usage.key_cert_sign:
        yield "key usage keyCertSign: only an authority's certificate may have it"
    constraints = _extension(signer, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        yield "it is an authority's certificate (CA:TRUE): sign with one that it issued"
    purposes = {purpose.dotted_string for purpose in _extension(signer, x509.ExtendedKeyUsage) or ()}
    if _ANY_PURPOSE in purposes:
        yield "extended key usage anyExtendedKeyUsage isn't allowed"
    elif not purposes & _PURPOSES:
        yield "no extended key usage emailProtection, documentSigning or c2pa-kp-claimSigning"
    if _extension(signer, x509.AuthorityKeyIdentifier) is None and signer.issuer != signer.subject:
        yield "no authority key identifier"


def _strength(signer: Certificate) -> Iterator[str]:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key, signature = signer.public_key(), signer.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _SHORTEST_RSA:
        yield f"its RSA key has {key.key_size} bits, and needs {_SHORTEST_RSA}"
    if signature is not None and signature.name in _WEAK:
        yield f"it is signed with {signature.name.upper()}, which validators reject"


def _order(listed: Sequence[Certificate]) -> Iterator[str]:
    for certificate, issuer in pairwise(listed):
        if certificate.issuer != issuer.subject:
            name = certificate.subject.rfc4514_string()
            yield f"{name} isn't issued by the certificate after it: put the signer's own first"
            return


def _key(signer: Certificate, key: bytes) -> Iterator[str]:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        private = load_pem_private_key(key, None)
    except (ValueError, TypeError):
        yield "its private key can't be read: it isn't PEM, or it is encrypted"
        return
    one, other = (
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for public in (private.public_key(), signer.public_key())
    )
    if one != other:
        yield "the private key belongs to another certificate"


def _extension(certificate: Certificate, kind: type[Any]) -> Any:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None

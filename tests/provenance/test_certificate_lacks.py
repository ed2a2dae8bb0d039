"""What a certificate lacks: one line for each fault, none for one that signs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from bench.certificates import DAY, EMAIL, NOW, Certified, curve_key, pem, root
from finish.deliver.certificate_check import algorithm, lacks
from finish.errors import CapabilityError


def _rsa(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, bits)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (curve_key(), "es256"),
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
        (_rsa(2048), "ps256"),
    ],
)
def test_a_good_one_lacks_nothing(key: object, name: str) -> None:
    good = Certified(key)
    assert lacks(good.chain, good.key_pem) == () == lacks(good.chain)
    assert algorithm(good.chain) == name


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (Certified(end=NOW - DAY / 2), "expired on"),
        (Certified(begin=NOW + DAY), "is valid from"),
        (Certified(organization=""), "no organization"),
        (Certified(own_root=True), "signed by itself"),
        (Certified(usage=None), "no key usage digitalSignature"),
        (
            Certified(usage=x509.KeyUsage(True, False, False, False, False, True, False, False, False)),
            "keyCertSign",
        ),
        (Certified(authority=True), "CA:TRUE"),
        (Certified(purposes=()), "no extended key usage emailProtection"),
        (Certified(purposes=(EMAIL, x509.ObjectIdentifier("2.5.29.37.0"))), "anyExtendedKeyUsage"),
        (Certified(_rsa(1024)), "1024 bits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_fault_has_its_line(made: Certified, problem: str) -> None:
    (line,) = lacks(made.chain)
    assert problem in line


def test_the_order_of_a_chain_and_a_foreign_key_are_found() -> None:
    good = Certified()
    assert any("put the signer's own first" in line for line in lacks(pem(root()) + pem(good.certificate)))
    assert lacks(good.chain, Certified().key_pem) == ("the private key belongs to another certificate",)
    assert "can't be read" in lacks(good.chain, b"-----BEGIN PRIVATE KEY-----\nxx\n")[0]


def test_time_is_that_of_the_caller() -> None:
    good = Certified()
    assert "expired" in lacks(good.chain, now=NOW + timedelta(days=400))[0]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 9, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_one_error(data: bytes) -> None:
    with pytest.raises(CapabilityError, match="isn't PEM"):
        lacks(data)


def test_a_key_without_an_algorithm_of_c2pa_is_refused() -> None:
    with pytest.raises(CapabilityError, match="can't sign Content Credentials"):
        algorithm(Certified(ec.generate_private_key(ec.SECP256K1())).chain)

"""Content Credentials checked by hand: the signature and the hash of an MP4's active manifest.

Nothing here uses the library that signs. ISO 19566-5 (JUMBF), RFC 8949 (CBOR), RFC 9052 (COSE), and C2PA 2.2,
"BMFF-Based Hash".
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

STORE = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # of the box with a manifest store


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int, int]]:
    """The type of every box, and where the box, its content and its end are."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        size = size or end - start
        yield kind, start, start + head, start + size
        start += size


def cbor(data: bytes) -> Any:
    """The first value of some CBOR."""
    return _cbor(data, 0)[0]


def _cbor(data: bytes, at: int) -> tuple[Any, int]:
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if low == 31:
        return _open_ended(data, at, major)
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
    number = int.from_bytes(data[at : at + size], "big") if size else low
    at += size
    if major in (0, 1):
        return (-1 - number if major else number), at
    if major in (2, 3):
        text = data[at : at + number]
        return (text if major == 2 else text.decode()), at + number
    if major == 6:
        return _cbor(data, at)
    if major == 7:
        return {20: False, 21: True}.get(low), at
    values = []
    for _ in range(number * (major - 3)):
        value, at = _cbor(data, at)
        values.append(value)
    return (dict(zip(values[::2], values[1::2], strict=True)) if major == 5 else values), at


def _open_ended(data: bytes, at: int, major: int) -> tuple[Any, int]:
    values = []
    while data[at] != 0xFF:
        value, at = _cbor(data, at)
        values.append(value)
    if major == 5:
        return dict(zip(values[::2], values[1::2], strict=True)), at + 1
    return (values if major == 4 else values[0][:0].join(values)), at + 1


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    low, size = next((low, size) for low, size in ((24, 1), (25, 2), (26, 4)) if number < 256**size)
    return bytes([major << 5 | low]) + number.to_bytes(size, "big")


@dataclass(frozen=True)
class Jumbf:
    """A superbox: its label, its content boxes, and the superboxes in it."""

    label: str
    contents: tuple[bytes, ...] = ()
    inner: tuple[Jumbf, ...] = ()

    def __getitem__(self, label: str) -> Jumbf:
        return next(one for one in self.inner if one.label.startswith(label))


def jumbf(data: bytes, start: int, end: int) -> Jumbf:
    """A superbox whose content is from `start` to `end`."""
    label, contents, inner = "", list[bytes](), list[Jumbf]()
    for kind, _, content, stop in boxes(data, start, end):
        if kind == b"jumd":
            label = data[content + 17 : stop].split(b"\0")[0].decode()
        elif kind == b"jumb":
            inner.append(jumbf(data, content, stop))
        else:
            contents.append(data[content:stop])
    return Jumbf(label, tuple(contents), tuple(inner))


@dataclass(frozen=True)
class ByHand:
    """An MP4 with its manifests, the active one last."""

    data: bytes = field(repr=False)

    @classmethod
    def of(cls, path: Path) -> ByHand:
        return cls(path.read_bytes())

    @property
    def manifests(self) -> Sequence[Jumbf]:
        for kind, _, content, end in boxes(self.data):
            if kind == b"uuid" and self.data[content : content + 16] == STORE:
                purpose_end = self.data.index(b"\0", content + 20)
                (store,) = boxes(self.data, purpose_end + 9, end)
                return jumbf(self.data, store[2], store[3]).inner
        return ()

    @property
    def signed(self) -> bool:
        """Whether the signature is of the claim, by the first certificate of its chain (ES256)."""
        active = self.manifests[-1]
        claim = active["c2pa.claim"].contents[0]
        protected, _unprotected, _payload, signature = cbor(active["c2pa.signature"].contents[0])
        chain = cbor(protected)[33]
        certificate = x509.load_der_x509_certificate(chain[0] if isinstance(chain, list) else chain)
        text = b"Signature1"
        message = b"".join(
            [_head(4, 4), _head(3, len(text)), text, *(_head(2, len(x)) + x for x in (protected, b"", claim))]
        )
        half = len(signature) // 2
        numbers = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        public = certificate.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        try:
            public.verify(encode_dss_signature(*numbers), message, ec.ECDSA(hashes.SHA256()))
        except Exception:
            return False
        return self._claims_are_those(claim)

    def _claims_are_those(self, claim: bytes) -> bool:
        """Whether the claim has the digest of every assertion that it lists."""
        stated, assertions = cbor(claim), self.manifests[-1]["c2pa.assertions"]
        listed = [*stated.get("created_assertions", []), *stated.get("gathered_assertions", [])]
        listed = listed or stated["assertions"]
        raw = self._superboxes()
        labels = {entry["url"].rpartition("/")[2]: entry["hash"] for entry in listed}
        return len(labels) == len(assertions.inner) and all(
            any(hashlib.sha256(body).digest() == digest for body in raw.get(label, ()))
            for label, digest in labels.items()
        )

    def _superboxes(self) -> dict[str, list[bytes]]:
        """The content of every superbox of the file, by its label."""
        result: dict[str, list[bytes]] = {}
        at = self.data.find(b"jumb")
        while at >= 0:
            size = struct.unpack_from(">I", self.data, at - 4)[0]
            label = self.data[at + 4 + 8 + 17 :].split(b"\0", 1)[0][:200].decode("utf-8", "replace")
            result.setdefault(label, []).append(self.data[at + 4 : at - 4 + size])
            at = self.data.find(b"jumb", at + 4)
        return result

    @property
    def intact(self) -> bool:
        """Whether the file's bytes, without excluded boxes, have the digest that the claim states."""
        assertion = next(
            one
            for one in self.manifests[-1]["c2pa.assertions"].inner
            if one.label.startswith("c2pa.hash.bmff")
        )
        stated = cbor(assertion.contents[0])
        digest = hashlib.sha256()
        for kind, start, _content, end in boxes(self.data):
            if not any(self._excluded(entry, kind, start) for entry in stated["exclusions"]):
                digest.update(struct.pack(">Q", start))
                digest.update(self.data[start:end])
        return bool(digest.digest() == stated["hash"])

    def _excluded(self, entry: dict[str, Any], kind: bytes, start: int) -> bool:
        if entry["xpath"] != f"/{kind.decode('latin-1')}":
            return False
        return all(
            self.data[start + part["offset"] :].startswith(part["value"]) for part in entry.get("data") or ()
        )

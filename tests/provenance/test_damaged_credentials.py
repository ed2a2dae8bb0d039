"""A signed file that is changed anywhere is never called valid, and every answer comes soon."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path

import pytest
from clip_files import clip

from bench.c2pa_by_hand import STORE, ByHand, boxes
from bench.certificates import Certified
from finish import api
from finish.deliver.signing import signed_copy
from finish.media.provenance.caller_identity import KEY
from finish.model.marking import Claim, ClaimAction, Marking
from finish.model.spec_documents import Document

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place, good = tmp_path_factory.mktemp("signed"), Certified()
    (place / "key.pem").write_bytes(good.key_pem)
    chain = Document(Path("chain.pem"), good.chain)
    marking = Marking("trainedAlgorithmicMedia", Claim(chain, (), (ClaimAction("edited"),)))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(KEY, str(place / "key.pem"))
        signed_copy(clip(place / "a.mp4", seconds=1), place / "b.mp4", marking, "b.mp4")
    return (place / "b.mp4").read_bytes()


def store(data: bytes) -> tuple[int, int]:
    """Where the manifest store begins and ends."""
    places = (
        (at, end)
        for kind, at, content, end in boxes(data)
        if kind == b"uuid" and data[content : content + 16] == STORE
    )
    return next(places)


def state(data: bytes, place: Path) -> str:
    (place / "a.mp4").write_bytes(data)
    began = time.monotonic()
    credentials = api.credentials(place / "a.mp4")
    assert time.monotonic() - began < 20
    return credentials.state if credentials else "none"


def test_the_untouched_file_is_valid(signed: bytes, tmp_path: Path) -> None:
    assert state(signed, tmp_path) == "untrusted" and ByHand(signed).signed and ByHand(signed).intact


@pytest.mark.parametrize("seed", range(16))
def test_no_changed_byte_of_the_store_stays_unnoticed(seed: int, signed: bytes, tmp_path: Path) -> None:
    dice = random.Random(seed)
    begin, end = store(signed)
    changed = bytearray(signed)
    # The first bytes are the box's own; padding in the signature isn't signed.
    at = dice.randrange(begin + 80, begin + (end - begin) * 3 // 4)
    changed[at] ^= 1 << dice.randrange(8)
    found = state(bytes(changed), tmp_path)
    if found == "untrusted":
        assert ByHand(bytes(changed)).signed, "a byte that no signature covers"
    else:
        assert found in ("invalid", "damaged", "none")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_no_changed_byte_of_the_media_stays_unnoticed(share: float, signed: bytes, tmp_path: Path) -> None:
    begin, end = next((content, end) for kind, _, content, end in boxes(signed) if kind == b"mdat")
    changed = bytearray(signed)
    changed[begin + int(share * (end - begin))] ^= 1
    assert state(bytes(changed), tmp_path) == "invalid" and not ByHand(bytes(changed)).intact


def test_other_harms_are_not_valid(signed: bytes, tmp_path: Path) -> None:
    begin, end = store(signed)
    harms = {
        "cut off": signed[: len(signed) // 2],
        "without half of its store": signed[: (begin + end) // 2] + signed[end:],
        "a second store": signed + signed[begin:end],
        "an empty store": signed[:begin] + struct.pack(">I4s16s", 24, b"uuid", STORE) + signed[end:],
        "a store of zeros": signed[: begin + 80] + bytes(end - begin - 80) + signed[end:],
        "bytes appended as a box": signed + struct.pack(">I4s", 16, b"abcd") + b"12345678",
    }
    states = {name: state(data, tmp_path) for name, data in harms.items()}
    assert not {name for name, found in states.items() if found in ("trusted", "untrusted")}, states

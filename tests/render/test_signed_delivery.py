"""Signed deliveries: valid for an independent check, over cuts and joins; signed again for new bytes only."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from clip_files import clip
from command_line import ENVIRONMENT

from bench.c2pa_by_hand import ByHand
from bench.certificates import Certified
from finish import api
from finish.deliver.signing import signed_copy
from finish.media.provenance.caller_identity import CERTIFICATE, KEY
from finish.model.credentials import Credentials
from finish.model.marking import Claim, ClaimAction, Marking
from finish.model.spec_documents import Document

pytestmark = pytest.mark.render

SMALL = "encode: {picture: {speed: ultrafast}, size: 320x180}\nsound: {target: none}\n"
ONE = (
    f"source: one.mp4\n{SMALL}reframe: {{follow: centre}}\ndeliverables: [{{name: done, preset: youtube}}]\n"
)
TWO = f"""\
{SMALL}
reframe: {{follow: centre}}
timeline:
  - {{clip: one.mp4, out: 1.0}}
  - {{clip: two.mp4, in: 0.4, transition: {{dissolve: 0.2}}}}
deliverables: [{{name: done, preset: youtube}}]
"""
GENERATED = "trainedAlgorithmicMedia"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables of a caller who can sign."""
    place, good = tmp_path_factory.mktemp("keys"), Certified()
    for name, data in (("chain.pem", good.chain), ("key.pem", good.key_pem)):
        (place / name).write_bytes(data)
    return {CERTIFICATE: str(place / "chain.pem"), KEY: str(place / "key.pem")}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, signer: dict[str, str]) -> Path:
    """Two clips that their generator signed."""
    place = tmp_path_factory.mktemp("clips")
    chain = Document(Path("chain.pem"), Path(signer[CERTIFICATE]).read_bytes())
    made = Marking(GENERATED, Claim(chain, (), (ClaimAction("edited"),)))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(KEY, signer[KEY])
        for name, tone in (("one.mp4", "sine=440"), ("two.mp4", "sine=660")):
            clip(place / "plain.mp4", seconds=2, sound=tone)
            signed_copy(place / "plain.mp4", place / name, made, name)
            (place / "plain.mp4").unlink()
    return place


def job(place: Path, clips: Path, text: str) -> Path:
    shutil.copytree(clips, place)
    (place / "job.yaml").write_text(text)
    return place


def finish(place: Path, variables: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "finish", "run", str(place), "--no-strict", *options]
    return subprocess.run(
        command, env={**ENVIRONMENT, **variables}, capture_output=True, text=True, check=False
    )


def entry(place: Path) -> dict[str, Any]:
    (one,) = json.loads((place / "out" / "manifest.json").read_text())["deliverables"].values()
    return dict(one)


def credentials(file: Path) -> Credentials:
    stated = api.credentials(file)
    assert stated is not None
    return stated


def test_a_signed_clip_is_delivered_signed(clips: Path, signer: dict[str, str], tmp_path: Path) -> None:
    place = job(tmp_path / "job", clips, ONE)
    done = finish(place, signer)
    assert done.returncode == 0, done.stderr
    film = place / "out" / "done.mp4"
    by_hand, stated = ByHand.of(film), credentials(film)
    assert by_hand.signed and by_hand.intact
    assert stated.state == "untrusted" and stated.active and len(stated.manifests) == 2
    assert [(one.title, one.relationship) for one in stated.active.ingredients] == [("one.mp4", "parentOf")]
    assert stated.active.actions[0] == "opened" and stated.active.actions[-1] == "transcoded"
    assert api.stated_source_types(film) == (GENERATED,)
    delivered = entry(place)
    assert delivered["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()
    # The manifest of the source (13 kB) and the delivery's own are all that is added.
    assert film.stat().st_size - unsigned_size(clips, tmp_path) < 60_000 + 20_000

    changed = bytearray(film.read_bytes())
    changed[changed.find(b"mdat") + 5000] ^= 1
    (tmp_path / "changed.mp4").write_bytes(changed)
    assert not ByHand.of(tmp_path / "changed.mp4").intact
    assert credentials(tmp_path / "changed.mp4").state == "invalid"

    assert_signed_once(place, signer, film)


def assert_signed_once(place: Path, signer: dict[str, str], film: Path) -> None:
    """The same unsigned bytes keep their signature, though the deliverable is rendered and checked again."""
    before = film.read_bytes()
    assert finish(place, signer).returncode == 0 and film.read_bytes() == before
    (place / "job.yaml").write_text(
        ONE.replace("name: done", "captions: {file: a.srt, burn: false}, name: done")
    )
    (place / "a.srt").write_text("1\n00:00:00,200 --> 00:00:01,200\nhello\n")
    done = finish(place, signer)
    assert done.returncode == 0, done.stderr
    assert film.read_bytes() == before, "a caption file beside the film doesn't change the film"


def unsigned_size(clips: Path, tmp_path: Path) -> int:
    place = job(tmp_path / "unsigned", clips, ONE)
    done = finish(place, {})
    assert done.returncode == 0 and "aren't delivered" in done.stdout + done.stderr
    film = place / "out" / "done.mp4"
    assert api.credentials(film) is None and api.stated_source_types(film) == (GENERATED,)
    return film.stat().st_size


def test_a_timeline_of_two_signed_clips_has_both_as_components(
    clips: Path, signer: dict[str, str], tmp_path: Path
) -> None:
    place = job(tmp_path / "job", clips, TWO)
    done = finish(place, signer)
    assert done.returncode == 0, done.stderr
    film = place / "out" / "done.mp4"
    by_hand, stated = ByHand.of(film), credentials(film)
    assert by_hand.signed and by_hand.intact and stated.active
    assert [(one.title, one.relationship) for one in stated.active.ingredients] == [
        ("one.mp4", "componentOf"),
        ("two.mp4", "componentOf"),
    ]
    assert stated.active.actions[:3] == ("created", "placed", "placed")
    assert {"edited", "transcoded"} <= set(stated.active.actions)


def test_packets_are_those_of_the_unsigned_file(clips: Path, signer: dict[str, str], tmp_path: Path) -> None:
    hashes = []
    for name, variables in (("with", signer), ("without", {})):
        place = job(tmp_path / name, clips, ONE)
        assert finish(place, variables).returncode == 0
        hashes.append(packets(place / "out" / "done.mp4"))
    assert hashes[0] == hashes[1]


def packets(film: Path) -> str:
    from finish.media.ffmpeg import ffmpeg_runner

    command = [ffmpeg_runner.binary(), "-v", "error", "-i", str(film), "-map", "0", "-c", "copy"]
    return subprocess.run(
        [*command, "-f", "streamhash", "-"], capture_output=True, text=True, check=True
    ).stdout


def test_a_signing_command_that_fails_publishes_nothing(
    clips: Path, signer: dict[str, str], tmp_path: Path
) -> None:
    place = job(tmp_path / "job", clips, ONE)
    failing = {
        CERTIFICATE: signer[CERTIFICATE],
        "FINISH_SIGN_COMMAND": "sh -c 'echo the token is locked >&2; exit 3'",
    }
    done = finish(place, failing)
    assert done.returncode != 0 and "the token is locked" in done.stdout + done.stderr
    assert not (place / "out" / "done.mp4").exists()
    assert not [file for file in os.listdir(place / "out") if file.endswith(".mp4")]


def test_a_signing_command_signs(clips: Path, signer: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "sign.py"
    script.write_text(
        "import sys\n"
        "from cryptography.hazmat.primitives import hashes, serialization\n"
        "from cryptography.hazmat.primitives.asymmetric import ec\n"
        "from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature\n"
        "key = serialization.load_pem_private_key(open(sys.argv[1], 'rb').read(), None)\n"
        "pair = decode_dss_signature(key.sign(sys.stdin.buffer.read(), ec.ECDSA(hashes.SHA256())))\n"
        "sys.stdout.buffer.write(b''.join(number.to_bytes(32, 'big') for number in pair))\n"
    )
    command = {
        CERTIFICATE: signer[CERTIFICATE],
        "FINISH_SIGN_COMMAND": f"{sys.executable} {script} {signer[KEY]}",
    }
    place = job(tmp_path / "job", clips, ONE)
    done = finish(place, command)
    assert done.returncode == 0, done.stderr
    by_hand = ByHand.of(place / "out" / "done.mp4")
    assert by_hand.signed and by_hand.intact


def test_killed_while_signing_the_last_good_file_stays(
    clips: Path, signer: dict[str, str], tmp_path: Path
) -> None:
    place = job(tmp_path / "job", clips, ONE)
    assert finish(place, signer).returncode == 0
    film = place / "out" / "done.mp4"
    before = film.read_bytes()
    (place / "job.yaml").write_text("colour: {looks: [warm]}\n" + ONE)
    begun = tmp_path / "begun"
    waiting = {CERTIFICATE: signer[CERTIFICATE], "FINISH_SIGN_COMMAND": f"sh -c 'touch {begun}; sleep 60'"}
    command = [sys.executable, "-m", "finish", "run", str(place), "--no-strict"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**ENVIRONMENT, **waiting}, start_new_session=True, **quiet)
    for _ in range(600):
        if begun.exists():
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert begun.exists() and film.read_bytes() == before
    assert finish(place, signer).returncode == 0
    assert film.read_bytes() != before and ByHand.of(film).signed and ByHand.of(film).intact
    assert [path.name for path in (place / "out").glob("[!.]*.mp4")] == ["done.mp4"]


def test_a_cover_states_how_the_film_was_made(clips: Path, tmp_path: Path) -> None:
    place = job(tmp_path / "job", clips, ONE)
    path, _ = api.cover(api.load(place), target=tmp_path / "cover.png")
    assert api.stated_source_types(path) == (GENERATED,)

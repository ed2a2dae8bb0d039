"""Encrypted clips are called encrypted, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from clip_files import clip, ffmpeg_by_hand

from finish.errors import FinishError
from finish.media.containers import encryption
from finish.media.ffmpeg.ffmpeg_log import FFmpegLog
from finish.media.probe import probe
from finish.model.media_extras import Extras
from finish.stages.conform.notices import dropped_extras

# ContentEncodings { ContentEncoding { order 0, scope 1, type 1, ContentEncryption { AES, key "x" } } } of RFC
# 9559.
SEALED = bytes.fromhex(
    "6d809b 624098 503181 00 503281 01 503381 01 50358a 47e18105 47e28278 79".replace(" ", "")
)


@pytest.mark.render
def test_an_encrypted_mp4_is_refused_by_its_scheme(tmp_path: Path) -> None:
    plain, path = clip(tmp_path / "plain.mp4", seconds=0.4), tmp_path / "x.mp4"
    key = (
        "-encryption_scheme",
        "cenc-aes-ctr",
        "-encryption_key",
        "00112233445566778899aabbccddeeff",
        "-encryption_kid",
        "ffeeddccbbaa99887766554433221100",
    )
    ffmpeg_by_hand("-i", str(plain), "-c", "copy", *key, str(path))
    with pytest.raises(FinishError, match=r"^x\.mp4 is encrypted \(cenc\)") as refused:
        probe(path)
    assert (refused.value.code, refused.value.hint) == ("media", "ask the sender for a copy without DRM")
    encryption.refuse(plain, "plain.mp4")


def test_an_encrypted_webm_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.webm"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(80) + SEALED + bytes(80))
    with pytest.raises(FinishError, match=r"x\.webm is encrypted \(WebM\)"):
        encryption.refuse(path, "x.webm")
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(80) + SEALED[:3] + bytes(400) + SEALED[-10:])
    encryption.refuse(path, "x.webm")


def test_words_about_encryption_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x20moovencv sinf schm cenc....")
    encryption.refuse(path, "x.mp4")


def test_subtitles_that_are_pictures_are_said_to_be() -> None:
    (note,) = dropped_extras(Extras(subtitles=("de", "en"), drawn=2))
    assert note.endswith("; they are pictures of text: convert them to SRT with an OCR program")
    (note,) = dropped_extras(Extras(subtitles=("de", "en")))
    assert "pictures of text" not in note


def test_a_graph_that_ffmpeg_builds_anew_is_an_error_whatever_it_exits_with() -> None:
    log = FFmpegLog()
    message = "video parameters changed to yuv420p(tv, bt709), 144x108, unspecified alpha"
    log.add(f"[fc#0 @ 0x1] [info] Reconfiguring filter graph because {message}")
    with pytest.raises(FinishError, match="the picture changes midway to 144x108"):
        log.require_clean()
    assert "144x108" in log.failure(1).message

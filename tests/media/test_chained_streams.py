"""Several MP3 or Ogg files joined into one are refused by name; a single file never is."""

from __future__ import annotations

from pathlib import Path

import pytest
from clip_files import ffmpeg_by_hand

from finish.errors import FinishError
from finish.media.probe import probe


@pytest.mark.render
@pytest.mark.parametrize(
    ("suffix", "more"),
    [(".mp3", ()), (".ogg", ()), (".ogv", ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1"))],
)
def test_one_is_read_and_two_in_one_file_are_refused_by_name(
    tmp_path: Path, suffix: str, more: tuple[str, ...]
) -> None:
    path = tmp_path / f"a{suffix}"
    ffmpeg_by_hand(
        "-f", "lavfi", "-i", "sine=duration=1", *more, "-metadata", "title=ID3 of a song", str(path)
    )
    one = path.read_bytes()
    assert probe(path).audio
    path.write_bytes(one + one)
    with pytest.raises(FinishError) as raised:
        probe(path)
    assert (
        raised.value.message
        == f"a{suffix} holds several files: the second begins at byte {len(one):,} of {2 * len(one):,}"
    )

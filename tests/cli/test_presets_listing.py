"""What `finish presets` prints."""

from __future__ import annotations

from datetime import date

from finish.cli.preset_table import details, listing, packaged

TODAY = date(2026, 12, 1)


def test_one_aligned_row_for_each_destination() -> None:
    head, *rows = listing(packaged(), TODAY)
    assert head == (
        "name                frame      fps        codecs                  Mbit/s  LUFS  length        "
        " safe area        checked"
    )
    assert len(rows) == len(packaged()) == 11
    columns = [
        head.index(word)
        for word in ("frame", "fps", "codecs", "Mbit/s", "LUFS", "length", "safe area", "checked")
    ]
    assert all(row[column - 1] == " " and row[column] != " " for row in rows for column in columns)
    told = {row.split()[0]: " ".join(row.split()) for row in rows}
    assert told["tiktok"] == "tiktok 1080x1920 23–60 H.264 + AAC 20 -14 ≤ 10 min 250 480 60 180 2026-11-22"
    assert (
        told["ebu-hd-prores"]
        == "ebu-hd-prores 1920x1080 25 ProRes 422 HQ + PCM 24 184 -23 any 54 54 96 96 2026-11-22"
    )
    assert (
        told["linkedin"]
        == "linkedin 1080x1350 23–29.97 H.264 + AAC 16 -14 3 s – 30 min 135 135 108 108 2026-11-22"
    )
    assert (
        told["snapchat"].endswith("16 -16 3 s – 180 s 150 310 60 60 2026-11-22")
        and " ≤ 12 h " in told["youtube"]
    )


def test_an_old_table_is_told_below_it() -> None:
    lines = listing(packaged(), date(2028, 1, 1))
    assert len(lines) == 1 + 2 * len(packaged())
    assert lines[-1].startswith("note: preset youtube-shorts was last checked on 2026-11-22, 405 days ago")


def test_one_destination_with_every_reason_and_source() -> None:
    preset = next(each for each in packaged() if each.name == "x")
    lines = details(preset, TODAY)
    assert lines[:2] == listing([preset], TODAY) and lines[2] == ""
    text = "\n".join(lines)
    assert (
        all(source in text for source in preset.preset.sources)
        and "# at most 25 Mbit/s; held as the mean" in text
    )

"""The packaged destinations: each number of their tables, and their age."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from fake_stages import load

from finish import resources, spec
from finish.errors import FinishError
from finish.model import Delivery
from finish.spec.presets import shelved
from finish.units import Size


def shelf_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The presets stand in `folder`; the other shelves are where they were."""
    packaged = resources.shelf
    monkeypatch.setattr(resources, "shelf", lambda name: folder if name == "presets" else packaged(name))


def delivered(preset: str) -> Delivery:
    (made,) = load(f"source: hero.mp4\ndeliverables: [{{name: a, preset: {preset}}}]").job.deliverables
    return made.delivery


def test_tiktok() -> None:
    made = delivered("tiktok")
    assert made.frame == Size(1080, 1920)
    assert [made.rates.of(Fraction(rate)) for rate in ("24000/1001", "23", "60", "15", "120")] == [Fraction(24000, 1001), 23, 60, 30, 30]
    assert made.safe.within(made.frame).size == Size(840, 1190)
    assert (made.limits.seconds_max, made.limits.bytes_max) == (600, 4_000_000_000)
    assert made.container.faststart and made.sound.rate == 48_000


def test_youtube() -> None:
    made = delivered("youtube")
    assert made.frame == Size(1920, 1080)
    assert (made.container.edit_list, made.container.faststart) == (False, True)
    assert (made.picture.profile, made.picture.b_frames, made.picture.gop) == ("high", 2, Fraction(1, 2))
    assert made.picture.max_rate > 12_000  # YouTube recommends 8 Mbit/s, 12 at high rates
    assert (made.sound.bit_rate, made.sound.channels, made.sound.codec) == (384, 2, "aac")
    assert (made.limits.seconds_max, made.limits.bytes_max) == (12 * 3600, 256_000_000_000)


@pytest.mark.parametrize("name", resources.names("presets"))
def test_every_preset_is_dated_and_sourced_and_fits_its_own_limits(name: str) -> None:
    preset, made = shelved(name).preset, delivered(name)
    assert preset.title and len(preset.sources) >= 2 and all(len(source) > 20 for source in preset.sources)
    assert preset.checked <= date(2026, 11, 22) or preset.checked.year >= 2026
    limits = made.limits
    assert limits.bytes_max is not None and limits.seconds_max is not None
    if name == "tiktok":  # at its highest rate, the longest clip still fits; YouTube's 12 hours would not be one file of this kind
        most = (made.picture.max_rate + made.sound.bit_rate) * 1000 / 8 * float(limits.seconds_max)
        assert most < limits.bytes_max


def test_a_preset_is_old_after_a_year() -> None:
    presets = load("source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]").presets
    checked = presets["tiktok"].checked
    assert spec.outdated(presets, checked + timedelta(days=365)) == ()
    assert spec.outdated(presets, checked + timedelta(days=366)) == (
        "preset tiktok was last checked on 2026-11-22, 366 days ago: see whether its destination still says so",)


def test_a_loaded_job_warns_of_old_presets() -> None:
    loaded = load("source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}, {name: b, preset: youtube}]")
    assert loaded.warnings(date(2026, 12, 1)) == ()
    assert len(loaded.warnings(date(2028, 1, 1))) == 2


def test_a_wrong_preset_file_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facetube.yaml").write_text("title: FaceTube\nchecked: yesterday\nsources: []\ndelivery: {}\nlimit: {}\n")
    shelf_of(tmp_path, monkeypatch)
    with pytest.raises(FinishError) as wrong:
        shelved("facetube")
    assert str(wrong.value).splitlines() == [
        "presets/facetube.yaml:2:10  checked: wanted a date, as 2026-11-22, not \"yesterday\"",
        "presets/facetube.yaml:5:1  limit: unknown key — did you mean \"limits\"? (title, checked, sources, delivery, defaults, limits)",
    ]


def test_a_presets_mistakes_in_delivery_and_defaults_say_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facetube.yaml").write_text("""\
title: FaceTube
checked: 2026-11-22
sources: [a]
delivery: {frame: 1080x1920, rates: {low: 1, high: 2, otherwise: 2}, picture: {crf: 99}}
defaults: {sounds: {}, sound: {target: lowd}}
""")
    shelf_of(tmp_path, monkeypatch)
    with pytest.raises(FinishError) as wrong:
        delivered("facetube")
    assert [str(each).split(" — ")[0] for each in wrong.value.causes] == [
        "presets/facetube.yaml:4:85  delivery.picture.crf: 99 is out of range",
        'presets/facetube.yaml:5:12  defaults.sounds: unknown key',
        'presets/facetube.yaml:5:40  defaults.sound.target: no target "lowd"',
    ]
    shelved.cache_clear()

"""The packaged destinations: each number of their tables, and their age."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from fake_stages import load, mistakes

from finish import jobspec, resources
from finish.errors import FinishError
from finish.jobspec.presets import packaged_preset
from finish.model import AAC, H264, Delivery, fitted
from finish.stages import STAGES, sound
from finish.units import Size


def shelf_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The presets are in `folder`; the other packaged data is where it was."""
    packaged = resources.folder
    monkeypatch.setattr(resources, "folder", lambda name: folder if name == "presets" else packaged(name))


def delivered(preset: str) -> Delivery:
    (made,) = load(f"source: hero.mp4\ndeliverables: [{{name: a, preset: {preset}}}]").job.deliverables
    return made.delivery


def test_tiktok() -> None:
    made = delivered("tiktok")
    assert made.frame == Size(1080, 1920)
    assert [made.rates.of(Fraction(rate)) for rate in ("24000/1001", "23", "60", "15", "120")] == [
        Fraction(24000, 1001),
        23,
        60,
        30,
        60,
    ]
    assert made.safe.within(made.frame).size == Size(840, 1190)
    assert (made.limits.seconds_max, made.limits.bytes_max) == (600, 4_000_000_000)
    assert made.container.faststart and made.sound.rate == 48_000


def test_youtube() -> None:
    made = delivered("youtube")
    assert isinstance(made.picture, H264) and isinstance(made.sound, AAC)
    assert made.frame == Size(1920, 1080)
    assert (made.container.edit_list, made.container.faststart) == (False, True)
    assert (made.picture.profile, made.picture.b_frames, made.picture.gop) == ("high", 2, Fraction(1, 2))
    assert made.picture.max_rate > 12_000  # YouTube recommends 8 Mbit/s, and 12 at high rates
    assert (made.sound.bit_rate, made.sound.channels, made.sound.codec) == (384, 2, "aac")
    assert (made.limits.seconds_max, made.limits.bytes_max) == (12 * 3600, 256_000_000_000)


# Frame, lowest and highest rate kept, longest clip (s), largest file (bytes), highest mean rate (kbit/s),
# edit lists, loudness.
TABLE = {
    "ebu-hd-prores": ("1920x1080", 25, 25, None, None, None, True, -23),
    "facebook-reels": ("1080x1920", Fraction(24000, 1001), 60, 90, 10**9, None, False, -14),
    "instagram-feed-4x5": ("1080x1350", 23, 60, 60, 10**8, 25_000, False, -14),
    "instagram-reels": ("1080x1920", 23, 60, 900, 3 * 10**8, 25_000, False, -14),
    "linkedin": ("1080x1350", 23, Fraction(30000, 1001), 1800, 5 * 10**8, None, True, -14),
    "snapchat": ("1080x1920", 23, 60, 180, 10**9, None, True, -16),
    "square": ("1080x1080", 23, 60, None, None, None, False, -14),
    "tiktok": ("1080x1920", 23, 60, 600, 4 * 10**9, None, True, -14),
    "x": ("1920x1080", 23, 60, 140, 512 * 10**6, 25_000, True, -14),
    "youtube": ("1920x1080", 23, 60, 43_200, 256 * 10**9, None, False, -14),
    "youtube-shorts": ("1080x1920", 23, 60, 180, 256 * 10**9, None, False, -14),
}


def test_the_table_names_every_destination() -> None:
    assert set(TABLE) == set(resources.names("presets"))


@pytest.mark.parametrize("name", TABLE)
def test_the_numbers_of_every_destination(name: str) -> None:
    made, defaults = packaged_preset(name).delivery, packaged_preset(name).preset.defaults
    limits = made.limits
    assert (
        str(made.frame),
        made.rates.low,
        made.rates.high,
        limits.seconds_max,
        limits.bytes_max,
        limits.kbits_max,
        made.container.edit_list,
        sound.SoundSettings.model_validate(defaults["sound"]).aim.lufs,
    ) == TABLE[name]


@pytest.mark.parametrize("name", TABLE)
def test_every_destination_is_dated_and_sourced_and_holds_together(name: str) -> None:
    preset, made = packaged_preset(name).preset, packaged_preset(name).delivery
    assert preset.title and len(preset.sources) >= 2 and all(len(source) > 20 for source in preset.sources)
    assert preset.checked >= date(2026, 11, 22)
    assert {stage.name for stage in STAGES} >= set(preset.defaults)
    limits, room = made.limits, made.safe.within(made.frame).size
    assert room.width >= made.frame.width // 2 and room.height >= made.frame.height // 2, (
        "half of either side is left for text"
    )
    assert (limits.side_min or 0) <= min(made.frame.width, made.frame.height)
    assert max(made.frame.width, made.frame.height) <= (limits.side_max or 10**4)
    assert made.rates.low <= made.rates.otherwise <= made.rates.high
    assert (limits.seconds_min or 0) < (limits.seconds_max or 10**9)


@pytest.mark.parametrize("name", [name for name in TABLE if name != "ebu-hd-prores"])
def test_every_platform_is_given_what_it_can_play(name: str) -> None:
    picture = packaged_preset(name).delivery.picture
    assert isinstance(picture, H264)
    for rate in (packaged_preset(name).delivery.rates.low, Fraction(30000, 1001), 60):
        options = dict(picture.encoding(Fraction(rate)).options)
        assert 0.45 <= int(options["g"]) / rate <= 5 and options["flags:v"] == "+cgop"
    assert picture.max_rate <= picture.buffer <= 2 * picture.max_rate


def test_groups_of_facebook_are_two_to_five_seconds_even_at_cuts() -> None:
    for rate in (Fraction(24000, 1001), Fraction(25), Fraction(30), Fraction(60000, 1001), Fraction(60)):
        options = dict(packaged_preset("facebook-reels").delivery.picture.encoding(rate).options)
        assert int(options["keyint_min"]) / rate >= 1.99 and int(options["g"]) / rate <= 5


@pytest.mark.parametrize("name", TABLE)
def test_the_longest_clip_of_every_destination_can_be_made(name: str) -> None:
    made = packaged_preset(name).delivery
    longest, rate = made.limits.seconds_max or Fraction(3600), made.rates.high
    held, _ = fitted(made, rate, longest)
    most = held.picture.most(held.frame, rate, longest) + held.sound.kbits * longest
    assert (
        most <= (made.limits.bytes_max or 10**15) * 8 / 1000
        and most <= (made.limits.kbits_max or 10**9) * longest
    )


def test_prores_is_as_large_as_apple_says() -> None:
    made = packaged_preset("ebu-hd-prores").delivery
    assert float(made.picture.kbits(made.frame, Fraction(25))) == pytest.approx(184_000, rel=0.005)
    assert (made.picture.pix_fmt, made.container.format, made.sound.codec) == (
        "yuv422p10le",
        "mov",
        "pcm_s24le",
    )


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("{picture: {crf: 20}}", "picture.crf"),
        ("{sound: {bit_rate: 256}}", "sound.bit_rate"),
        ("{picture: {speed: slow}}", "picture.speed"),
    ],
)
def test_what_a_codec_has_not_cannot_be_asked_of_it(asked: str, key: str) -> None:
    codec = "pcm_s24le" if key.startswith("sound") else "prores_ks"
    column = len("encode: ") + asked.rindex("{") + 2
    assert mistakes(
        f"source: hero.mp4\nencode: {asked}\ndeliverables: [{{name: a, preset: ebu-hd-prores}}]"
    ) == [
        f"job.yaml:2:{column}  encode.{key}: ebu-hd-prores is encoded as {codec}, "
        f"which has no {key.split('.')[1]} — "
        "state it in the deliverables that have it"
    ]


def test_a_preset_is_old_after_a_year() -> None:
    presets = load("source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]").presets
    checked = presets["tiktok"].checked
    assert jobspec.outdated(presets, checked + timedelta(days=365)) == ()
    assert jobspec.outdated(presets, checked + timedelta(days=366)) == (
        ("preset tiktok was last checked on 2026-11-22, 366 days ago — compare it with its sources"),
    )


def test_every_preset_grows_old() -> None:
    shelves = {name: packaged_preset(name).preset for name in resources.names("presets")}
    assert len(jobspec.outdated(shelves, date(2028, 1, 1))) == len(shelves) == 11


def test_a_loaded_job_warns_of_old_presets() -> None:
    loaded = load("source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}, {name: b, preset: youtube}]")
    assert loaded.warnings(date(2026, 12, 1)) == ()
    assert len(loaded.warnings(date(2028, 1, 1))) == 2


def test_a_wrong_preset_file_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facetube.yaml").write_text(
        "title: FaceTube\nchecked: yesterday\nsources: []\ndelivery: {}\nlimit: {}\n"
    )
    shelf_of(tmp_path, monkeypatch)
    with pytest.raises(FinishError) as wrong:
        packaged_preset("facetube")
    assert str(wrong.value).splitlines() == [
        'presets/facetube.yaml:2:10  checked: must be a date such as 2026-11-22, not "yesterday"',
        (
            "presets/facetube.yaml:5:1  limit: unknown key — "
            'did you mean "limits"? (title, checked, sources, delivery, defaults, limits)'
        ),
    ]


def test_a_presets_mistakes_in_delivery_and_defaults_say_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "facetube.yaml").write_text("""\
title: FaceTube
checked: 2026-11-22
sources: [a]
delivery: {frame: 1080x1920, rates: {low: 1, high: 2, otherwise: 2}, picture: {codec: libx264, crf: 99}}
defaults: {sounds: {}, sound: {target: lowd}}
""")
    shelf_of(tmp_path, monkeypatch)
    with pytest.raises(FinishError) as wrong:
        delivered("facetube")
    assert [str(cause).split(" — ")[0] for cause in wrong.value.causes] == [
        "presets/facetube.yaml:4:101  delivery.picture.crf: 99 is out of range",
        "presets/facetube.yaml:5:12  defaults.sounds: unknown key",
        'presets/facetube.yaml:5:40  defaults.sound.target: unknown target "lowd"',
    ]
    packaged_preset.cache_clear()

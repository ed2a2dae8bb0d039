"""A file that could outgrow its destination gets a lower ceiling, or is refused, before rendering.

Also, what follows from a codec.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from finish import resources
from finish.checks import delivery_format
from finish.errors import FinishError
from finish.jobspec.presets import packaged_preset
from finish.media import doctor
from finish.model import (
    AAC,
    H264,
    PCM,
    Container,
    Delivery,
    DeliveryLimits,
    ProRes,
    Tolerance,
    file_facts,
    fitted,
)
from finish.units import Size


def delivery(frame: str = "1920x1080", **parts: Any) -> Delivery:
    fixed = {"frame": frame, "rates": {"low": 25, "high": 25, "otherwise": 25}, "preset": "facetube"}
    return Delivery.model_validate(
        {**fixed, "picture": {"codec": "libx264", "max_rate": 20_000, "buffer": 40_000}, **parts}
    )


def limited(frame: str = "1920x1080", **limits: Any) -> Delivery:
    return delivery(frame, limits=limits)


def fit(made: Delivery, seconds: float) -> tuple[H264, tuple[str, ...]]:
    held, notes = fitted(made, Fraction(25), Fraction(seconds))
    assert isinstance(held.picture, H264)
    return held.picture, notes


def test_what_fits_is_left_alone() -> None:
    for made, seconds in (
        (delivery(), 10**6),
        (limited(bytes_max=10**9), 100),
        (limited(kbits_max=25_000), 30),
    ):
        assert fitted(made, Fraction(25), Fraction(seconds)) == (made, ())


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        ({"bytes_max": 10**8}, 60),
        ({"bytes_max": 10**8}, 500),
        ({"kbits_max": 8_000}, 20),
        ({"kbits_max": 25_000}, 1),
        ({"bytes_max": 10**8, "kbits_max": 10_000}, 90),
        ({"bytes_max": 10**8, "kbits_max": 2_000}, 90),
    ],
)
def test_a_lowered_ceiling_always_fits_and_wastes_little(limits: dict[str, Any], seconds: int) -> None:
    picture, (note,) = fit(limited(**limits), seconds)
    room = min(limits.get("bytes_max", 10**15) * 8 / 1000, limits.get("kbits_max", 10**9) * seconds)
    most = picture.max_rate * seconds + picture.buffer + 192 * seconds
    assert most < room, "the ceiling all the time, a full buffer and the sound"
    assert most > 0.96 * room, "what is kept back for sound and tables is small"
    assert abs(picture.buffer / picture.max_rate - 2) < 0.01
    assert note.startswith(f"{seconds} s must fit in ") and note.endswith(
        f": max_rate lowered to {picture.max_rate} kbit/s"
    )


def test_the_note_says_what_it_must_fit_in() -> None:
    _, notes = fit(limited(bytes_max=100_500_000, kbits_max=9_000), 90.5)
    assert [note.split(": ")[0] for note in notes] == ["90.5 s must fit in 100.5 MB and 9000 kbit/s"]


@pytest.mark.parametrize(
    ("frame", "seconds", "least"),
    [("1920x1080", 646, 1000), ("1280x720", 1200, 445), ("3840x2160", 646, 1000)],
)
def test_below_what_is_worth_watching_it_is_refused(frame: str, seconds: int, least: int) -> None:
    assert fit(limited(frame, bytes_max=10**8), seconds)[0].max_rate >= least - 1
    with pytest.raises(FinishError) as raised:
        fit(limited(frame, bytes_max=10**8), seconds + 30)
    assert raised.value.code == "limit" and raised.value.message.endswith(
        f"kbit/s for the picture, but {frame} needs {least} kbit/s"
    )
    assert raised.value.message.startswith(f"{seconds + 30} s in 100 MB leave ")


def test_nothing_left_is_no_division() -> None:
    with pytest.raises(FinishError, match="leave 0 kbit/s"):
        fit(limited(bytes_max=1000), 60)


def test_prores_has_no_ceiling_and_is_refused_when_it_grows_too_large() -> None:
    made = packaged_preset("ebu-hd-prores").delivery.model_copy(
        update={"limits": DeliveryLimits(bytes_max=10**9)}
    )
    assert fitted(made, Fraction(25), Fraction(42)) == (made, ())
    with pytest.raises(FinishError) as raised:
        fitted(made, Fraction(25), Fraction(44))
    assert raised.value.code == "limit"
    assert (
        raised.value.message
        == "44 s in 1000 MB leave 179381 kbit/s for the picture, but 1920x1080 needs 185436 kbit/s"
    )


def test_prores_grows_with_pixels_and_rate() -> None:
    picture = ProRes(codec="prores_ks", bits=900)
    assert picture.kbits(Size(1920, 1080), Fraction(50)) == 2 * picture.kbits(Size(1920, 1080), Fraction(25))
    assert picture.kbits(Size(1920, 1088), Fraction(25)) == picture.kbits(Size(1920, 1080), Fraction(25)), (
        "whole macroblocks"
    )


EXCESS, FASTSTART = "sound past the picture's end", "index first (faststart)"


def test_a_codec_says_what_its_files_are() -> None:
    facts = ("picture codec", "profile", "pixel format", "timecode", EXCESS, FASTSTART)
    promised = {
        each.name: str(each.accept)
        for each in delivery_format.file_format(packaged_preset("ebu-hd-prores").delivery)
        if each.name in facts
    }
    assert promised == {
        "picture codec": "prores",
        "profile": "HQ",
        "pixel format": "yuv422p10le",
        "timecode": "10:00:00:00",
        EXCESS: "-1 to 1",
    }
    promised = {
        each.name: str(each.accept)
        for each in delivery_format.file_format(packaged_preset("youtube").delivery)
        if each.name in facts
    }
    assert promised == {
        "picture codec": "h264",
        "pixel format": "yuv420p",
        FASTSTART: "True",
        EXCESS: "-1 to 42.7",
    }


def test_doctor_looks_for_every_encoder_and_muxer() -> None:
    made = [packaged_preset(name).delivery for name in resources.names("presets")]
    pieces = [
        piece for each in made for piece in (each.picture.encoding(Fraction(25)), each.sound_encoding())
    ]
    encoders = {value for piece in pieces for name, value in piece.options if name.startswith("c:")}
    assert encoders == {"aac", "libx264", "pcm_s24le", "prores_ks"} and encoders <= set(doctor.ENCODERS)
    assert {piece.muxer for piece in pieces} | {each.container.format for each in made} <= set(doctor.MUXERS)


@pytest.mark.parametrize(
    ("sound", "excess"), [(AAC(), 42.7), (AAC(rate=44_100), 46.4), (PCM(codec="pcm_s24le"), 1.0)]
)
def test_how_long_a_sound_may_go_on(sound: AAC | PCM, excess: float) -> None:
    assert (
        next(promise.accept.high for promise in sound.promises("") if promise.fact is file_facts.sound_excess)
        == excess
    )


@pytest.mark.parametrize(
    ("container", "options", "promised"),
    [
        (Container(), {"movflags": "+faststart"}, {file_facts.faststart}),
        (
            Container(edit_list=False),
            {"use_editlist": "0", "movflags": "+faststart+negative_cts_offsets"},
            {file_facts.faststart, file_facts.edit_list},
        ),
        (
            Container(format="mov", faststart=False, timecode="10:00:00:00"),
            {"timecode": "10:00:00:00"},
            {file_facts.timecode},
        ),
    ],
)
def test_a_container_demands_what_it_is_told_to(
    container: Container, options: dict[str, str], promised: set[Any]
) -> None:
    always = {"c": "copy", "map_metadata": "-1", "map_chapters": "-1", "fflags": "+bitexact"}
    assert dict(container.muxing()) == always | options
    assert {promise.fact for promise in container.promises("")} == promised


@pytest.mark.parametrize("wrong", ["10:00:00", "24:00:00:00", "10:60:00:00", "ten", "10:00:00:00\n"])
def test_no_timecode(wrong: str) -> None:
    with pytest.raises(ValueError, match="timecode"):
        Container(timecode=wrong)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)])
def test_a_rate_that_no_float_holds_is_within_itself(rate: Fraction) -> None:
    assert Tolerance(float(rate), float(rate)).holds(rate)
    assert not Tolerance(float(rate), float(rate)).holds(rate + Fraction(1, 1000))

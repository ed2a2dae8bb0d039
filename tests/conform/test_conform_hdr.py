"""HDR to SDR: grey and coloured patches, against BT.2100 and BT.2408 formulas, and against colour-science."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from known import LARGE, Clip, Codes, Floats, conformed, framed, numbered, numbers, ran, read

from finish.media.probe import probe

pytestmark = pytest.mark.render

WHITE = 203.0  # cd/m², BT.2408 §5.1
GREYS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.58, 0.65, 0.75, 0.85, 0.95, 1.0])
SIDE = 32


def light(codes: Floats, transfer: str) -> Floats:
    """R′G′B′ of BT.2020 as light of a BT.2100 display, cd/m², by colour-science.

    HLG at its nominal 1,000 cd/m² (gamma 1.2).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour as science

        if transfer == "smpte2084":
            return np.asarray(science.models.eotf_ST2084(codes))
        return np.asarray(science.models.eotf_BT2100_HLG(codes, L_B=0, L_W=1000, gamma=1.2))


def rolled_off(codes: Floats, transfer: str, peak: float = 1000.0) -> Floats:
    """The delivered BT.709 R′G′B′ on a BT.1886 display.

    A Mobius curve over the largest component, with its knee at half of white.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour as science

        linear = science.RGB_to_RGB(
            light(codes, transfer) / WHITE,
            "ITU-R BT.2020",
            "ITU-R BT.709",
            chromatic_adaptation_transform=None,
        )
    top, knee = peak / WHITE, 0.5
    largest = np.maximum(linear.max(axis=-1, keepdims=True), 1e-6)
    # x → s(x + a)/(x + b): value and slope are continuous at the knee, and the peak becomes 1.
    a = -(knee**2) * (top - 1) / (knee**2 - 2 * knee + top)
    b = (knee**2 - 2 * knee * top + top) / max(top - 1, 1e-6)
    curve = (b * b + 2 * b * knee + knee**2) / (b - a) * (largest + a) / (largest + b)
    return np.asarray((linear * np.where(largest > knee, curve, largest) / largest).clip(0, 1) ** (1 / 2.4))


def patches(path: Path, codes: Floats, transfer: str, options: tuple[str, ...] = ()) -> Path:
    """A 10-bit BT.2020 clip of one frame: square patches in a row."""
    row = np.kron(codes, np.ones((SIDE, 1)))[None].repeat(SIDE, axis=0)
    raw = Codes("yuv444p10le", "bt2020nc", bits=10, shared=(1, 1)).raw(row)
    tags = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-s", f"{row.shape[1]}x{SIDE}", "-i", "-"]
    ran([*source, "-vf", tags, *(options or Clip().after), str(path)], raw)
    return path


def shown(path: Path) -> Floats:
    """The delivered codes of each patch, one row of Y′C′bC′r each: the mean of its middle."""
    ((_, planes),) = read(framed(conformed(path)).picture)
    rows = []
    for plane in planes:
        side = plane.shape[0]
        kept = slice(side // 4, side - side // 4)
        rows.append(
            [plane[kept, at * side : (at + 1) * side][:, kept].mean() for at in range(plane.shape[1] // side)]
        )
    return np.array(rows).T


def wanted(codes: Floats, transfer: str, peak: float = 1000.0) -> Floats:
    return np.stack(
        [plane[0] for plane in Codes(shared=(1, 1)).of(rolled_off(codes, transfer, peak)[None])], axis=-1
    )


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_greys_are_as_bright_as_the_standards_say(transfer: str, tmp_path: Path) -> None:
    greys = GREYS[:, None].repeat(3, axis=1)
    found = shown(patches(tmp_path / "x.mkv", greys, transfer))
    assert found == pytest.approx(wanted(greys, transfer), abs=1.0)
    assert np.abs(found[:, 1:] - 128).max() <= 0.5, "grey stays grey"


def test_reference_white_is_bright_and_highlights_are_not_blown() -> None:
    """75 % HLG and 58 % PQ are paper white, 203 cd/m² (BT.2408 table 1).

    They become 0.89 of the signal; everything above stays distinguishable.
    """
    for transfer, white in (("arib-std-b67", 0.75), ("smpte2084", 0.58)):
        assert light(np.full(3, white), transfer) == pytest.approx(203, rel=0.02)
        assert 0.88 < rolled_off(np.full(3, white), transfer)[0] < 0.91
    assert np.all(np.diff(rolled_off(GREYS[:, None].repeat(3, axis=1), "arib-std-b67")[:, 0]) > 0)


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_colours_keep_their_hue(transfer: str, tmp_path: Path) -> None:
    """Skin, sky, foliage, and others inside BT.709, dark and bright."""
    codes = np.array(
        [
            [0.5, 0.42, 0.37],
            [0.35, 0.45, 0.6],
            [0.35, 0.42, 0.28],
            [0.6, 0.5, 0.5],
            [0.3, 0.3, 0.4],
            [0.7, 0.66, 0.55],
        ]
    )
    assert shown(patches(tmp_path / "x.mkv", codes, transfer)) == pytest.approx(
        wanted(codes, transfer), abs=1.0
    )


def test_an_hdr10_clip_is_rolled_off_from_the_peak_that_it_states(tmp_path: Path) -> None:
    """MaxCLL 400: 400 cd/m² become white."""
    greys = GREYS[:, None].repeat(3, axis=1)[:9]
    display = "G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(40000000,50)"
    params = f"lossless=1:log-level=error:hdr10=1:max-cll=400,100:master-display={display}"
    path = patches(
        tmp_path / "x.mkv",
        greys,
        "smpte2084",
        ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", params),
    )
    video = probe(path).video
    assert video is not None and video.peak == Fraction(400)
    assert shown(path) == pytest.approx(wanted(greys, "smpte2084", 400), abs=1.0)
    assert any("highlights up to 400 cd/m²" in note for note in conformed(path).notes)


def test_an_untagged_matrix_of_hdr_is_bt2020(tmp_path: Path) -> None:
    codes = np.array([[0.5, 0.42, 0.37], [0.35, 0.45, 0.6]])
    tagged = patches(tmp_path / "x.mkv", codes, "arib-std-b67")
    bare = tmp_path / "y.mkv"
    ran(["-i", str(tagged), "-c", "copy", "-bsf:v", "h264_metadata=matrix_coefficients=2", str(bare)])
    assert shown(bare) == pytest.approx(wanted(codes, "arib-std-b67"), abs=1.0)


def test_hdr_frames_are_the_same_frames(tmp_path: Path) -> None:
    clip = Clip(
        Codes("yuv420p10le", "bt2020nc", bits=10),
        LARGE,
        filters="setparams=color_primaries=bt2020:color_trc=arib-std-b67",
    )
    path = clip.write(tmp_path / "x.mkv", numbered(6, LARGE))
    assert numbers(read(framed(conformed(path)).picture), LARGE) == list(range(6))

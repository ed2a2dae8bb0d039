"""Looks in other programs' formats: against independent readers, by hand, and what is refused."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PyOpenColorIO as ocio
import pytest
from numpy.typing import NDArray

from finish.errors import FinishError
from finish.stages.colour import cdl
from finish.stages.colour.look_reading import READERS, read
from finish.stages.colour.table import Chain

LUTS = Path(__file__).resolve().parents[3] / "shared" / "luts"
needs_luts = pytest.mark.skipif(not LUTS.is_dir(), reason="the shared look-up tables are not there")
Floats = NDArray[np.float64]
PROBES: Floats = np.random.default_rng(5).random((4000, 3))
CLOSE = 0.002  # the tolerance for foreign files against OpenColorIO


def theirs(path: Path) -> Floats:
    """OpenColorIO's answer, from the file on disk."""
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    transform.setCDLStyle(ocio.CDL_ASC)
    values = PROBES.astype(np.float32)
    ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor().applyRGB(values)
    return values.astype(np.float64)


def ours(path: Path) -> Floats:
    return read(path.read_bytes(), path.name).apply(PROBES)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(FinishError) as wrong:
        read(data, name)
    assert wrong.value.code == "lut" and str(wrong.value).startswith(name)
    return str(wrong.value)


@needs_luts
@pytest.mark.parametrize(
    "name",
    [
        "ocio-crosstalk.3dl",
        "ocio-discreet-3d-lut.3dl",
        "ocio-lut3d_arbitrary.csp",
        "ocio-resolve_1d3d.cube",
        "ocio-iridas_1d.cube",
        "ocio-iridas_3d.cube",
        "colour-iridas_cube-Three_Dimensional_Table.cube",
    ],
)
def test_files_that_nobody_here_made_are_as_opencolorio_reads_them(name: str) -> None:
    path = LUTS / "edge-cases" / name
    assert np.abs(ours(path) - theirs(path)).max() <= CLOSE


@needs_luts
@pytest.mark.parametrize("name", ["LogC_Video", "Three_Dimensional_Table_With_Shaper", "Demo"])
def test_resolves_dialect_is_as_colour_science_reads_it(name: str) -> None:
    """OpenColorIO refuses these files; the shaper is 1D linear, and the cube behind it tetrahedral."""
    path = LUTS / "edge-cases" / f"colour-resolve_cube-{name}.cube"
    values: Any = PROBES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour

        found: Any = colour.io.read_LUT(str(path))
        for table in getattr(found, "sequence", [found]):
            how = (
                {"interpolator": colour.algebra.table_interpolation_tetrahedral}
                if table.table.ndim == 4
                else {}
            )
            values = np.asarray(table.apply(np.clip(values, table.domain[0], table.domain[-1]), **how))
    assert np.abs(ours(path) - values).max() <= 1e-6
    assert isinstance(read(path.read_bytes(), path.name), Chain) == (name != "Demo")


@needs_luts
def test_a_cdl_file_is_as_its_formula_says() -> None:
    path = LUTS / "cdl" / "cdl_test1.cc"
    slope, offset, power = (np.array((low, low + 0.1, low + 0.2)) for low in (1.1, 2.1, 3.1))
    done = np.clip(PROBES * slope + offset, 0, 1) ** power
    luma = (done @ np.array((0.2126, 0.7152, 0.0722)))[:, None]
    assert np.abs(ours(path) - np.clip(luma + 0.42 * (done - luma), 0, 1)).max() < 1e-12
    message = refusal((LUTS / "cdl" / "cdl_test1.ccc").read_bytes(), "cdl_test1.ccc")
    assert (
        '5 corrections in one file — name one, such as "cdl_test1.ccc#cc0001": cc0001, cc0002, cc0003'
        in message
    )


CC = '<ColorCorrection id="x">{}</ColorCorrection>'
SOP = "<SOPNode><Slope>1.2 0.9 1</Slope><Offset>-0.05 0 0.1</Offset><Power>1.1 0.8 1</Power></SOPNode>"


def test_a_grade_is_as_opencolorio_applies_it(tmp_path: Path) -> None:
    path = tmp_path / "a.cc"
    path.write_text(CC.format(f"{SOP}<SatNode><Saturation>1.3</Saturation></SatNode>"))
    assert np.abs(ours(path) - theirs(path)).max() <= 1e-4, "its power is a fast one, good to some 1e-5"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CC.format("<SOPNode><Slope>1 1</Slope></SOPNode>"), "Slope must be three numbers"),
        (CC.format("<Curve/>"), "<Curve> isn't supported in a correction"),
        (CC.format(f"{SOP}{SOP}"), "Slope is stated twice"),
        (CC.format("<SatNode><Saturation>-1</Saturation></SatNode>"), "Saturation is -1"),
        (CC.format("<SOPNode><Power>0 1 1</Power></SOPNode>"), "Power is 0"),
        (CC.format("<SOPNode><Gamma>1</Gamma></SOPNode>"), "<Gamma> isn't supported in <SOPNode>"),
        (CC.format("<SOPNode><Slope>nan 1 1</Slope></SOPNode>"), "Slope must be three numbers"),
        ("<a/>", "no correction in the file"),
        ("<ColorCorrection", "not valid XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "the CDL has a document type"),
    ],
)
def test_a_grade_that_is_not_understood_is_refused(text: str, message: str) -> None:
    assert message in refusal(text.encode(), "a.cc")


def test_a_grade_may_be_as_long_as_the_limit_and_no_longer() -> None:
    longest = CC.format(SOP).encode().ljust(cdl.BYTES)
    read(longest, "a.cc")
    assert "1,000,001 bytes; at most 1,000,000 are read" in refusal(longest + b" ", "a.cc")


def spi3d(size: int = 5) -> tuple[str, Floats]:
    """An Imageworks cube of squares."""
    axis = np.linspace(0, 1, size)
    points = [(r, g, b) for r in range(size) for g in range(size) for b in range(size)]
    rows = "\n".join(
        f"{r} {g} {b} {axis[r] ** 2:.6f} {axis[g] ** 2:.6f} {axis[b] ** 2:.6f}" for r, g, b in points
    )
    return f"SPILUT 1.0\n3 3\n{size} {size} {size}\n{rows}\n", np.stack(
        [np.interp(PROBES[:, c], axis, axis**2) for c in range(3)], 1
    )


SPI1D = "Version 1\nFrom 0.0 1.0\nLength 3\nComponents 1\n{\n 0.0\n 0.25\n 1.0\n}\n"
CLF = """<?xml version="1.0" encoding="UTF-8"?>
<ProcessList id="a" compCLFversion="3">
<LUT3D inBitDepth="32f" outBitDepth="32f" interpolation="tetrahedral"><Array dim="2 2 2 3">
{}</Array></LUT3D></ProcessList>"""
# Blue varies fastest.
INVERTED = "\n".join(f"{1 - r} {1 - g} {1 - b}" for r in (0, 1) for g in (0, 1) for b in (0, 1))


def test_tables_made_by_hand_do_what_they_say() -> None:
    text, squares = spi3d()
    assert np.abs(read(text.encode(), "a.spi3d").apply(PROBES) - squares).max() < 1e-5
    bent = np.interp(PROBES, (0, 0.5, 1), (0, 0.25, 1))
    assert np.abs(read(SPI1D.encode(), "a.spi1d").apply(PROBES) - bent).max() < 1e-5
    assert np.abs(read(CLF.format(INVERTED).encode(), "a.clf").apply(PROBES) - (1 - PROBES)).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.spi3d", spi3d()[0][:200], "can't be read"),
        ("a.clf", CLF.format("0 0 0"), "can't be read"),
        ("a.3dl", "hello", "a Lustre or Flame table can't be read"),
        ("a.csp", "", "a cineSpace table can't be read"),
        ("a.ctf", "<ProcessList", "a Color Transform Format file can't be read"),
        (
            "a.clf",
            CLF.format(INVERTED).replace("<LUT3D", "<Unheard/><LUT3D"),
            "has content that can't be read",
        ),
        ("a.m3d", "", "a Pandora table isn't supported"),
        ("a.xyz", "", 'a ".xyz" file isn\'t supported as a look — supported: .cube .3dl'),
    ],
)
def test_what_is_not_whole_is_refused_with_its_reason(name: str, data: str, message: str) -> None:
    assert message in refusal(data.encode(), name)


def png(picture: NDArray[Any]) -> bytes:
    done, data = cv2.imencode(".png", picture)
    assert done
    return data.tobytes()


def hald(level: int, bits: int = 16) -> NDArray[Any]:
    """The identity, as FFmpeg's haldclutsrc draws it: red fastest, BGR as OpenCV has it."""
    size = level**2
    blue, green, red = np.meshgrid(*[np.linspace(0, 1, size)] * 3, indexing="ij")
    most = 2**bits - 1
    side = level**3
    return np.rint(np.stack([blue, green, red], 3).reshape(side, side, 3) * most).astype(
        np.uint16 if bits == 16 else np.uint8
    )


@pytest.mark.parametrize(("level", "bits", "off"), [(4, 16, 1 / 65535), (8, 8, 0.5 / 255)])
def test_a_hald_picture_is_a_cube(level: int, bits: int, off: float) -> None:
    table = read(png(hald(level, bits)), "a.png")
    assert np.abs(table.apply(PROBES) - PROBES).max() <= off
    swapped = read(png(np.ascontiguousarray(hald(level, bits)[..., ::-1])), "a.png")
    assert np.abs(swapped.apply(PROBES) - PROBES[:, ::-1]).max() <= off


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GIF89a", "isn't a PNG"),
        (png(np.zeros((64, 60, 3), np.uint8)), "60×64 px isn't a Hald CLUT"),
        (png(np.zeros((100, 100, 3), np.uint8)), "100×100 px isn't a Hald CLUT"),
        (png(np.zeros((64, 64), np.uint8)), "is greyscale"),
        (png(np.zeros((64, 64, 4), np.uint8)), "has an alpha"),
        (png(hald(4))[:500], "picture is damaged"),
    ],
)
def test_pictures_that_are_no_hald_are_refused(data: bytes, message: str) -> None:
    assert message in refusal(data, "a.png")


def test_every_format_refuses_rubbish() -> None:
    for suffix in READERS:
        for data in (b"", b"\0" * 100, bytes(range(256)), b"1 2 3\n" * 50):
            refusal(data, f"a{suffix}")

"""Tables applied: against hand-made cases, OpenColorIO and colour-science."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finish.stages.colour import cube
from finish.stages.colour.table import Floats, Table, grid

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "luts"
TOLERANCE = 1e-4


def spread(low: float, high: float, count: int = 5000) -> Floats:
    """Colours all over a range and well beyond it, greys, and corners."""
    rng = np.random.default_rng(5)
    width = high - low
    anywhere = rng.uniform(low - 0.2 * width, high + 0.2 * width, (count, 3))
    greys = np.linspace(low, high, 500)[:, None].repeat(3, axis=1)
    corners = low + width * (np.arange(8)[:, None] >> np.arange(3) & 1)
    return np.concatenate([anywhere, greys, corners])


def opencolorio(path: Path, rgb: Floats) -> Floats:
    import PyOpenColorIO as Ocio

    transform = Ocio.FileTransform(src=str(path), interpolation=Ocio.INTERP_TETRAHEDRAL)
    processor = (
        Ocio.Config.CreateRaw().getProcessor(transform).getOptimizedCPUProcessor(Ocio.OPTIMIZATION_NONE)
    )
    out = rgb.astype(np.float32)
    processor.applyRGB(out)
    return out.astype(np.float64)


def colour_science(path: Path, rgb: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour

        table: Any = colour.io.read_LUT(str(path))
        options = (
            {"interpolator": colour.algebra.table_interpolation_tetrahedral} if table.table.ndim == 4 else {}
        )
        return np.asarray(table.apply(rgb, **options))


def written(folder: Path, table: Table) -> Path:
    """A table as a file that the reference programs can read."""
    path = folder / "made.cube"
    ends = [
        f"DOMAIN_MIN {' '.join(map(repr, table.low.tolist()))}",
        f"DOMAIN_MAX {' '.join(map(repr, table.high.tolist()))}",
    ]
    rows = [" ".join(map(repr, row)) for row in table.values.reshape(-1, 3).tolist()]
    path.write_text("\n".join([f"LUT_{3 if table.solid else 1}D_SIZE {table.size}", *ends, *rows]) + "\n")
    return path


@pytest.mark.parametrize("size", [2, 5, 17])
@pytest.mark.parametrize("solid", [True, False])
def test_made_tables_agree_with_opencolorio_and_colour_science(
    size: int, solid: bool, tmp_path: Path
) -> None:
    values = np.random.default_rng(size).uniform(-0.2, 1.3, (*[size] * (3 if solid else 1), 3))
    low, high = np.array([-0.25, 0.0, 0.1]), np.array([1.5, 1.0, 0.7])
    table = Table(values, low, high)
    path = written(tmp_path, table)
    rgb = spread(-0.5, 2)
    assert np.abs(table.apply(rgb) - opencolorio(path, rgb)).max() <= TOLERANCE
    inside = low + (high - low) * np.random.default_rng(1).uniform(0, 1, (3000, 3))
    assert np.abs(table.apply(inside) - colour_science(path, inside)).max() <= TOLERANCE


def test_the_oracles_would_notice_trilinear_interpolation_and_swapped_axes(tmp_path: Path) -> None:
    table = Table(np.random.default_rng(3).uniform(0, 1, (5, 5, 5, 3)), np.zeros(3), np.ones(3))
    rgb = spread(0, 1)
    truth = opencolorio(written(tmp_path, table), rgb)
    swapped = Table(table.values.transpose(2, 1, 0, 3), table.low, table.high)
    assert np.abs(swapped.apply(rgb) - truth).max() > 0.1


@pytest.mark.media
@pytest.mark.parametrize(
    "name",
    [
        "edge-cases/colour-iridas_cube-ACES_Proxy_10_to_ACES.cube",
        "edge-cases/colour-iridas_cube-Demo.cube",
        "edge-cases/colour-iridas_cube-Three_Dimensional_Table.cube",
        "edge-cases/colour-iridas_cube-eotf_sRGB_3D.cube",
        "edge-cases/ocio-iridas_1d.cube",
        "edge-cases/ocio-iridas_3d.cube",
        "looks/fuji_velvia_50.cube",
        "looks/fuji_xtrans_iii_classic_chrome.cube",
        "looks/kodak_tri-x_400.cube",
    ],
)
def test_tables_from_elsewhere_agree_with_opencolorio_and_colour_science(name: str) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip("needs the shared luts folder beside the checkout")
    table = cube.read(path.read_bytes(), path.name)
    rgb = spread(float(table.low.min()), float(table.high.max()))
    ours = table.apply(rgb)
    # The resolution of single precision near the table's largest value.
    tolerance = max(TOLERANCE, float(np.abs(table.values).max()) * 1e-6)
    assert np.abs(ours - opencolorio(path, rgb)).max() <= tolerance
    inside = ((rgb >= table.low) & (rgb <= table.high)).all(axis=1)
    assert np.abs(ours[inside] - colour_science(path, rgb[inside])).max() <= TOLERANCE


def test_greys_of_a_grey_table_stay_grey() -> None:
    values = grid(5).reshape(5, 5, 5, 3) ** 0.7
    out = Table(values, np.zeros(3), np.ones(3)).apply(np.linspace(0, 1, 997)[:, None].repeat(3, axis=1))
    assert np.ptp(out, axis=1).max() < 1e-12


def test_points_of_the_table_come_out_exactly() -> None:
    values = np.random.default_rng(0).uniform(0, 1, (7, 7, 7, 3))
    out = Table(values, np.zeros(3), np.ones(3)).apply(grid(7))
    assert np.abs(out - values.reshape(-1, 3)).max() < 1e-12

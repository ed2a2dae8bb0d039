"""Looks composed and baked: exact where possible, with a stated error otherwise, fast, and deterministic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from timing import Stopwatch

from finish.errors import FinishError
from finish.model import Document
from finish.stages.colour import cube
from finish.stages.colour import lut_bake as baking
from finish.stages.colour.lut_bake import BakedLut, bake, compose, cube_text, plain_table
from finish.stages.colour.table import Floats, grid

RNG = np.random.default_rng(11)
PROBES = np.concatenate(
    [RNG.uniform(0, 1, (20_000, 3)), np.linspace(0, 1, 20_000)[:, None].repeat(3, axis=1)]
)


def look(values: Floats, name: str = "look.cube") -> Document:
    return Document(Path(name), cube_text(values))


def curve(points: int, power: float) -> Document:
    """A 1D table: a power curve."""
    axis = np.linspace(0, 1, points)
    rows = "".join(f"{x**power:.9f} {x:.9f} {x ** (1 / power):.9f}\n" for x in axis)
    return Document(Path("curve.cube"), f"LUT_1D_SIZE {points}\n{rows}".encode())


def off(baked: BakedLut, looks: tuple[Document, ...], strength: float) -> Floats:
    """The error of the baked cube against the looks themselves."""
    tables = [cube.read(each.data, str(each.path)) for each in looks]
    return np.abs(cube.read(baked.content(), "baked.cube").apply(PROBES) - compose(tables, strength, PROBES))


WILD = look(RNG.uniform(0, 1, (9**3, 3)))
SOFT = look(grid(17) + 0.2 * grid(17) * (1 - grid(17)))


@pytest.mark.parametrize("strength", [0.25, 1.0])
def test_one_plain_look_is_exact_at_its_own_size(strength: float) -> None:
    baked = bake((WILD,), strength)
    assert baked.size == 9
    assert baked.worst <= 1e-6
    assert off(baked, (WILD,), strength).max() <= 2e-6


@pytest.mark.parametrize(
    ("looks", "size"),
    [((SOFT, SOFT), 17), ((SOFT, WILD), 65), ((curve(256, 1.2),), 33), ((curve(4096, 2.4),), 65)],
)
def test_the_stated_error_is_the_measured_one(looks: tuple[Document, ...], size: int) -> None:
    baked = bake(looks, 1.0)
    measured = off(baked, looks, 1.0)
    assert baked.size == size
    assert baked.mean == pytest.approx(measured.mean(), rel=0.25)
    assert measured.max() <= baked.worst * 1.5 + 1e-6
    assert baked.size == 65 or baked.worst <= baking.CLOSE_ENOUGH


def test_order_counts() -> None:
    one, other = bake((SOFT, WILD), 1.0), bake((WILD, SOFT), 1.0)
    assert one.digest != other.digest


def test_strength_mixes_every_look_in_turn() -> None:
    brighter = look(np.minimum(grid(33) + 0.25, 1))
    table = plain_table(np.minimum(grid(33) + 0.25, 1))
    assert compose([table, table], 0.5, np.full((1, 3), 0.25)) == pytest.approx(0.5)
    assert cube.read(bake((brighter, brighter), 0.5).text, "b.cube").apply(
        np.full((1, 3), 0.25)
    ) == pytest.approx(0.5, abs=1e-6)


def test_the_result_is_held_to_what_can_be_shown() -> None:
    rows = "".join(f"{r} {g} {b}\n" for r, g, b in (4 * grid(2) - 1).tolist())
    wide = Document(Path("wide.cube"), f"LUT_3D_SIZE 2\n{rows}".encode())
    values = cube.read(bake((wide,), 1.0).text, "b.cube").values
    assert (values.min(), values.max()) == (0, 1)


def test_a_domain_and_a_shaped_input_become_plain() -> None:
    small = Document(
        Path("small.cube"),
        b"LUT_1D_SIZE 3\nDOMAIN_MIN 0.25 0.25 0.25\nDOMAIN_MAX 0.75 0.75 0.75\n0 0 0\n.5 .5 .5\n1 1 1\n",
    )
    out = cube.read(bake((small,), 1.0).text, "b.cube")
    assert out.plain and out.solid
    assert out.apply(np.array([[0.25, 0.5, 0.75], [0.1, 0.625, 0.9]])) == pytest.approx(
        np.array([[0, 0.5, 1], [0, 0.75, 1]]), abs=1e-6
    )


def test_written_rows_are_read_back() -> None:
    values = np.concatenate(
        [
            RNG.uniform(0, 1, (24, 3)),
            [[0, 1, 0.5], [1e-7, 1 - 1e-7, 0.1234564], [0.0000005, 0.9999995, 0.999999]],
        ]
    )
    text = cube_text(values)
    assert text.splitlines()[0] == b"LUT_3D_SIZE 3"
    assert text.splitlines()[25] == b"0.000000 1.000000 0.500000"
    assert np.abs(cube.read(text, "w.cube").values.reshape(-1, 3) - values).max() <= 0.5001e-6


def test_the_same_looks_give_the_same_bytes() -> None:
    first = bake((SOFT, WILD), 0.7)
    bake.cache_clear()
    again = bake((SOFT, WILD), 0.7)
    assert first is not again
    assert (first.text, first.digest) == (again.text, again.digest)
    assert bake((SOFT, WILD), 0.7) is again


def test_baking_a_65_cube_is_quick(stopwatch: Stopwatch) -> None:
    looks = (SOFT, WILD)
    with stopwatch(3 * 0.5):  # 0.22 each when this was written
        for strength in (0.91, 0.92, 0.93):
            assert bake(looks, strength).size == 65


def test_every_look_that_cannot_be_read_is_named() -> None:
    wrong = Document(Path("a.cube"), b"LUT_3D_SIZE 1\n"), SOFT, Document(Path("b.3dl"), b"")
    with pytest.raises(FinishError) as caught:
        bake(wrong, 1.0)
    assert [cause.where for cause in caught.value.causes] == ["a.cube:1", "b.3dl"]

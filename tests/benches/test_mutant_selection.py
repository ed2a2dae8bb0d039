"""The tests of a fault: those that run its line, and how a run of them ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverage import CoverageData

from bench.mutants.covering import Covering
from bench.mutants.faults import mutants_of
from bench.mutants.suite import Run, first_failure

FILE = "finish/model/media.py"
SECONDS = {
    "tests/a/test_slow.py::one": 3.0,
    "tests/a/test_fast.py::two": 0.2,
    "tests/a/test_fast.py::one": 0.1,
    "tests/b/test_other.py::one": 0.3,
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Covering:
    place = tmp_path_factory.mktemp("covering")
    data = CoverageData(str(place / "coverage"))
    for context, lines in (
        ("", [1, 2, 3, 10]),  # on import
        ("tests/a/test_slow.py::one|run", [11, 12]),
        ("tests/a/test_fast.py::one|setup", [12]),
        ("tests/b/test_other.py::one|run", [20]),
        ("tests/gone/test_gone.py::one|run", [20]),
    ):
        data.set_context(context)
        data.add_lines({FILE: lines})
    data.write()
    return Covering(place, SECONDS)


def test_tests_of_a_line_run_it(suite: Covering) -> None:
    assert suite.tests_of(FILE, 11, 11) == {"tests/a/test_slow.py::one"}
    assert suite.tests_of(FILE, 20, 20) == {"tests/b/test_other.py::one"}


def test_what_a_test_sets_up_serves_all_of_its_file(suite: Covering) -> None:
    assert suite.tests_of(FILE, 12, 12) == SECONDS.keys() - {"tests/b/test_other.py::one"}


def test_a_line_of_the_import_belongs_to_the_tests_of_the_file(suite: Covering) -> None:
    assert suite.tests_of(FILE, 2, 3) == SECONDS.keys()
    assert suite.tests_of("finish/model/nowhere.py", 1, 9) == set()


def test_fast_files_come_first_and_stay_whole(suite: Covering) -> None:
    assert suite.by_speed(SECONDS) == [
        "tests/a/test_fast.py::one",
        "tests/a/test_fast.py::two",
        "tests/b/test_other.py::one",
        "tests/a/test_slow.py::one",
    ]


def test_neighbours_share_a_file_or_a_folder(suite: Covering) -> None:
    one = ["tests/a/test_fast.py::one"]
    assert suite.neighbours_of(one, "tests/c") == {"tests/a/test_fast.py::one", "tests/a/test_fast.py::two"}
    assert suite.neighbours_of(one, "tests/b") == SECONDS.keys() - {"tests/a/test_slow.py::one"}


def test_a_fault_is_one_change_of_the_source() -> None:
    source = b"def late(a: int = 0) -> bool:\n    return (\n        a +\n        2 > 7\n    )\n"
    faults = {fault.applied(source).decode().partition("(\n")[2] for fault in mutants_of("a.py", source)}
    assert faults == {
        "        (a + 2 >= 7)\n    )\n",
        "        (a - 2) > 7\n    )\n",
        "        a +\n        3 > 7\n    )\n",
        "        a +\n        2 > 8\n    )\n",
        "        a +\n        2 > 7\n    )\n",  # another default
    }
    assert {(fault.line, fault.last) for fault in mutants_of("a.py", source)} == {(1, 1), (3, 4), (4, 4)}


def test_tests_run_in_the_order_of_the_list_to_the_first_failure(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"test_{name}.py").write_text(
            "import pathlib\n"
            "def note(name):\n"
            f"    with pathlib.Path('order').open('a') as file: file.write('{name}' + name)\n"
            "def test_1(): note('1')\n"
            "def test_2(): note('2'); assert False\n"
            "def test_3(): note('3')\n"
        )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  render: \n  media: \n")
    link = tmp_path / "bench"
    link.symlink_to(Path(__file__).parents[2] / "bench")
    run = first_failure(
        tmp_path, ["test_b.py::test_3", "test_a.py::test_1", "test_b.py::test_2", "test_a.py::test_2"], 60
    )
    assert (tmp_path / "order").read_text() == "b3a1b2"
    assert run.failed == ("test_b.py::test_2",) and run.ended and len(run.seconds) == 3


def test_a_run_that_takes_too_long_ends_without_a_verdict(tmp_path: Path) -> None:
    assert first_failure(tmp_path, ["test_a.py::test_1"], 0.01) == Run(ended=False)

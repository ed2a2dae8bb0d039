"""Closed standard streams, readers that leave, terminals with few characters: the work is still done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from finish.cli import streams
from finish.cli.batch import worst
from finish.cli.exit_codes import ended
from finish.cli.streams import DroppingChannel, TextChannel
from finish.errors import PromiseError

ROOT = Path(__file__).resolve().parents[2]
FINISH = [sys.executable, "-m", "finish"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def shell(line: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of bash in which `"$@"` is finish with these arguments."""
    command = ["bash", "-c", line, "bash", *FINISH, *arguments]
    return subprocess.run(
        command, env={**ENVIRONMENT, **environment}, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"$@" >&-', 0),
        ('"$@" >&- 2>&- <&-', 0),
        ('"$@" | head -c 1; exit ${PIPESTATUS[0]}', 0),
        ('"$@" >/dev/full', 2),
    ],
)
def test_a_verb_works_whoever_reads(line: str, code: int) -> None:
    """`schema` writes more than a pipe holds. Only a full disk loses the output."""
    done = shell(line, "schema")
    assert done.returncode == code, done
    assert done.stderr == (b"the output is incomplete: No space left on device\n" if code else b"")


def test_an_error_channel_that_is_closed_is_no_file_of_ours(tmp_path: Path) -> None:
    """The first file to be opened would get its number, and libraries would write their messages into it."""
    line = (
        "import os, sys; from finish.cli import streams; streams.prepare(); print(os.open(sys.argv[1], "
        "os.O_RDONLY) > 2)"
    )
    done = subprocess.run(
        ["bash", "-c", '"$@" 2>&- <&-', "bash", sys.executable, "-c", line, str(ROOT / "Makefile")],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        ("ascii", ["validate", "nowhere-ü-\U0001f3ac"]),
        ("ascii", ["run", "--help"]),
        ("ascii", ["nonsense-ü"]),
        ("latin-1", ["presets", "tiktok"]),
    ],
)
def test_a_terminal_that_knows_few_letters_is_told_in_those(encoding: str, arguments: Sequence[str]) -> None:
    done = shell('"$@"', *arguments, PYTHONIOENCODING=encoding)
    assert done.returncode in (0, 2) and b"Traceback" not in done.stderr
    message = (done.stdout + done.stderr).decode(encoding)
    assert message.strip() and "\ufffd" not in message


def test_without_a_locale_there_is_no_traceback() -> None:
    done = shell('"$@"', "presets", "tiktok", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0 and done.stdout.isascii() and b"<= 10 min" in done.stdout


def written(text: str, encoding: str) -> bytes:
    streams.codecs.register_error("finish-plain", streams._replaced)
    reading, writing = os.pipe()
    words = TextChannel(DroppingChannel(writing, "w"), encoding)
    words.write(text)
    words.close()
    with os.fdopen(reading, "rb") as read:
        return read.read()


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("a — b ≤ “c”", "ascii", b'a -- b <= "c"'),
        ("Café Straße", "ascii", b"Cafe Strasse"),
        ("Café — ß", "latin-1", b"Caf\xe9 -- \xdf"),
        ("片\udcff", "ascii", b"\\u7247\\udcff"),
        ("片\udcff", "utf-8", "片\\udcff".encode()),
        ("ok", "utf-8", b"ok"),
    ],
)
def test_letters_that_are_lacking_are_spelt(text: str, encoding: str, expected: bytes) -> None:
    assert written(text, encoding) == expected


def test_json_is_the_same_for_every_terminal(tmp_path: Path) -> None:
    (tmp_path / "ü").mkdir()
    told = [
        shell('"$@"', "run", str(tmp_path / "ü"), "--json", PYTHONIOENCODING=each).stdout
        for each in ("ascii", "utf-8")
    ]
    assert told[0] == told[1] and "ü" in json.loads(told[0].splitlines()[0])["message"]


def test_whatever_a_verb_raises_is_one_line_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def raising(wrong: BaseException) -> int:
        def body() -> int:
            raise wrong

        return ended(body)

    assert (
        raising(PromiseError("broken")) == 1 and raising(OSError(28, "No space left on device", "a.mp4")) == 2
    )
    assert (
        raising(KeyError("x")) == 2 and raising(MemoryError()) == 2 and raising(RecursionError("deep")) == 2
    )
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 5 and told[1].startswith("a.mp4: No space left on device — ")
    assert told[3].startswith("not enough memory — ")
    assert not [word for line in told for word in ("Error", "Errno", "Traceback") if word in line]
    assert all("FINISH_DEBUG=1" in told[at] for at in (2, 4))


def test_a_mistake_of_ours_names_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: int(worst(["x"]))) == 2  # type: ignore[list-item]
    assert capsys.readouterr().err.startswith("internal error at cli/batch.py:")


@pytest.mark.parametrize(("codes", "code"), [([], 0), ([0, 1, 0], 1), ([1, 2, 0], 2), ([2, 130, 1], 130)])
def test_a_batch_ends_as_its_worst_part(codes: list[int], code: int) -> None:
    assert worst(codes) == code

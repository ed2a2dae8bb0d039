"""What only some systems have is behind one door: finish imports and works without it."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finish.media import doctor
from finish.storage import platform

ROOT = Path(__file__).resolve().parents[2]
# Modules of the standard library that Windows or macOS lack, and ctypes, which calls C functions.
MODULES = frozenset(
    [
        "crypt",
        "ctypes",
        "fcntl",
        "grp",
        "msvcrt",
        "nis",
        "ossaudiodev",
        "posix",
        "pty",
        "pwd",
        "readline",
        "resource",
        "spwd",
        "syslog",
        "termios",
        "tty",
        "winreg",
    ]
)
# What `os` and `signal` lack on Windows.
NAMES = {
    os: (
        *("getuid", "geteuid", "getgid", "killpg", "getpgid", "setsid", "fork", "sysconf", "sysconf_names"),
        *("O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "statvfs", "getloadavg", "uname", "sched_getaffinity"),
    ),
    signal: ("SIGKILL", "SIGHUP", "SIGXCPU", "SIGXFSZ", "SIGUSR1", "SIGALRM", "pthread_sigmask"),
}
DOOR = "finish/storage/platform.py"
# Imports every module while missing modules are refused, to finish's own code only: libraries have fallbacks.
IMPORT_ALL = """
import builtins, importlib, os, pathlib, signal, sys
import _signal, numpy, av, cv2, yaml, typer, dask.distributed  # what they need of the system is theirs
blocked, names = set(sys.argv[1].split()), sys.argv[2].split()
for name in names:
    module, attribute = name.split(".")
    if hasattr(sys.modules[module], attribute):
        delattr(sys.modules[module], attribute)
ordinary = builtins.__import__
def guarded(name, globals=None, *rest):
    importer = (globals or {}).get("__name__", "")
    if importer.split(".")[0] == "finish" and name.split(".")[0] in blocked:
        raise ModuleNotFoundError(f"{importer} imports {name}", name=name)
    return ordinary(name, globals, *rest)
builtins.__import__ = guarded
paths = sorted(pathlib.Path("finish").rglob("*.py"))
dotted = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]
for name in dotted:
    if name != "finish.__main__":
        importlib.import_module(name)
print(len(dotted))
"""


def imported_without(modules: frozenset[str], names: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALL, " ".join(sorted(modules)), " ".join(names)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_module_is_imported_on_a_system_without_them() -> None:
    missing = [f"{module.__name__}.{name}" for module, names in NAMES.items() for name in names]
    done = imported_without(MODULES, [*missing, *(f"_signal.{name}" for name in NAMES[signal])])
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) == len(list((ROOT / "finish").rglob("*.py")))


def test_an_import_of_one_is_found() -> None:
    done = imported_without(frozenset({"json"}), [])
    assert done.returncode and "imports json" in done.stderr


def system_words(path: Path) -> list[str]:
    """Every use of a module or name that not every system has."""
    words = {name for names in NAMES.values() for name in names}
    uses = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            uses += [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            uses.append(node.module or "")
        elif isinstance(node, ast.Attribute) and node.attr in words:
            uses.append(node.attr)
        elif isinstance(node, ast.Constant) and str(node.value).startswith(("/proc/", "/sys/", "/etc/")):
            uses.append(str(node.value))
    return uses


def test_one_module_alone_asks_the_system_for_them() -> None:
    paths = [path for path in (ROOT / "finish").rglob("*.py") if path.relative_to(ROOT).as_posix() != DOOR]
    uses = {path.relative_to(ROOT).as_posix(): system_words(path) for path in paths}
    # The command line holds signals back before it imports anything else.
    handled = {"finish/cli/__init__.py": {"pthread_sigmask"}, "finish/cli/signals.py": {"SIGHUP"}}
    assert {path: found for path, found in uses.items() if set(found) - handled.get(path, set())} == {}
    assert system_words(ROOT / DOOR), "the test knows the words of the door itself"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system that lacks everything that only some have."""
    monkeypatch.setattr(platform, "_module", lambda name: None)
    monkeypatch.setattr(platform, "CPU_FACTS", Path("/nowhere/cpuinfo"))
    monkeypatch.setattr(platform, "MACHINE_ID", Path("/nowhere/machine-id"))
    monkeypatch.setattr(platform.sys, "platform", "elsewhere")
    for name in ("getuid", "killpg", "sysconf", "O_NOFOLLOW", "O_DIRECTORY"):
        monkeypatch.delattr(os, name)
    platform.ending_with_parent.cache_clear()
    yield
    platform.ending_with_parent.cache_clear()


@pytest.mark.usefixtures("elsewhere")
def test_all_of_it_works_where_nothing_is_there(tmp_path: Path) -> None:
    with platform.folder_lock(tmp_path), (tmp_path / "a").open("wb") as file:
        platform.lock(file.fileno(), wait=False)
    platform.set_limits(os.getpid(), platform.ProcessLimits(1, 1, 1))
    platform.share_arenas()
    assert platform.ending_with_parent() == ((), None)
    assert platform.user_id() == 0 and platform.machine_id() == b""
    assert platform.memory_bytes() == 8 * 2**30
    assert platform.cpu_flags(platform.CPU_FACTS) == frozenset()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        platform.end_group(process.pid)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("elsewhere")
def test_doctor_says_what_is_not_available(tmp_path: Path) -> None:
    assert len(platform.unavailable()) == 6
    (row,) = (row for row in doctor.examine(tmp_path) if row.what == "system")
    assert row.fine and row.details.startswith("not available: file locks (run one process per job folder); ")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has everything")
def test_linux_has_everything(tmp_path: Path) -> None:
    assert platform.unavailable() == ()
    (row,) = (row for row in doctor.examine(tmp_path) if row.what == "system")
    assert row == doctor.Capability("system", True, "has all that finish uses")


def test_a_lock_is_held_against_others(tmp_path: Path) -> None:
    def try_lock(handle: Any) -> None:
        platform.lock(handle.fileno(), wait=False)

    with (tmp_path / "a").open("ab") as first, (tmp_path / "a").open("ab") as second:
        try_lock(first)
        with pytest.raises(BlockingIOError):
            try_lock(second)
    with (tmp_path / "a").open("ab") as third:
        try_lock(third)


def test_neither_a_link_nor_a_pipe_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")
    os.mkfifo(tmp_path / "pipe")
    os.close(platform.open_regular(tmp_path / "real"))
    os.close(platform.open_regular(tmp_path / "pipe"))
    with pytest.raises(OSError, match="link"):
        platform.open_regular(tmp_path / "link")

"""The files that a pattern matches, in natural order.

`*`, `?` and `[…]` match within a name, `**` any depth; a pattern searches a limited number of names.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from finish.units import composed

WILD: Final = re.compile(r"[*?[]")
# Names that one pattern may search. House: a camera card numbers its clips to 9,999 (DCF).
LOOKED_AT: Final = 50_000

# The name under which each folder was reached, by its real path.
_Folders = Mapping[Path, str]


@dataclass
class PatternSearch:
    """One search of a pattern.

    `real` resolves a name and its links, and raises ValueError outside the job; `left_out` is never entered.
    Wildcards skip names that begin with a dot, and don't enter linked folders: a link may lead to a loop or
    to another disk.
    """

    real: Callable[[str], Path]
    left_out: Path
    looked_at: int = field(default=0, init=False)

    def files(self, start: Path, prefix: str, parts: tuple[str, ...]) -> dict[str, Path]:
        """The files that `parts` of a pattern match below `start`, by the names under which they are reached.

        `prefix` names `start`. Everything counts but folders, pipes and devices; a link counts as its
        target. A file that is reached twice is listed once.
        """
        *inner, last = (*parts, "*") if parts[-1] == "**" else parts
        folders: _Folders = {start: prefix}
        for part in inner:
            folders = dict(self._entered(folders, part))
        files = [file for folder, name in folders.items() for file in self._files(folder, name, last)]
        # Of several names of one file, its own comes before those of links.
        files.sort(key=lambda file: (not file[1].endswith(file[0].name), natural(file[1])))
        first = dict(reversed(files))
        return {name: real for real, name in sorted(first.items(), key=lambda file: natural(file[1]))}

    def _entered(self, folders: _Folders, part: str) -> Iterator[tuple[Path, str]]:
        """The folders that one part of a pattern matches in these."""
        if part == "**":
            yield from self._below(folders)
            return
        for folder, name in folders.items():
            if not WILD.search(part):
                inner = self.real(f"{name}{part}")
                if os.path.isdir(inner):
                    yield inner, f"{name}{part}/"
            else:
                yield from self._folders(folder, name, part)

    def _below(self, folders: _Folders) -> Iterator[tuple[Path, str]]:
        """These folders and all folders below them, each once."""
        visited: set[Path] = set()
        waiting = list(folders.items())
        while waiting:
            folder, name = waiting.pop()
            if folder not in visited:
                visited.add(folder)
                yield folder, name
                waiting += self._folders(folder, name, "*")

    def _folders(self, folder: Path, name: str, part: str) -> Iterator[tuple[Path, str]]:
        for entry in self._entries(folder, name, part):
            inner = folder / entry.name
            if entry.is_dir(follow_symlinks=False) and inner != self.left_out:
                yield inner, f"{name}{entry.name}/"

    def _files(self, folder: Path, name: str, part: str) -> Iterator[tuple[Path, str]]:
        for entry in self._entries(folder, name, part):
            if entry.is_symlink():
                path = self.real(f"{name}{entry.name}")
                # A dead link counts, so that its clip is reported as unreadable.
                counts = not os.path.exists(path) or os.path.isfile(path)
            else:
                path, counts = folder / entry.name, entry.is_file(follow_symlinks=False)
            if counts:
                yield path, _utf8(f"{name}{entry.name}")

    def _entries(self, folder: Path, name: str, part: str) -> list[os.DirEntry[str]]:
        matching = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._count()
                    if _matches(entry.name, part):
                        matching.append(entry)
        except OSError as error:
            raise ValueError(
                f'"{tame(name)}" can\'t be read: {(error.strerror or str(error)).lower()}'
            ) from error
        return matching

    def _count(self) -> None:
        self.looked_at += 1
        if self.looked_at > LOOKED_AT:
            raise ValueError(
                f"the pattern searches more than {LOOKED_AT:,} names — use a more specific folder"
            )


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern matches a name with slashes, by the same rules, without looking at folders."""
    names, parts = name.split("/"), pattern.split("/")
    *inner, last = (*parts, "*") if parts[-1] == "**" else parts
    reached = {0}
    for part in inner:
        reached = {after for at in reached for after in _after(names, at, part)}
    return any(at == len(names) - 1 and _matches(names[at], last) for at in reached)


def _after(names: Sequence[str], at: int, part: str) -> Iterator[int]:
    """The indices in a name's parts that may follow once a part of the pattern has matched from `at` on."""
    if part != "**":
        if at < len(names) - 1 and _matches(names[at], part):
            yield at + 1
        return
    yield at
    while at < len(names) - 1 and not names[at].startswith("."):
        at += 1
        yield at


def _matches(name: str, part: str) -> bool:
    """Whether one part of a pattern matches a name."""
    return fnmatch.fnmatchcase(composed(name), composed(part)) and (
        part.startswith(".") or not name.startswith(".")
    )


def natural(name: str) -> tuple[list[str | int], str]:
    """A sort key: `clip2` before `clip10`, ignoring case."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name


def tame(name: str) -> str:
    """A name that is safe to print: without control characters, and shortened."""
    clean = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in name[:200]
    )
    return clean if len(name) <= 200 else clean + "…"


def _utf8(name: str) -> str:
    """The name; ValueError if it isn't UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ValueError(f'"{tame(name)}" isn\'t named in UTF-8 — rename it') from None
    return name

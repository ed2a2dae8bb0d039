"""Which files a pattern means: `*`, `?`, `[…]` within a name and `**` for any depth, in natural order and
within bounds."""

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

# Folders by where they really lie, and by the name under which they were reached.
_Folders = Mapping[Path, str]


@dataclass
class PatternSearch:
    """One search of a pattern. `real` says where a name ends, links followed, ValueError outside the job;
    `left_out` is never entered.

    Wildcards skip names that begin with a dot and enter no linked folder, so that no loop and no foreign disk
    is walked.
    """

    real: Callable[[str], Path]
    left_out: Path
    looked_at: int = field(default=0, init=False)

    def files(self, start: Path, shown: str, parts: tuple[str, ...]) -> dict[str, Path]:
        """The files that `parts` of a pattern mean below `start`, each by the name under which it was
        reached.

        Anything but folders, pipes and devices counts, and a link for what it leads to; a file reached twice
        is there once.
        """
        *inner, last = (*parts, "*") if parts[-1] == "**" else parts
        folders: _Folders = {start: shown}
        for part in inner:
            folders = dict(self._entered(folders, part))
        found = [each for folder, name in folders.items() for each in self._held(folder, name, last)]
        # Of several names of one file, its own comes before those of links.
        found.sort(key=lambda each: (not each[1].endswith(each[0].name), natural(each[1])))
        first = dict(reversed(found))
        return {name: real for real, name in sorted(first.items(), key=lambda each: natural(each[1]))}

    def _entered(self, folders: _Folders, part: str) -> Iterator[tuple[Path, str]]:
        if part == "**":
            yield from self._below(folders)
            return
        for folder, shown in folders.items():
            if not WILD.search(part):
                inner = self.real(f"{shown}{part}")
                if os.path.isdir(inner):
                    yield inner, f"{shown}{part}/"
            else:
                yield from self._folders(folder, shown, part)

    def _below(self, folders: _Folders) -> Iterator[tuple[Path, str]]:
        """These folders and all folders below them, each once."""
        seen: set[Path] = set()
        waiting = list(folders.items())
        while waiting:
            folder, shown = waiting.pop()
            if folder not in seen:
                seen.add(folder)
                yield folder, shown
                waiting += self._folders(folder, shown, "*")

    def _folders(self, folder: Path, name: str, part: str) -> Iterator[tuple[Path, str]]:
        for entry in self._entries(folder, name, part):
            inner = folder / entry.name
            if entry.is_dir(follow_symlinks=False) and inner != self.left_out:
                yield inner, f"{name}{entry.name}/"

    def _held(self, folder: Path, name: str, part: str) -> Iterator[tuple[Path, str]]:
        for entry in self._entries(folder, name, part):
            if entry.is_symlink():
                path = self.real(f"{name}{entry.name}")
                counts = not os.path.exists(path) or os.path.isfile(
                    path
                )  # a dead link is a clip that cannot be read
            else:
                path, counts = folder / entry.name, entry.is_file(follow_symlinks=False)
            if counts:
                yield path, _utf8(f"{name}{entry.name}")

    def _entries(self, folder: Path, name: str, part: str) -> list[os.DirEntry[str]]:
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._count()
                    if _named(entry.name, part):
                        found.append(entry)
        except OSError as error:
            raise ValueError(
                f'"{tame(name)}" can\'t be read: {(error.strerror or str(error)).lower()}'
            ) from error
        return found

    def _count(self) -> None:
        self.looked_at += 1
        if self.looked_at > LOOKED_AT:
            raise ValueError(
                f"the pattern searches more than {LOOKED_AT:,} names — use a more specific folder"
            )


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern means a name with slashes, by the same rules, where there are no folders to walk."""
    names, parts = name.split("/"), pattern.split("/")
    *inner, last = (*parts, "*") if parts[-1] == "**" else parts
    reached = {0}
    for part in inner:
        reached = {after for at in reached for after in _after(names, at, part)}
    return any(at == len(names) - 1 and _named(names[at], last) for at in reached)


def _after(names: Sequence[str], at: int, part: str) -> Iterator[int]:
    """How many folders of a name are behind us once a part of the pattern has taken some, from `at` on."""
    if part != "**":
        if at < len(names) - 1 and _named(names[at], part):
            yield at + 1
        return
    yield at
    while at < len(names) - 1 and not names[at].startswith("."):
        at += 1
        yield at


def _named(name: str, part: str) -> bool:
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
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ValueError(f'"{tame(name)}" isn\'t named in UTF-8 — rename it') from None
    return name

"""The folders from which a job's files are taken, and the paths in them: nothing outside is opened or
listed."""

from __future__ import annotations

import difflib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final, Self

from finish.storage.file_patterns import WILD, PatternSearch, natural, tame
from finish.storage.unicode_names import as_on_disk

LIBRARIES: Final = "FINISH_LIBRARIES"
OUT: Final = "out"  # where a job's results go
_MOST_NAMES: Final = 2_000  # of one folder, in which a similar name is looked for
_NAMES_IN_HINT: Final = 4

_KINDS: Final = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


@dataclass(frozen=True)
class JobFolder:
    """A job folder and the library folders that it declares.

    A job folder comes from anywhere, so it can't open other folders by itself. A library outside is read only
    where the caller allows it: by `allowed`, or by the environment (FINISH_LIBRARIES). Each allows a folder
    with everything below it. Links are followed, and the place where they end counts. Every refusal is a
    ValueError with what is wrong and what to do.
    """

    root: Path
    libraries: tuple[Path, ...] = ()
    allowed: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(os.path.realpath(self.root)))
        object.__setattr__(self, "allowed", tuple(Path(os.path.realpath(folder)) for folder in self.allowed))

    def library(self, name: str, base: Path) -> Self:
        """The same job with one more library: an allowed folder, absolute or relative to `base`, that doesn't
        contain the job itself."""
        real = Path(_real_path(name, base))
        allowed = (self.root, *self.allowed, *allowed_libraries())
        if not any(real.is_relative_to(folder) for folder in allowed):
            how = f"allow it with --allow-library {tame(str(real))} or {LIBRARIES}={tame(str(real))}"
            raise ValueError(
                f'"{tame(name)}" is outside the job folder, '
                f"and a job can't open other folders by itself — {how}"
            )
        if self.root.is_relative_to(real):
            raise ValueError(f'"{tame(name)}" contains the job folder — name a folder beside it')
        try:
            is_folder = stat.S_ISDIR(_status(real, name).st_mode)
        except FileNotFoundError:
            raise ValueError(
                f'no such folder: "{tame(name)}" — name an existing folder as a library'
            ) from None
        if not is_folder:
            raise ValueError(f'"{tame(name)}" isn\'t a folder — a library must be a folder')
        return replace(self, libraries=(*self.libraries, real))

    def path(self, name: str, base: Path) -> Path:
        """The real path of `name`, relative to the folder `base`, whether or not it exists."""
        real = Path(_real_path(name, base))
        if self._contains(real) and not name.isascii() and not os.path.lexists(real):
            real = Path(_real_path(as_on_disk(name, base, self._contains), base))
        if not self._contains(real):
            raise ValueError(
                f'"{tame(name)}" is outside the job folder'
                ' — copy it into the job folder, or add its folder to "libraries"'
            )
        return real

    def file(self, name: str, base: Path) -> Path:
        """The path of the regular, readable file `name`, relative to the folder `base`."""
        real = self.path(name, base)
        try:
            mode = _status(real, name).st_mode
        except FileNotFoundError:
            hint = (
                self._similar(name, base) or "paths are relative to the folder of the file that states them"
            )
            raise ValueError(f'no such file: "{tame(name)}" — {hint}') from None
        require_regular(mode, name)
        if not os.access(real, os.R_OK):
            raise ValueError(f'no permission to read "{tame(name)}" — change its permissions')
        return real

    def folder(self, name: str, base: Path) -> Path:
        """The path of the existing folder `name`, relative to the folder `base`."""
        real = self.path(name, base)
        if os.path.isdir(real):
            return real
        hint = self._similar(name, base, os.path.isdir)
        raise ValueError(
            f'no such folder: "{tame(name)}"'
            f" — {hint or 'patterns are relative to the folder of the file that states them'}"
        )

    def files(self, pattern: str, base: Path) -> dict[str, Path]:
        """The paths of the files that match `pattern`, relative to the folder `base`, by the name under which
        each was reached.

        In natural order, at least one. The job's own results in `out/` are never among them.
        """
        parts = PurePosixPath(pattern).parts or ("",)
        plain = next((index for index, part in enumerate(parts) if WILD.search(part)), len(parts) - 1)
        start = self.folder(str(PurePosixPath(*parts[:plain])), base)
        search = PatternSearch(lambda name: self.path(name, base), self.root / OUT)
        if files := search.files(start, str(PurePosixPath(*parts[:plain], "x"))[:-1], parts[plain:]):
            return files
        raise ValueError(f'no file matches "{tame(pattern)}" — {_contents_hint(start)}')

    def _contains(self, real: Path) -> bool:
        return any(real.is_relative_to(folder) for folder in (self.root, *self.libraries))

    def _similar(self, name: str, base: Path, accepts: Callable[[Path], bool] = os.path.isfile) -> str:
        """A hint that names the existing path most similar to `name`, folder by folder; "" if there is none.

        Nothing outside is listed or suggested.
        """
        path, words = Path(base), list[str]()
        for part in Path(name).parts:
            names = _names(path) if self._contains(path) else [part]
            close = [part] if part in (*names, "..") else difflib.get_close_matches(part, names, n=1)
            if not close:
                return ""
            words += close
            path = Path(os.path.realpath(path / close[0]))
        return f'did you mean "{tame(str(Path(*words)))}"?' if self._contains(path) and accepts(path) else ""


def allowed_libraries() -> Iterator[Path]:
    """The folders that `FINISH_LIBRARIES` allows as libraries, separated as in PATH."""
    for folder in os.environ.get(LIBRARIES, "").split(os.pathsep):
        if folder.strip():
            yield Path(os.path.realpath(os.path.expanduser(folder.strip())))


def require_regular(mode: int, name: str) -> None:
    """ValueError with what the file `name` is, if its mode isn't that of a regular file."""
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise ValueError(f'"{tame(name)}" is {kind} — name a file')


def os_reason(error: Exception) -> str:
    """Why a path can't be used, as part of a sentence."""
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "it contains characters that a file name can't have"


def _real_path(name: str, base: Path) -> str:
    if not name:
        raise ValueError("the file name is empty — name a file")
    if "\0" in name:
        raise ValueError(f'"{tame(name)}" contains a NUL character — remove it')
    try:
        return os.path.realpath(Path(base) / name)
    except (OSError, ValueError) as error:  # ValueError: characters that no file name can have
        raise ValueError(f'"{tame(name)}" can\'t be a file name: {os_reason(error)}') from error


def _status(real: Path, name: str) -> os.stat_result:
    """The file's status; FileNotFoundError if it doesn't exist, ValueError if it can't be reached."""
    try:
        return real.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(name) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(f'"{tame(name)}" is a link to itself — replace it with the file') from error
        raise ValueError(f'"{tame(name)}" can\'t be read: {os_reason(error)}') from error


def _contents_hint(folder: Path) -> str:
    """A hint that lists the first few files of a folder, in natural order."""
    entries = _names(folder)
    names = [name for name in entries if name[0] != "." and os.path.isfile(folder / name)]
    if not names:
        return "the folder holds no files"
    more = len(names) - _NAMES_IN_HINT if len(entries) < _MOST_NAMES else "many"
    rest = f" and {more} more" if len(names) > _NAMES_IN_HINT else ""
    return f"the folder holds {', '.join(map(tame, sorted(names, key=natural)[:_NAMES_IN_HINT]))}{rest}"


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in islice(entries, _MOST_NAMES))
    except OSError:
        return []

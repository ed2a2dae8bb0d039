"""The files that a job may read: regular files of bounded size, inside its folder and declared libraries."""

from __future__ import annotations

import difflib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from finish.errors import FinishError
from finish.media.pictures import image_sequences
from finish.media.probe import probe
from finish.model import Document, Part, Source, phrase
from finish.storage import download_cache, object_storage, platform
from finish.storage.file_patterns import WILD, PatternSearch, fits, natural, tame
from finish.storage.unicode_names import as_on_disk

# A 65-point .cube, the largest look in use (standards: 33 points at least, 65 for log), is 7 MB as text;
# hours of captions are under 1 MB.
DOCUMENT_BYTES: Final = 32 * 2**20
LIBRARIES: Final = "FINISH_LIBRARIES"
OUT: Final = "out"  # where a job's results go
_LISTED: Final = 2_000  # names of a folder that are looked at for a near miss
_SMALL: Final = "captions, looks and styles must be smaller"
_SHOWN: Final = 4  # names that a hint can hold

_KINDS: Final = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


@dataclass(frozen=True)
class JobFiles:
    """A job folder and the library folders it declares: the only places from which a job's files are taken.

    A job folder comes from anywhere, so it cannot open other folders by itself: a library outside is read
    only where the caller allows it, by `allowed` or the environment (FINISH_LIBRARIES), each for a folder
    with all below it. Links are followed, and where they end is what counts. Every refusal is a ValueError
    that says what and what to do. An address in object storage means its copy in the job folder, which is
    fetched when it is read.
    """

    root: Path
    libraries: tuple[Path, ...] = ()
    allowed: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(os.path.realpath(self.root)))
        object.__setattr__(self, "allowed", tuple(Path(os.path.realpath(each)) for each in self.allowed))

    def library(self, name: str, base: Path) -> JobFiles:
        """The same job with one more library: an allowed folder, absolute or counted from `base`, that
        doesn't hold the job itself."""
        real = Path(_real(name, base))
        if not any(real.is_relative_to(each) for each in (self.root, *self.allowed, *allowed_here())):
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

    def find(self, name: str, base: Path) -> Path:
        """The path of the regular, readable file `name`, relative to the folder `base`."""
        if object_storage.is_object(name):
            return self._noted(name)
        real = self._inside(name, base)
        try:
            mode = _status(real, name).st_mode
        except FileNotFoundError:
            near = self._near(name, base)
            hint = (
                f'did you mean "{tame(near)}"?'
                if near
                else "paths are relative to the folder of the file that states them"
            )
            raise ValueError(f'no such file: "{tame(name)}" — {hint}') from None
        _want_regular(mode, name)
        if not os.access(real, os.R_OK):
            raise ValueError(f'no permission to read "{tame(name)}" — change its permissions')
        return real

    def has(self, name: str, base: Path) -> bool:
        """Whether there is anything at `name`, relative to the folder `base`."""
        if object_storage.is_object(name):
            return self._there(name) is not None
        return os.path.lexists(self._inside(name, base))

    def place(self, name: str, base: Path) -> Path:
        """The path of `name`, relative to the folder `base`, whether or not it exists."""
        if object_storage.is_object(name):
            return download_cache.place(self.root, name)
        return self._inside(name, base)

    def match(self, pattern: str, base: Path) -> dict[str, Path]:
        """Every file that `pattern` means, counted from the folder `base`: by the name under which it was
        reached, where it lies.

        In natural order, at least one; the job's own results in `out/` are never among them.
        """
        if object_storage.is_object(pattern):
            return self._matched(pattern)
        parts = PurePosixPath(pattern).parts or ("",)
        plain = next((index for index, part in enumerate(parts) if WILD.search(part)), len(parts) - 1)
        start = self._folder(str(PurePosixPath(*parts[:plain])), base)
        search = PatternSearch(lambda name: self._inside(name, base), self.root / OUT)
        if found := search.files(start, str(PurePosixPath(*parts[:plain], "x"))[:-1], parts[plain:]):
            return found
        raise ValueError(f'no file matches "{tame(pattern)}" — {_holding(start)}')

    def pictures(self, pattern: str, base: Path, rate: Fraction, first: int | None) -> Path:
        """What stands for the numbered pictures that `pattern` means, counted from the folder `base`, shown
        at `rate` a second.

        They go from the number `first`, or the lowest there is, to the highest, and none is missing.
        """
        if object_storage.is_object(pattern):
            raise ValueError(
                f'"{tame(pattern)}" is in object storage — copy numbered pictures into the job folder'
            )
        inner, _, name = pattern.rpartition("/")
        folder = self._folder(inner or ("/" if pattern.startswith("/") else "."), base)
        found = image_sequences.listed(folder, name, first, lambda entry: self._inside(entry, folder))
        place = download_cache.place(self.root, f"{folder}/{rate}/{first}/{name}")
        self._inside(str(place), self.root)  # nobody has linked it elsewhere
        return image_sequences.noted(place, tame(pattern), found, rate)

    def document(self, name: str, base: Path) -> Document:
        """The content of the file `name`; at most `DOCUMENT_BYTES`."""
        real = self._fetched(name, self.find(name, base), DOCUMENT_BYTES)
        try:
            # Opening a pipe that took the file's place must not wait for its writer, nor follow a link that
            # did.
            handle = platform.open_regular(real)
        except OSError as error:
            raise ValueError(f'"{tame(name)}" can\'t be read: {_reason(error)}') from error
        with os.fdopen(handle, "rb") as file:
            _want_regular(os.fstat(handle).st_mode, name)
            data = file.read(DOCUMENT_BYTES + 1)
        if len(data) > DOCUMENT_BYTES:
            raise ValueError(f'"{tame(name)}" is larger than {DOCUMENT_BYTES >> 20} MB — {_SMALL}')
        return Document(real, data)

    def footage(self, name: str, base: Path, part: Part) -> Source:
        """The facts of the clip `name`; ValueError if it is damaged or has no such part."""
        real = self._fetched(name, self.find(name, base))
        try:
            found = probe(real, tame(name))
        except FinishError as error:
            raise ValueError(f"{error.message} — {error.hint}") from error
        if not found.whole:
            missing = phrase([loss for loss in found.losses if loss.certain], found.start)
            raise ValueError(f'"{tame(name)}" is damaged: {missing} — copy or export it again')
        if not (found.video if part == "picture" else found.audio):
            raise ValueError(
                f'"{tame(name)}" has no {part} — name'
                f" {'a clip or a still' if part == 'picture' else 'a file'} with {part}"
            )
        return found

    def _there(self, url: str) -> object_storage.Object | None:
        """The object at an address; None if there is none."""
        try:
            return object_storage.head(url)
        except object_storage.MissingObjectError:
            return None
        except FinishError as error:
            raise download_cache.refused(error) from error

    def _noted(self, url: str) -> Path:
        found = self._there(url)
        if found is None:
            raise ValueError(f'no such object: "{tame(url)}" — list the bucket: names are case-sensitive')
        return self._copy(found)

    def _copy(self, found: object_storage.Object) -> Path:
        self._inside(
            str(download_cache.place(self.root, found.url)), self.root
        )  # nobody has linked it elsewhere
        try:
            return download_cache.noted(self.root, found)
        except FinishError as error:
            raise download_cache.refused(error) from error

    def _fetched(self, name: str, real: Path, most: int | None = None) -> Path:
        if not object_storage.is_object(name):
            return real
        found = download_cache.origin(real)
        if most is not None and found is not None and found.size > most:
            raise ValueError(f'"{tame(name)}" is larger than {most >> 20} MB — {_SMALL}')
        try:
            return download_cache.fetched(real)
        except FinishError as error:
            raise download_cache.refused(error) from error

    def _matched(self, pattern: str) -> dict[str, Path]:
        """The local copies of the objects that match a pattern, by address."""
        try:
            there = object_storage.listed(WILD.split(pattern, maxsplit=1)[0].rpartition("/")[0])
        except FinishError as error:
            raise download_cache.refused(error) from error
        found = [
            each for each in there if each.size and fits(each.url, pattern)
        ]  # one of no bytes marks a folder
        if not found:
            raise ValueError(f'no file matches "{tame(pattern)}" — list the bucket: names are case-sensitive')
        return {each.url: self._copy(each) for each in sorted(found, key=lambda each: natural(each.url))}

    def _inside(self, name: str, base: Path) -> Path:
        real = Path(_real(name, base))
        if self._holds(real) and not name.isascii() and not os.path.lexists(real):
            real = Path(_real(as_on_disk(name, base, self._holds), base))
        if not self._holds(real):
            raise ValueError(
                f'"{tame(name)}" is outside the job folder'
                ' — copy it into the job folder, or add its folder to "libraries"'
            )
        return real

    def _folder(self, name: str, base: Path) -> Path:
        real = self._inside(name, base)
        if not os.path.isdir(real):
            near = self._near(name, base, os.path.isdir)
            hint = (
                f'did you mean "{tame(near)}"?'
                if near
                else "patterns are relative to the folder of the file that states them"
            )
            raise ValueError(f'no such folder: "{tame(name)}" — {hint}')
        return real

    def _holds(self, real: Path) -> bool:
        return any(real.is_relative_to(place) for place in (self.root, *self.libraries))

    def _near(self, name: str, base: Path, wanted: Callable[[Path], bool] = os.path.isfile) -> str:
        """The existing path most like `name`, folder by folder; "" for none. Nothing outside is listed or
        suggested."""
        found, words = Path(base), list[str]()
        for part in Path(name).parts:
            there = _names(found) if self._holds(found) else [part]
            close = [part] if part in (*there, "..") else difflib.get_close_matches(part, there, n=1)
            if not close:
                return ""
            words += close
            found = Path(os.path.realpath(found / close[0]))
        return str(Path(*words)) if self._holds(found) and wanted(found) else ""


def allowed_here() -> Iterator[Path]:
    """The folders that `FINISH_LIBRARIES` allows as libraries, separated as in PATH."""
    for each in os.environ.get(LIBRARIES, "").split(os.pathsep):
        if each.strip():
            yield Path(os.path.realpath(os.path.expanduser(each.strip())))


def _real(name: str, base: Path) -> str:
    if not name:
        raise ValueError("the file name is empty — name a file")
    if "\0" in name:
        raise ValueError(f'"{tame(name)}" contains a NUL character — remove it')
    try:
        return os.path.realpath(Path(base) / name)
    except (OSError, ValueError) as error:  # ValueError: characters that no file name can spell
        raise ValueError(f'"{tame(name)}" can\'t be a file name: {_reason(error)}') from error


def _status(real: Path, name: str) -> os.stat_result:
    """The file's status; FileNotFoundError if it doesn't exist, ValueError if it can't be reached."""
    try:
        return real.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(name) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(f'"{tame(name)}" is a link to itself — replace it with the file') from error
        raise ValueError(f'"{tame(name)}" can\'t be read: {_reason(error)}') from error


def _want_regular(mode: int, name: str) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise ValueError(f'"{tame(name)}" is {kind} — name a file')


def _holding(folder: Path) -> str:
    """A hint that lists the first few files of a folder, in natural order."""
    listed = _names(folder)
    names = sorted((name for name in listed if name[0] != "." and os.path.isfile(folder / name)), key=natural)
    more = len(names) - _SHOWN if len(listed) < _LISTED else "many"
    rest = f" and {more} more" if len(names) > _SHOWN else ""
    return (
        f"the folder holds {', '.join(map(tame, names[:_SHOWN]))}{rest}"
        if names
        else "the folder holds no files"
    )


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in islice(entries, _LISTED))
    except OSError:
        return []


def _reason(wrong: Exception) -> str:
    return (
        (wrong.strerror or str(wrong)).lower()
        if isinstance(wrong, OSError)
        else "it contains characters that a file name can't have"
    )

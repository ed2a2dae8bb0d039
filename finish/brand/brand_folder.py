"""The files of a folder from which a kit could be made, by what they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from finish.brand.kit_draft import LeftOut
from finish.errors import PathError

# House limits: a folder with more is a drive or a project, not a kit.
_FILES, _DEPTH = 2000, 6
PICTURES: Final = (".png", ".jpg", ".jpeg")
FONTS: Final = (".ttf", ".otf")
SOUNDS: Final = (".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".opus", ".aif", ".aiff")
LOOKS: Final = (".cube", ".3dl", ".cdl", ".cc", ".ccc", ".csp", ".look")
# What a kit could have after a conversion, and what to do.
_OTHERS: Final = {
    ".svg": "export it as a PNG with a transparent ground",
    ".ai": "export it as a PNG with a transparent ground",
    ".eps": "export it as a PNG with a transparent ground",
    ".pdf": "export it as a PNG with a transparent ground",
    ".webp": "export it as a PNG",
    ".gif": "export it as a PNG",
    ".tif": "export it as a PNG",
    ".tiff": "export it as a PNG",
    ".psd": "export it as a PNG",
    ".woff": "convert it to a .ttf or .otf file",
    ".woff2": "convert it to a .ttf or .otf file",
    ".ttc": "convert it to one .ttf or .otf file",
    ".mp4": "a kit has no clips: name it in a timeline of the job",
    ".mov": "a kit has no clips: name it in a timeline of the job",
}


@dataclass(frozen=True)
class BrandFolder:
    """The files of a folder, relative to it with slashes, in natural order."""

    root: Path
    pictures: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = field(default=())

    @property
    def empty(self) -> bool:
        return not (self.pictures or self.fonts or self.sounds or self.looks)


def survey(folder: Path) -> BrandFolder:
    """What a folder and the folders in it hold; links and hidden files aren't read.

    PathError for what isn't a folder, and for one that is too large.
    """
    if not folder.is_dir():
        raise PathError(f"{folder} isn't a folder", "name a folder with logos and fonts")
    names, left_out = list[str](), list[LeftOut]()
    for name in _names(folder, folder, 0):
        if len(names) >= _FILES:
            raise PathError(f"{folder} has more than {_FILES} files", "copy the brand's files into a folder")
        names.append(name)
    readable = [name for name in names if _is_text(name)]
    stems = {_stem(name) for name in readable if _suffix(name) in (*PICTURES, *FONTS)}
    for name in readable:
        why = _OTHERS.get(_suffix(name), "")
        if why and _stem(name) not in stems:
            left_out.append(LeftOut(name, why))
    left_out += [
        LeftOut(name.encode(errors="backslashreplace").decode(), "its name isn't UTF-8: rename it")
        for name in names
        if not _is_text(name)
    ]

    def of(suffixes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted((name for name in readable if _suffix(name) in suffixes), key=_natural))

    return BrandFolder(folder, of(PICTURES), of(FONTS), of(SOUNDS), of(LOOKS), tuple(left_out))


def _names(folder: Path, root: Path, depth: int) -> Iterator[str]:
    """Every regular file below a folder, relative to the `root`."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise PathError(f"{folder} can't be read: {error.strerror}", "check its permissions") from error
    for entry in entries:
        if entry.name.startswith((".", "__MACOSX")):
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISREG(mode):
            yield Path(entry.path).relative_to(root).as_posix()
        elif stat.S_ISDIR(mode) and depth < _DEPTH and entry.name != "out":
            yield from _names(Path(entry.path), root, depth + 1)


def _is_text(name: str) -> bool:
    """Whether brand.yaml can spell a name."""
    return name.isprintable() and not any(0xD800 <= ord(char) <= 0xDFFF for char in name)


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _stem(name: str) -> str:
    return Path(name).stem.casefold()


def _natural(name: str) -> tuple[str, str]:
    return name.casefold(), name

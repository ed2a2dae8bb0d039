"""How settings come by their documents: a bare name lies on a packaged shelf, anything else is a file of the job."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Protocol

from finish import resources
from finish.jobspec import name_fields
from finish.jobspec.mistakes import choices
from finish.jobspec.spec_tree import PlacedText, printable
from finish.model import Document, Part, Source

STYLE, FONTS, LOOKS = "style.yaml", 8, "luts"
FAMILIES = 64  # fonts of one folder that a script may name


class Files(Protocol):
    """The files that a job may read; `finish.media.job_files.JobFiles` is one. Refusals are ValueErrors."""

    @property
    def root(self) -> Path: ...
    def find(self, name: str, base: Path) -> Path:
        """Where the regular file lies that `name` means, counted from the folder `base`."""
        ...

    def has(self, name: str, base: Path) -> bool:
        """Whether anything lies there."""
        ...

    def match(self, pattern: str, base: Path) -> Mapping[str, Path]:
        """The files that a pattern means, at least one: by the name under which each was reached, where it lies."""
        ...

    def pictures(self, pattern: str, base: Path, rate: Fraction, first: int | None) -> Path:
        """What stands for the numbered pictures that a pattern means, from the number `first` (or the lowest) on, `rate` a second."""
        ...

    def document(self, name: str, base: Path) -> Document: ...
    def footage(self, name: str, base: Path, part: Part) -> Source: ...
    def place(self, name: str, base: Path) -> Path:
        """Where the file would lie that `name` means."""
        ...

    def library(self, name: str, base: Path) -> Files:
        """The same with one more folder to read from."""
        ...


@dataclass(frozen=True)
class AssetLibrary:
    """The `Library` of one job: each document is read once, so that every deliverable sees the same bytes.

    `fields` are what `{clip}` and `{lang}` in a path stand for; `clips` are all of the job.
    """

    files: Files
    fields: Mapping[str, str] = field(default_factory=dict)
    clips: tuple[Path, ...] = ()
    kept: dict[tuple[bool, str, str], Document] = field(default_factory=dict, compare=False)
    seen: dict[tuple[str, str, str], Source] = field(default_factory=dict, compare=False)
    literal: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False)

    def of(self, fields: Mapping[str, str]) -> AssetLibrary:
        """The same library with what the fields in its paths stand for."""
        return replace(self, fields=fields)

    def document(self, name: str, shelf: str) -> Document:
        """What `name` means: without a slash and a suffix it lies on the packaged `shelf`, else in the job.

        A path counts from the file that states it; behind a "#" a look names one correction of a file. ValueError with the near misses when
        there is none.
        """
        base, meant, part = self._base(name), self.meant(name), ""
        if shelf == LOOKS and "#" in meant and not self.files.has(meant, base):
            meant, _, part = meant.partition("#")
        bare = bool(shelf) and "/" not in meant and not Path(meant).suffix
        # Of a clip's own file a near miss would be another clip's.
        if (
            not bare
            and meant != name
            and "clip" in name_fields.taken_by_path(name)
            and not self.files.has(meant, base)
        ):
            raise ValueError(
                f'no such file: "{printable(meant, 200)}" — add it, or state another under "clips"'
            )
        at = (bare, shelf if bare else str(base), meant)
        if at not in self.kept:
            found = _packaged(meant, shelf) if bare else self.files.document(meant, base)
            self.kept[at] = (
                self._with_fonts(found, base, meant) if found.path.name == STYLE and not bare else found
            )
        return replace(self.kept[at], part=part) if part else self.kept[at]

    def _with_fonts(self, style: Document, base: Path, name: str) -> Document:
        """A style's folder is its own: the fonts in it come along."""
        folder = str(PurePosixPath(name).parent)
        names = [each for kind in ("ttf", "otf") for each in self._matching(f"{folder}/*.{kind}", base)]
        if len(names) > FONTS:
            raise ValueError(f'{len(names)} fonts beside "{printable(name, 200)}" — {FONTS} are read at most')
        return replace(style, beside=tuple(self.files.document(each, base) for each in names))

    def fonts(self, name: str) -> tuple[Document, ...]:
        """The fonts that lie in a folder of the job."""
        base, meant = self._base(name), self.meant(name).rstrip("/")
        found = [
            each
            for kind in ("ttf", "otf", "TTF", "OTF")
            for each in self._matching(f"{meant}/*.{kind}", base)
        ]
        if not found:
            raise ValueError(f'no .ttf or .otf font in "{printable(meant, 200)}" — name a folder with fonts')
        if len(found) > FAMILIES:
            raise ValueError(f'{len(found)} fonts in "{printable(meant, 200)}" — {FAMILIES} are read at most')
        return tuple(self.files.document(each, base) for each in found)

    def _matching(self, pattern: str, base: Path) -> list[str]:
        try:
            return list(self.files.match(pattern, base))
        except ValueError:  # there is none
            return []

    def absent(self, name: str) -> Document | None:
        """Where a document of the job would lie, if nothing lies there."""
        meant = self.meant(name)
        there = not meant or self.files.has(meant, self._base(name))
        return None if there else Document(self.files.place(meant, self._base(name)), b"", absent=True)

    def footage(self, name: str, part: Part = "picture") -> Source:
        """The facts of a clip of the job, read once."""
        at = (str(self._base(name)), self.meant(name), part)
        if at not in self.seen:
            self.seen[at] = self.files.footage(self.meant(name), self._base(name), part)
        return self.seen[at]

    def series(self) -> tuple[Source, ...]:
        """The facts of every clip of the job that has sound."""
        if not self.clips:
            raise ValueError("there is no job here whose clips could be meant — name the files")
        found = []
        for path in self.clips:
            with suppress(
                ValueError
            ):  # of a clip without sound; one that cannot be read is told when it is planned
                found.append(self.footage(str(path), "sound"))
        return tuple(found)

    def meant(self, name: str) -> str:
        """`name` with its fields filled in, unless a file is called exactly so."""
        if not name_fields.taken_by_path(name):
            return str(name)
        at = (str(self._base(name)), str(name))
        if at not in self.literal:
            with suppress(ValueError):
                self.literal[at] = False
                self.literal[at] = self.files.has(name, self._base(name))
        return str(name) if self.literal[at] else name_fields.path(name, self.fields)

    def _base(self, name: str) -> Path:
        return name.origin.folder if isinstance(name, PlacedText) else self.files.root


def _packaged(name: str, shelf: str) -> Document:
    known = resources.names(shelf)
    if name not in known:
        raise ValueError(f'no {_NOUNS.get(shelf, shelf)} "{printable(name)}" — {choices(name, known)}')
    path = resources.entry(shelf, name)
    return Document(path, path.read_bytes())


_NOUNS = {"luts": "look", "styles": "style"}

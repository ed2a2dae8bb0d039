"""How settings get their documents: a bare name is a packaged one, anything else is a file of the job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

FONTS, LOOKS = 8, "luts"
_NOUNS = {"styles": "style", "titles": "title template"}
FAMILIES = 64  # fonts of one folder that a script can name


class Files(Protocol):
    """The files that a job may read; `finish.media.job_files.JobFiles` is one. Refusals are ValueErrors."""

    @property
    def root(self) -> Path: ...
    def find(self, name: str, base: Path) -> Path:
        """The path of the regular file `name`, relative to the folder `base`."""
        ...

    def has(self, name: str, base: Path) -> bool:
        """Whether anything exists at that path."""
        ...

    def match(self, pattern: str, base: Path) -> Mapping[str, Path]:
        """The files that match a pattern, at least one: each path by the name under which it was reached."""
        ...

    def pictures(self, pattern: str, base: Path, rate: Fraction, first: int | None) -> Path:
        """The clip made of the numbered pictures that match a pattern, `rate` pictures a second.

        It begins at the number `first`, by default at the lowest.
        """
        ...

    def document(self, name: str, base: Path) -> Document: ...
    def unpacked(self, name: str, base: Path) -> tuple[Path, str]:
        """The folder with the files of a packed brand, and the digest of the kit that it states."""
        ...

    def footage(self, name: str, base: Path, part: Part) -> Source: ...
    def certificate(self) -> Document | None:
        """The certificates that the caller signs with; None without any."""
        ...

    def place(self, name: str, base: Path) -> Path:
        """The path that the file `name` would have."""
        ...

    def library(self, name: str, base: Path) -> Files:
        """The same files, and those of one more folder."""
        ...


@dataclass(frozen=True)
class AssetLibrary:
    """The `Library` of one job: each document is read once, so that every deliverable gets the same bytes.

    `fields` are the values of `{clip}` and `{lang}` in paths; `clips` are all clips of the job.
    `designs` are the texts of packaged designs that an approval replaces, by kind and name.
    """

    files: Files
    fields: Mapping[str, str] = field(default_factory=dict)
    clips: tuple[Path, ...] = ()
    designs: Mapping[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    remedy: str = "add it, or name another file"  # if a clip's own file is missing
    documents: dict[tuple[bool, str, str], Document] = field(default_factory=dict, compare=False)
    sources: dict[tuple[str, str, str], Source] = field(default_factory=dict, compare=False)
    literal: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False)

    def of(self, fields: Mapping[str, str]) -> AssetLibrary:
        """The same library with other values of the fields in its paths."""
        return replace(self, fields=fields)

    def document(self, name: str, kind: str) -> Document:
        """The document `name`: a packaged one of a `kind` if it has no slash and no suffix, else a file.

        A path is relative to the file that states it. "#" in the name of a look selects one correction of the
        file. ValueError suggests similar names if the document doesn't exist.
        """
        base, path, part = self._base(name), self.filled(name), ""
        if kind == LOOKS and "#" in path and not self.files.has(path, base):
            path, _, part = path.partition("#")
        bare = bool(kind) and "/" not in path and not Path(path).suffix
        # A near miss of a clip's own file would be another clip's file.
        if not bare and path != name and self._is_clips_own(name) and not self.files.has(path, base):
            raise ValueError(f'no such file: "{printable(path, 200)}" — {self.remedy}')
        key = (bare, kind if bare else str(base), path)
        if key not in self.documents:
            document = self._packaged(path, kind) if bare else self.files.document(path, base)
            own_design = document.path.name in resources.DESIGNS.values() and not bare
            self.documents[key] = self._with_fonts(document, base, path) if own_design else document
        return replace(self.documents[key], part=part) if part else self.documents[key]

    @staticmethod
    def _is_clips_own(name: str) -> bool:
        return "clip" in name_fields.path_fields(name)

    def _packaged(self, name: str, kind: str) -> Document:
        if (kind, name) in self.designs:
            path = resources.folder(kind) / name / resources.DESIGNS[kind]
            return Document(path, self.designs[kind, name])
        return _packaged(name, kind)

    def kept_designs(self, documents: Iterable[Document]) -> tuple[str, ...]:
        """The designs among `documents` that an approval replaces, such as "style neon"."""
        entries = ((document.path.parent.parent, document.path.parent.name) for document in documents)
        kept = (
            f"{_NOUNS[kind]} {name}"
            for folder, name in entries
            for kind in resources.DESIGNS
            if folder == resources.folder(kind) and (kind, name) in self.designs
        )
        return tuple(dict.fromkeys(kept))

    def _with_fonts(self, design: Document, base: Path, name: str) -> Document:
        """A design with the fonts in its folder."""
        folder = str(PurePosixPath(name).parent)
        names = [font for kind in ("ttf", "otf") for font in self._matches(f"{folder}/*.{kind}", base)]
        if len(names) > FONTS:
            problem = f'{len(names)} fonts are in the folder of "{printable(name, 200)}"'
            raise ValueError(f"{problem} — keep at most {FONTS}")
        return replace(design, beside=tuple(self.files.document(font, base) for font in names))

    def fonts(self, name: str) -> tuple[Document, ...]:
        """The fonts in a folder of the job."""
        base, path = self._base(name), self.filled(name).rstrip("/")
        kinds = ("ttf", "otf", "TTF", "OTF")
        names = [font for kind in kinds for font in self._matches(f"{path}/*.{kind}", base)]
        if not names:
            raise ValueError(f'no .ttf or .otf font in "{printable(path, 200)}" — name a folder with fonts')
        if len(names) > FAMILIES:
            problem = f'{len(names)} fonts are in "{printable(path, 200)}"'
            raise ValueError(f"{problem} — keep at most {FAMILIES}")
        return tuple(self.files.document(font, base) for font in names)

    def _matches(self, pattern: str, base: Path) -> list[str]:
        try:
            return list(self.files.match(pattern, base))
        except ValueError:  # nothing matches
            return []

    def absent(self, name: str) -> Document | None:
        """Where a document of the job would be, if nothing exists there."""
        path = self.filled(name)
        exists = not path or self.files.has(path, self._base(name))
        return None if exists else Document(self.files.place(path, self._base(name)), b"", absent=True)

    def footage(self, name: str, part: Part = "picture") -> Source:
        """The facts of a clip of the job, read once."""
        key = (str(self._base(name)), self.filled(name), part)
        if key not in self.sources:
            self.sources[key] = self.files.footage(self.filled(name), self._base(name), part)
        return self.sources[key]

    def certificate(self) -> Document | None:
        """The certificates that the caller signs with."""
        return self.files.certificate()

    def series(self) -> tuple[Source, ...]:
        """The facts of every clip of the job that has sound."""
        if not self.clips:
            raise ValueError("this setting needs a job with clips — name the files instead")
        sources = []
        for path in self.clips:
            # A clip without sound isn't part of the series; an unreadable one is reported when it is planned.
            with suppress(ValueError):
                sources.append(self.footage(str(path), "sound"))
        return tuple(sources)

    def filled(self, name: str) -> str:
        """`name` with its fields filled in, unless a file has exactly this name."""
        if not name_fields.path_fields(name):
            return str(name)
        key = (str(self._base(name)), str(name))
        if key not in self.literal:
            with suppress(ValueError):
                self.literal[key] = False
                self.literal[key] = self.files.has(name, self._base(name))
        return str(name) if self.literal[key] else name_fields.filled_path(name, self.fields)

    def _base(self, name: str) -> Path:
        return name.origin.folder if isinstance(name, PlacedText) else self.files.root


def _packaged(name: str, kind: str) -> Document:
    names = resources.names(kind)
    if name not in names:
        raise ValueError(f'unknown {_NOUNS.get(kind, kind)} "{printable(name)}" — {choices(name, names)}')
    path = resources.entry(kind, name)
    return Document(path, path.read_bytes())


_NOUNS = {"luts": "look", "styles": "style"}

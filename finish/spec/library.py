"""How settings come by their documents: a bare name lies on a packaged shelf, anything else is a file of the job."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from finish import resources
from finish.model import Document
from finish.spec.report import choices
from finish.spec.tree import Text, printable


class Files(Protocol):
    """The files that a job may read; `finish.effects.files.Folder` is one. Refusals are ValueErrors."""

    @property
    def root(self) -> Path: ...
    def find(self, name: str, base: Path) -> Path:
        """Where the regular file lies that `name` means, counted from the folder `base`."""
        ...

    def document(self, name: str, base: Path) -> Document: ...
    def library(self, name: str, base: Path) -> Files:
        """The same with one more folder to read from."""
        ...


@dataclass(frozen=True)
class Shelves:
    """The `Library` of one job: each document is read once, so that every deliverable sees the same bytes."""

    files: Files
    kept: dict[tuple[bool, str, str], Document] = field(default_factory=dict, compare=False)

    def document(self, name: str, shelf: str) -> Document:
        """What `name` means: without a slash and a suffix it lies on the packaged `shelf`, else in the job.

        A path counts from the file that states it. ValueError with the near misses when there is none.
        """
        base = name.origin.folder if isinstance(name, Text) else self.files.root
        bare = bool(shelf) and "/" not in name and not Path(name).suffix
        at = (bare, shelf if bare else str(base), str(name))
        if at not in self.kept:
            self.kept[at] = _packaged(name, shelf) if bare else self.files.document(name, base)
        return self.kept[at]


def _packaged(name: str, shelf: str) -> Document:
    known = resources.names(shelf)
    if name not in known:
        raise ValueError(f'no {_NOUNS.get(shelf, shelf)} "{printable(name)}" — {choices(name, known)}')
    path = resources.entry(shelf, name)
    return Document(path, path.read_bytes())


_NOUNS = {"luts": "look", "styles": "style"}

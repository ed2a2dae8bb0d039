"""The small files that settings name, and how a validator reads them. Imports no pydantic and no NumPy."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from finish import units

if TYPE_CHECKING:
    from finish.model.media import Source

Part = Literal["picture", "sound"]


@dataclass(frozen=True)
class Document:
    """A small file that a setting names, read whole: its path and its bytes. Its identity is its bytes.

    An `absent` document will be written later. `beside` are the fonts of a style. `part` is the id of the
    only part of the document that counts: for example, one of several corrections.
    """

    path: Path
    data: bytes = field(repr=False)
    absent: bool = False
    beside: tuple[Document, ...] = field(default=(), repr=False)
    part: str = ""

    @cached_property
    def digest(self) -> str:
        return units.digest(
            self.data, *(font.digest for font in self.beside), *((f"#{self.part}",) if self.part else ())
        )

    @property
    def title(self) -> str:
        """The document's name without suffix, with the part that counts."""
        return f"{self.path.stem} {self.part}" if self.part else self.path.stem

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()


class Library(Protocol):
    """How a validator reads the documents that settings name: the context of `Settings.model_validate`.

    Every method raises ValueError for a path that leads out of the job folder.
    """

    def document(self, name: str, kind: str) -> Document:
        """The document `name`: a bare name is a packaged one of a `kind` ("luts", "styles"), a path is in the
        job.

        ValueError with similar names if it doesn't exist.
        """
        ...

    def fonts(self, name: str) -> tuple[Document, ...]:
        """The fonts in a folder of the job; ValueError if there are none."""
        ...

    def absent(self, name: str) -> Document | None:
        """The document that `name` will become, if nothing exists there yet."""
        ...

    def footage(self, name: str, part: Part = "picture") -> Source:
        """The facts of the clip `name`, a path in the job; ValueError if it can't be read as a clip, or has
        no such part."""
        ...

    def series(self) -> tuple[Source, ...]:
        """The facts of every clip of the job that has sound, in order; ValueError for a setting outside a
        job."""
        ...

    def certificate(self) -> Document | None:
        """The certificates that the caller signs with (PEM); None without any."""
        ...

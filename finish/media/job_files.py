"""The files that a job may read: regular files of bounded size, inside its folder and declared libraries.

What a job spec needs is read with the standard library alone. Object storage, and the reader of clips with
PyAV and NumPy, are imported when the job first names something of that kind.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finish.media.job_folder import JobFolder, os_reason, require_regular
from finish.model import Document
from finish.storage import platform
from finish.storage.file_patterns import tame
from finish.storage.object_storage import is_object

if TYPE_CHECKING:
    from finish.model import Part, Source

# A 65-point .cube, the largest look in use (standards: 33 points at least, 65 for log), is 7 MB as text;
# hours of captions are under 1 MB.
DOCUMENT_BYTES: Final = 32 * 2**20


@dataclass(frozen=True)
class JobFiles(JobFolder):
    """The files of a job folder and its libraries, by the names that a job spec gives them.

    Every refusal is a ValueError with what is wrong and what to do. An address in object storage means its
    copy in the job folder, which is downloaded when it is read.
    """

    def find(self, name: str, base: Path) -> Path:
        """The path of the regular, readable file `name`, relative to the folder `base`."""
        if is_object(name):
            from finish.media.job_objects import object_copy

            return object_copy(self, name)
        return self.file(name, base)

    def has(self, name: str, base: Path) -> bool:
        """Whether anything exists at `name`, relative to the folder `base`."""
        if is_object(name):
            from finish.media.job_objects import object_at

            return object_at(name) is not None
        return os.path.lexists(self.path(name, base))

    def place(self, name: str, base: Path) -> Path:
        """The path of `name`, relative to the folder `base`, whether or not it exists."""
        if is_object(name):
            from finish.media.job_objects import copy_place

            return copy_place(self, name)
        return self.path(name, base)

    def match(self, pattern: str, base: Path) -> dict[str, Path]:
        """The paths of the files that match `pattern`, as `JobFolder.files`; of objects, by their address."""
        if is_object(pattern):
            from finish.media.job_objects import object_copies

            return object_copies(self, pattern)
        return self.files(pattern, base)

    def pictures(self, pattern: str, base: Path, rate: Fraction, first: int | None) -> Path:
        """The note that represents the numbered pictures of `pattern`, relative to the folder `base`, at
        `rate` pictures a second.

        They run from the number `first`, or the lowest that exists, to the highest, and none may be missing.
        """
        if is_object(pattern):
            raise ValueError(
                f'"{tame(pattern)}" is in object storage — copy numbered pictures into the job folder'
            )
        from finish.media.job_media import sequence_note

        return sequence_note(self, pattern, base, rate, first)

    def document(self, name: str, base: Path) -> Document:
        """The content of the file `name`; at most `DOCUMENT_BYTES`."""
        return self._read(name, base, DOCUMENT_BYTES)

    def unpacked(self, name: str, base: Path) -> tuple[Path, str]:
        """The folder with the files of the packed brand `name`, and the digest of the kit that it states."""
        from finish.jobspec.brand_pack import PACK_BYTES
        from finish.media.brand_folders import unpacked_brand

        return unpacked_brand(self.root, self._read(name, base, PACK_BYTES).data)

    def _read(self, name: str, base: Path, most: int) -> Document:
        """The content of a file with at most so many bytes."""
        real = self._local(name, base, most)
        try:
            # A pipe or a link may have taken the file's place: opening doesn't wait for the pipe's writer,
            # and doesn't follow the link.
            handle = platform.open_regular(real)
        except OSError as error:
            raise ValueError(f'"{tame(name)}" can\'t be read: {os_reason(error)}') from error
        with os.fdopen(handle, "rb") as file:
            require_regular(os.fstat(handle).st_mode, name)
            data = file.read(most + 1)
        _require_size(name, len(data), most)
        return Document(real, data)

    def certificate(self) -> Document | None:
        """The certificates that the caller signs with; None without any."""
        from finish.media.provenance.caller_identity import caller_chain

        return caller_chain()

    def footage(self, name: str, base: Path, part: Part) -> Source:
        """The facts of the clip `name`; ValueError if it is damaged or has no such part."""
        from finish.media.job_media import footage

        return footage(self._local(name, base), name, part)

    def _local(self, name: str, base: Path, most: int | None = None) -> Path:
        """The path of the file `name`; an object is downloaded, unless it has more than `most` bytes."""
        real = self.find(name, base)
        if not is_object(name):
            return real
        from finish.media.job_objects import fetched, object_size

        if most is not None:
            _require_size(name, object_size(real), most)
        return fetched(real)


def _require_size(name: str, size: int, most: int) -> None:
    if size > most:
        raise ValueError(
            f'"{tame(name)}" is larger than {most >> 20} MB — captions, looks and styles must be smaller'
        )

"""The parts of a media file besides picture and sound."""

from __future__ import annotations

from dataclasses import dataclass

from finish.model.credentials import Credentials


@dataclass(frozen=True)
class Extras:
    """The parts of a media file besides picture and sound, which aren't delivered.

    `provenance` is whether it has a C2PA manifest, `credentials` what that states, and `source_types` are the
    digital source types in its XMP. `chapters` is their number, and `timecode` that of the first frame, as
    the file states it. `closed_captions` is whether the picture's own stream, or a track, holds
    CEA-608 or 708. `subtitles` are the languages of the subtitle tracks ("" for unknown), of which `drawn`
    are pictures of text.
    """

    provenance: bool = False
    chapters: int = 0
    timecode: str = ""
    closed_captions: bool = False
    subtitles: tuple[str, ...] = ()
    drawn: int = 0
    credentials: Credentials | None = None
    source_types: tuple[str, ...] = ()

    @property
    def stated_types(self) -> tuple[str, ...]:
        """The digital source types that the file states by its credentials, if they are intact, and its
        XMP."""
        signed = self.credentials.source_types if self.credentials and self.credentials.intact else ()
        return tuple(dict.fromkeys((*signed, *self.source_types)))

"""A caption file of any format → cues, or an error that names the line.

A note reports every cue that is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from finish.model import Document, Note
from finish.stages.captions.cues import Cue, with_durations
from finish.stages.captions.formats import plain_text, stl, timed_text, transcript_cues
from finish.stages.captions.formats.ass_reading import read_script
from finish.stages.captions.formats.ass_script import AssScript
from finish.stages.captions.formats.markup import decoded
from finish.stages.captions.formats.rolling import merged_rolling
from finish.stages.captions.formats.subrip import SUBRIP, srt_blocks
from finish.stages.captions.formats.timed_blocks import (
    block_cues,
    check_hours,
    check_length,
    oddities,
    sorted_cues,
)
from finish.stages.captions.formats.webvtt import vtt_file, webvtt
from finish.stages.captions.source_place import SourcePlace, caption_error

CUES: Final = 20_000  # a two-hour film has about 1,500


@dataclass(frozen=True)
class CaptionFile:
    """A caption file as read: its cues in order of time, notes about it, and the script itself if it is ASS.

    `untimed` are the sentences of a plain text, which has no times.
    """

    cues: tuple[Cue, ...]
    notes: tuple[Note, ...] = ()
    script: AssScript | None = None
    untimed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _DecodedFile:
    """A document with its text and the notes of its decoding.

    `fonts` are files whose fonts a script can name.
    """

    document: Document
    text: str = ""
    notes: tuple[Note, ...] = ()
    fonts: tuple[Document, ...] = ()

    @property
    def place(self) -> SourcePlace:
        return SourcePlace.of(self.document)


def read(
    document: Document, encoding: str = "", language: str = "", fonts: Sequence[Document] = ()
) -> CaptionFile:
    """The captions in a document; its suffix states the format.

    FinishError with the place of everything that can't be understood exactly.
    `fonts` are files whose fonts a script can name.
    """
    reader, place = _READERS.get(document.suffix), SourcePlace.of(document)
    if reader is None:
        kind = document.suffix or document.path.name
        raise caption_error(f"{kind!r} isn't a caption format", f"use one of {' '.join(_READERS)}", place)
    text, notes = ("", ()) if document.suffix == ".stl" else decoded(document, encoding, language)
    captions = reader(_DecodedFile(document, text, notes, tuple(fonts)))
    if not captions.cues and not captions.untimed:
        raise caption_error("the file has no cues", "check that it's the right file", place)
    if len(captions.cues) > CUES:
        message = f"the file has {len(captions.cues):,} cues; the limit is {CUES:,}"
        raise caption_error(message, "split the file", place)
    return captions


def _ass(file: _DecodedFile) -> CaptionFile:
    script = read_script(file.text, file.place, file.fonts)
    return CaptionFile(script.cues, (*file.notes, *script.notes), script)


def _json(file: _DecodedFile) -> CaptionFile:
    cues, notes = with_durations(transcript_cues.read_transcript(file.text, file.place))
    return CaptionFile(cues, (*file.notes, *oddities(cues, cues), *notes))


def _srt(file: _DecodedFile) -> CaptionFile:
    cues, notes = block_cues(list(srt_blocks(file.text, file.place)), SUBRIP, file.place)
    return CaptionFile(*merged_rolling(cues, (*file.notes, *notes)))


def _vtt(file: _DecodedFile) -> CaptionFile:
    content = vtt_file(file.text, file.place)
    cues, notes = block_cues(content.blocks, webvtt(content.sheet), file.place)
    return CaptionFile(*merged_rolling(cues, (*file.notes, *content.notes, *notes)))


def _broadcast(file: _DecodedFile) -> CaptionFile:
    """EBU STL, SCC, TTML and IMSC."""
    stl_file = file.document.suffix == ".stl"
    cues, notes = (
        stl.read_stl(file.document) if stl_file else timed_text.read_timed_text(file.text, file.document.path)
    )
    for cue in cues:
        place = file.place.at_part(f"cue {cue.number}")
        check_length(cue.text, place)
        check_hours(cue.end, place)
    kept = sorted_cues(cues)
    return CaptionFile(*merged_rolling(kept, (*file.notes, *notes, *oddities(cues, kept))))


def _plain(file: _DecodedFile) -> CaptionFile:
    return CaptionFile((), file.notes, untimed=plain_text.text_sentences(file.text))


_READERS: Final[dict[str, Callable[[_DecodedFile], CaptionFile]]] = {
    ".srt": _srt,
    ".vtt": _vtt,
    ".webvtt": _vtt,
    ".ass": _ass,
    ".ssa": _ass,
    ".json": _json,
    ".scc": _broadcast,
    ".stl": _broadcast,
    ".txt": _plain,
    **dict.fromkeys(timed_text.XML, _broadcast),
}

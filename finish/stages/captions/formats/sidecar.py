"""Cues → the bytes of a caption file, verified by another reader."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from pysubs2 import SSAFile

from finish.model import Document, Note, Sidecar
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import Format, StlMode
from finish.stages.captions.cues import Cue
from finish.stages.captions.formats import line21_codes, scc_writing, stl_writing, timed_text
from finish.stages.captions.formats.caption_screens import styled_within_words
from finish.stages.captions.formats.frame_timecode import FrameClock
from finish.stages.captions.formats.stl import read_stl
from finish.stages.captions.formats.subtitle_writing import srt, vtt
from finish.stages.captions.formats.ttml_writing import ttml
from finish.stages.captions.source_place import NOWHERE, SourcePlace, caption_error

# pysubs2 takes a timestamp before a character such as < for a timing line.
_WORD_STAMP: Final = re.compile(r"<\d\d:\d\d:\d\d\.\d{3}>")

# The formats that are written, by suffix.
FORMS: Final[dict[str, Format]] = {
    ".srt": "srt",
    ".vtt": "vtt",
    ".ttml": "ttml",
    ".scc": "scc",
    ".stl": "stl",
}


@dataclass(frozen=True)
class SidecarOptions:
    """What a file depends on, beside its cues.

    `rate` is the programme's frame rate (Hz), `timecode` that of its first frame ("" for none), and `place`
    what errors name.
    """

    language: str = ""
    rate: Fraction = Fraction(25)
    timecode: str = ""
    stl_mode: StlMode = "teletext"
    place: SourcePlace = NOWHERE


def sidecar(cues: tuple[Cue, ...], form: Format, options: SidecarOptions) -> Sidecar:
    """The cues as a file next to the video: the file's own cues, not the cards that they were cut into.

    FinishError for what the format can't show.
    """
    content, written = _WRITERS[form](cues, options)
    suffix = f".{options.language}.{form}" if options.language else f".{form}"
    count = _COUNTS[form](content)
    if count != written:
        message = f"the {form.upper()} file would have {count} cues instead of {written}"
        raise caption_error(message, "remove any timing line inside a cue's text", options.place)
    return Sidecar(suffix, content)


Written = tuple[bytes, int]  # a file, and how many cues another reader must find in it


def _text_writer(lines: Callable[[tuple[Cue, ...], str], Iterable[str]]) -> _Writer:
    return lambda cues, options: ("".join(lines(cues, options.language)).encode(), len(cues))


def _scc(cues: tuple[Cue, ...], options: SidecarOptions) -> Written:
    clock = FrameClock.ntsc(options.timecode)
    return "".join(scc_writing.scc(cues, clock)).encode(), len(scc_writing.scheduled(cues, clock))


def _stl(cues: tuple[Cue, ...], options: SidecarOptions) -> Written:
    base = stl_writing.stl_rate(options.rate, options.place)
    clock = FrameClock.whole(base, options.timecode)
    content = stl_writing.stl(cues, clock, options.stl_mode, options.language)
    return content, int(content[243:248])  # the header's number of subtitles (TNS)


_Writer = Callable[[tuple[Cue, ...], SidecarOptions], Written]
_WRITERS: Final[Mapping[Format, _Writer]] = {
    "srt": _text_writer(lambda cues, _: srt(cues)),
    "vtt": _text_writer(lambda cues, _: vtt(cues)),
    "ttml": _text_writer(ttml),
    "scc": _scc,
    "stl": _stl,
}


def _by_pysubs2(form: str) -> Callable[[bytes], int]:
    def count(content: bytes) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return len(SSAFile.from_string(_WORD_STAMP.sub("", content.decode()), format_=form))

    return count


def _by_ttconv(suffix: str) -> Callable[[bytes], int]:
    return lambda content: timed_text.paragraph_count(content.decode(), Path(f"sidecar{suffix}"))


# How many cues another reader finds. No kept library reads EBU STL as finish does (see `stl`).
_COUNTS: Final[Mapping[Format, Callable[[bytes], int]]] = {
    "srt": _by_pysubs2("srt"),
    "vtt": _by_pysubs2("vtt"),
    "ttml": _by_ttconv(".ttml"),
    "scc": _by_ttconv(".scc"),
    "stl": lambda content: len(read_stl(Document(Path("sidecar.stl"), content))[0]),
}


def lost_notes(cues: Sequence[Cue], forms: Iterable[Format], options: SidecarOptions) -> list[Note]:
    """A note if files of these formats can't keep all that the cues state."""
    losses = [
        (form, sum(map(lost, cues)), what) for form in forms for what, lost in _losses(form, options.stl_mode)
    ]
    parts = [(form, count, what) for form, count, what in losses if count]
    notes = [messages.sidecar_losses(parts)] if parts else []
    return [*notes, *(_late_note(cues, options) if "scc" in forms else [])]


def _late_note(cues: Sequence[Cue], options: SidecarOptions) -> list[Note]:
    """A note about the captions whose letters take so long to send that they show later in SCC."""
    clock = FrameClock.ntsc(options.timecode)
    late = [screen.late for screen in scc_writing.scheduled(tuple(cues), clock) if screen.late]
    return [messages.scc_late(len(late), float(max(late) / clock.rate))] if late else []


Loss = tuple[str, Callable[[Cue], bool]]


def _finer_than_thirds(cue: Cue) -> bool:
    """Whether a cue's place is more exact than the nine that SRT has."""
    place = cue.position
    return place is not None and (place.down is not None or place.across not in (None, 0.0, 1.0))


def _is_vertical(cue: Cue) -> bool:
    return cue.position is not None and cue.position.vertical


def _has_other_colours(cue: Cue) -> bool:
    """Whether a colour isn't one of the seven of 608 and teletext."""
    return any(run.colour and run.colour not in line21_codes.COLOURS for run in cue.runs)


def _run(property_name: str) -> Callable[[Cue], bool]:
    return lambda cue: any(bool(getattr(run, property_name)) for run in cue.runs)


_SPEAKER: Final[Loss] = ("the speaker", lambda cue: bool(cue.speaker))
_VERTICAL: Final[Loss] = ("vertical text", _is_vertical)
_BROADCAST: Final[tuple[Loss, ...]] = (
    _SPEAKER,
    _VERTICAL,
    ("bold letters", _run("bold")),
    ("the times of words", _run("time")),
    ("styling inside words", styled_within_words),
)
_LOST: Final[Mapping[Format, tuple[Loss, ...]]] = {
    "srt": (_SPEAKER, ("the exact place", _finer_than_thirds), _VERTICAL),
    "ttml": (_SPEAKER, _VERTICAL),
    "scc": (*_BROADCAST, ("exact colours", _has_other_colours)),
    "stl": _BROADCAST,
}
_LOST_BY_MODE: Final[Mapping[StlMode, tuple[Loss, ...]]] = {
    "teletext": (
        ("italics", _run("italic")),
        ("underlining", _run("underline")),
        ("exact colours", _has_other_colours),
    ),
    "open": (("colours", _run("colour")),),
}


def _losses(form: Format, mode: StlMode) -> tuple[Loss, ...]:
    return (*_LOST.get(form, ()), *(_LOST_BY_MODE[mode] if form == "stl" else ()))

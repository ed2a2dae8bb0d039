"""The notes about what is in a caption file: one function for each code."""

from __future__ import annotations

from collections.abc import Sequence

from finish.model import Note, act, know
from finish.stages.captions.messages import counted
from finish.stages.captions.source_place import SourcePlace


def captions_controls(count: int, first: int) -> Note:
    """Control characters in a caption file; `first` is the line of the first one."""
    text = f"{counted(count, 'control character')} in the captions (first at line {first})"
    return act("captions-controls", f"{text}: read as Windows-1252, or left out — check the captions")


def captions_skipped(count: int, first: SourcePlace, text: str) -> Note:
    """Lines of a WebVTT file that no player shows; `text` is the first of them."""
    lines = f"{counted(count, 'part')} of the file outside any cue (first at {first.within}: {text[:40]!r})"
    return act("captions-skipped", f"{lines}: not shown, as in every player — check the captions")


def captions_odd_head() -> Note:
    """A WebVTT file without its first line."""
    return know("captions-odd", "the file doesn't start with the line WEBVTT, and was read as WebVTT")


def captions_odd_empty(count: int, first: SourcePlace) -> Note:
    """Cues without text."""
    return know("captions-odd", f"{counted(count, 'empty cue')} dropped (first at {first.within})")


def captions_odd_order() -> Note:
    """Cues that aren't in order of time."""
    return know("captions-odd", "the cues weren't in order of time, and were sorted")


def captions_odd_overlap(count: int) -> Note:
    """Cues that overlap."""
    return know("captions-odd", f"{counted(count, 'cue')} starting before the previous cue ends")


def captions_odd_marks() -> Note:
    """Invisible control characters."""
    return know(
        "captions-odd",
        "invisible marks that change the reading direction (U+202A–202E, U+2066–2069) "
        "or byte order marks inside the text removed",
    )


def captions_tags(line: int, cues: int) -> Note:
    """Override tags of an SRT file that captions don't have."""
    text = f"override tags such as {{\\fs}} left out of {counted(cues, 'cue')} (first at line {line})"
    return know("captions-tags", f"{text} — to use them, save the captions as .ass")


def captions_ruby(cues: int) -> Note:
    """Readings beside characters, which captions can't show."""
    return know(
        "captions-ruby", f"the readings (ruby) of {counted(cues, 'cue')} left out: their base text shows"
    )


def captions_unknown_tags(line: int, cues: int) -> Note:
    """Tags that WebVTT doesn't have, which players leave out."""
    text = f"tags that WebVTT doesn't have left out of {counted(cues, 'cue')} (first at line {line})"
    return know("captions-unknown-tags", f"{text} — if they are text, write `&lt;` for `<`")


def captions_voices(line: int, cues: int) -> Note:
    """Cues in which several people speak: a cue has one speaker."""
    text = (
        f"{counted(cues, 'cue')} with several voices (first at line {line}): their text shows without names"
    )
    return know("captions-voices", f"{text} — to keep the names, write one cue for each voice")


def captions_open_end(cues: int, seconds: float) -> Note:
    """Cues whose end the file doesn't state."""
    text = f"{counted(cues, 'cue')} without an end in the file: until the clip ends, or for {seconds:g} s"
    return know("captions-open-end", text)


def captions_encoding(encoding: str, language: str) -> Note:
    """A file in an older encoding, guessed from its language."""
    text = f"the file isn't Unicode; read as {encoding}, which was usual for language {language!r}"
    return know("captions-encoding", f"{text} — check accented letters, or set `captions: encoding`")


def captions_not_understood(warnings: Sequence[str]) -> Note:
    """Parts of a file that its parser doesn't know."""
    text = f"{counted(len(warnings), 'part')} of the file not understood (first: {warnings[0][:100]})"
    return act("captions-not-understood", f"{text} — check the captions")


def cues_before_start(count: int, timecode: str) -> Note:
    """Subtitles before the programme start that a file states."""
    text = f"{counted(count, 'subtitle')} before the programme start ({timecode}) left out"
    return act("cues-early", f"{text} — check that the start is right")


def start_not_used(timecode: str) -> Note:
    """A programme start after all subtitles of a file."""
    text = f"the programme start that the file states ({timecode}) is after all of its subtitles"
    return act("cues-early", f"{text}, whose times count from 0 — check the times")

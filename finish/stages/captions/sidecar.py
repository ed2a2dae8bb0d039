"""Cues → the bytes of an SRT or a WebVTT file, read back before they count."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

from pysubs2 import SSAFile

from finish.model import Sidecar
from finish.stages.captions.cues import Cue, Run, mistake

Format = Literal["srt", "vtt"]


def sidecar(cues: tuple[Cue, ...], form: Format, language: str, path: str) -> Sidecar:
    """The cues as a file beside the picture: the file's own cues, not the cards they were cut into."""
    text = "".join((_vtt if form == "vtt" else _srt)(cues))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = len(SSAFile.from_string(text, format_=form))
    if seen != len(cues):
        found = f"{len(cues)} cues became {seen} in the {form.upper()} file"
        raise mistake(found, "is there a line of times inside a cue's text?", path)
    suffix = f".{language}.{form}" if language else f".{form}"
    return Sidecar(suffix, text.encode())


def _srt(cues: tuple[Cue, ...]) -> Iterator[str]:
    for number, cue in enumerate(cues, 1):
        yield f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_tagged(cue, str)}\n\n"


def _vtt(cues: tuple[Cue, ...]) -> Iterator[str]:
    yield "WEBVTT\n\n"
    for cue in cues:
        yield f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_tagged(cue, _entities)}\n\n"


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tagged(cue: Cue, spelled: Callable[[str], str]) -> str:
    return re.sub(r"\n\s*\n+", "\n", "".join(_styled(run, spelled) for run in cue.runs))


def _styled(run: Run, spelled: Callable[[str], str]) -> str:
    text = spelled(run.text)
    for tag, on in (("u", run.underline), ("i", run.italic), ("b", run.bold)):
        text = f"<{tag}>{text}</{tag}>" if on else text
    return text


def _clock(time: Fraction, point: str) -> str:
    milliseconds = round(time * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"

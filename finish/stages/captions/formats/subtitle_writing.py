"""Cues → SRT and WebVTT: text with its styling as tags, places as far as the format has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

from finish.stages.captions.cues import Cue, CuePosition, StyledRun
from finish.stages.captions.formats.colour_names import CLASS_COLOURS

_BREAKING: Final = re.compile(r"(\\)(?=[Nnh])")


def srt(cues: tuple[Cue, ...]) -> Iterator[str]:
    for number, cue in enumerate(cues, 1):
        times = f"{timestamp(cue.start, ',')} --> {timestamp(cue.end, ',')}"
        yield f"{number}\n{times}\n{_alignment(cue.position)}{_tagged(cue, _srt_run)}\n\n"


def vtt(cues: tuple[Cue, ...]) -> Iterator[str]:
    yield "WEBVTT\n\n"
    colours = sorted({run.colour for cue in cues for run in cue.runs if run.colour} - set(CLASS_COLOURS))
    if colours:
        rules = (f"::cue({_colour_class(colour)}) {{ color: {colour}; }}\n" for colour in colours)
        yield f"STYLE\n{''.join(rules)}\n"
    for cue in cues:
        times = f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}{_settings(cue.position)}"
        voice = f"<v {_voice(cue.speaker)}>" if cue.speaker else ""
        yield f"{times}\n{voice}{_tagged(cue, _vtt_run)}\n\n"


def _alignment(position: CuePosition | None) -> str:
    """The tag of the third of the picture that a place is in; SRT has no finer ones."""
    if position is None:
        return ""
    row = {"bottom": 0, "middle": 1, "top": 2}[position.edge]
    if position.down is not None:
        row = 2 - min(2, int(position.down * 3))
    number = 3 * row + {"left": 1, "centre": 2, "right": 3}[position.align]
    return "" if number == 2 else rf"{{\an{number}}}"


def _settings(position: CuePosition | None) -> str:
    """A place as the settings of a WebVTT cue."""
    if position is None:
        return ""
    down = (
        {"top": 0.0, "middle": 0.5, "bottom": 1.0}[position.edge] if position.down is None else position.down
    )
    edge = {"top": "", "middle": ",center", "bottom": ",end"}[position.edge]
    align = {"left": "start", "centre": "center", "right": "end"}[position.align]
    across = "" if position.across is None else f" position:{100 * position.across:g}%"
    vertical = " vertical:rl" if position.vertical else ""
    return f" line:{100 * down:g}%{edge}{across} align:{align}{vertical}"


def _voice(speaker: str) -> str:
    return escaped(" ".join(speaker.split()))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _colour_class(colour: str) -> str:
    """The class of a colour: WebVTT's own (W3C WebVTT §5.1), or one that the file's STYLE block has."""
    return f".{CLASS_COLOURS.get(colour, f'c{colour[1:]}')}"


def _tagged(cue: Cue, write: Callable[[Cue, StyledRun], str]) -> str:
    """The cue's text with its styling as tags, without blank lines, which would end the cue."""
    return re.sub(r"\n\s*\n+", "\n", "".join(write(cue, run) for run in cue.runs))


def _srt_run(_: Cue, run: StyledRun) -> str:
    """A run as text; U+2060 keeps a literal `\\N` from being read as a line break."""
    lead, text = _parted(run)
    text = _styled(run, _BREAKING.sub("\\1\u2060", text))
    return lead + (f'<font color="{run.colour}">{text}</font>' if run.colour and text else text)


def _vtt_run(cue: Cue, run: StyledRun) -> str:
    """A run as text; blanks and line breaks stay before its timestamp, which belongs to the word."""
    lead, text = _parted(run)
    text = _styled(run, escaped(text))
    return f"{lead}{_stamp(cue, run)}" + (f"<c{_colour_class(run.colour)}>{text}</c>" if run.colour else text)


def _parted(run: StyledRun) -> tuple[str, str]:
    """The blanks and line breaks that a run starts with, and the rest."""
    text = run.text.lstrip()
    return run.text[: len(run.text) - len(text)], text


def _styled(run: StyledRun, text: str) -> str:
    for tag, on in (("u", run.underline), ("i", run.italic), ("b", run.bold)):
        text = f"<{tag}>{text}</{tag}>" if on else text
    return text


def _stamp(cue: Cue, run: StyledRun) -> str:
    """When a word is spoken. WebVTT allows only times inside the cue (W3C WebVTT §4.2.2)."""
    return f"<{timestamp(run.time, '.')}>" if run.time is not None and cue.start < run.time < cue.end else ""


def timestamp(time: Fraction, point: str) -> str:
    milliseconds = round(time * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"

"""Cues → the bytes of an SRT, a WebVTT or a TTML file, verified by another reader."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from pysubs2 import SSAFile

from finish.model import Note, Sidecar
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import Format
from finish.stages.captions.cues import Cue, CuePosition, StyledRun
from finish.stages.captions.formats import timed_text
from finish.stages.captions.formats.colour_names import CLASS_COLOURS
from finish.stages.captions.source_place import SourcePlace, caption_error

# pysubs2 takes a timestamp before a character such as < for a timing line.
_WORD_STAMP: Final = re.compile(r"<\d\d:\d\d:\d\d\.\d{3}>")

# The formats that are written, by suffix.
FORMS: Final[dict[str, Format]] = {".srt": "srt", ".vtt": "vtt", ".ttml": "ttml"}


def sidecar(cues: tuple[Cue, ...], form: Format, language: str, place: SourcePlace) -> Sidecar:
    """The cues as a file next to the video: the file's own cues, not the cards that they were cut into."""
    text = "".join(_WRITERS[form](cues, language))
    suffix = f".{language}.{form}" if language else f".{form}"
    count = _counted(text, form)
    if count != len(cues):
        message = f"the {form.upper()} file would have {count} cues instead of {len(cues)}"
        raise caption_error(message, "remove any timing line inside a cue's text", place)
    return Sidecar(suffix, text.encode())


def lost_notes(cues: Sequence[Cue], forms: Iterable[Format]) -> list[Note]:
    """A note if files of these formats can't keep all that the cues state."""
    losses = [(form, sum(map(lost, cues)), what) for form in forms for what, lost in _LOST.get(form, ())]
    parts = [(form, count, what) for form, count, what in losses if count]
    return [messages.sidecar_losses(parts)] if parts else []


def _counted(text: str, form: Format) -> int:
    """How many cues another reader finds: ttconv in TTML, pysubs2 in the others."""
    if form == "ttml":
        return timed_text.paragraph_count(text, Path("sidecar.ttml"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(SSAFile.from_string(_WORD_STAMP.sub("", text), format_=form))


_TTML_HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" \
xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:timeBase="media" ttp:cellResolution="32 15" \
ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" xml:lang="{language}">
 <head>
  <styling>
   <style xml:id="caption" tts:color="white" tts:backgroundColor="black" \
tts:fontFamily="proportionalSansSerif" tts:fontSize="100%" tts:lineHeight="125%" tts:textAlign="center"/>
  </styling>
  <layout>
   <region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
{regions}  </layout>
 </head>
 <body style="caption" region="bottom">
  <div>
"""


def _ttml(cues: tuple[Cue, ...], language: str) -> Iterator[str]:
    """IMSC 1.1, text profile (W3C 2018): one region at the bottom; players choose the styling."""
    places = {cue.position: number for number, cue in enumerate(cues, 1) if cue.position is not None}
    regions = "".join(_region(number, position) for position, number in places.items())
    yield _TTML_HEAD.format(language=language, regions=regions)
    for cue in cues:
        text = "".join(_span(run) for run in cue.runs)
        region = f' region="r{places[cue.position]}"' if cue.position in places else ""
        yield f'   <p begin="{_clock(cue.start, ".")}" end="{_clock(cue.end, ".")}"{region}>{text}</p>\n'
    yield "  </div>\n </body>\n</tt>\n"


def _region(number: int, position: CuePosition) -> str:
    """A region as high as what is above or below the place, so that text is at its edge there."""
    down = (
        {"top": 0.1, "middle": 0.5, "bottom": 0.9}[position.edge] if position.down is None else position.down
    )
    align = {"top": "before", "middle": "center", "bottom": "after"}[position.edge]
    reach = min(down, 1 - down)
    top, height = {"top": (down, 1 - down), "middle": (down - reach, 2 * reach), "bottom": (0.0, down)}[
        position.edge
    ]
    side = {"left": "start", "centre": "center", "right": "end"}[position.align]
    return (
        f'   <region xml:id="r{number}" tts:origin="10% {100 * top:g}%" tts:extent="80% {100 * height:g}%" '
        f'tts:displayAlign="{align}" tts:textAlign="{side}"/>\n'
    )


def _span(run: StyledRun) -> str:
    text = "<br/>".join(_entities(line) for line in run.text.split("\n"))
    styling = (
        ("fontStyle", "italic", run.italic),
        ("fontWeight", "bold", run.bold),
        ("textDecoration", "underline", run.underline),
    )
    stated = "".join(f' tts:{name}="{value}"' for name, value, on in styling if on)
    stated += f' tts:color="{run.colour}"' if run.colour else ""
    return f"<span{stated}>{text}</span>"


def _srt(cues: tuple[Cue, ...], _: str) -> Iterator[str]:
    for number, cue in enumerate(cues, 1):
        times = f"{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}"
        yield f"{number}\n{times}\n{_alignment(cue.position)}{_tagged(cue, _srt_run)}\n\n"


def _vtt(cues: tuple[Cue, ...], _: str) -> Iterator[str]:
    yield "WEBVTT\n\n"
    colours = sorted({run.colour for cue in cues for run in cue.runs if run.colour} - set(CLASS_COLOURS))
    if colours:
        rules = (f"::cue({_colour_class(colour)}) {{ color: {colour}; }}\n" for colour in colours)
        yield f"STYLE\n{''.join(rules)}\n"
    for cue in cues:
        times = f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}{_settings(cue.position)}"
        voice = f"<v {_voice(cue.speaker)}>" if cue.speaker else ""
        yield f"{times}\n{voice}{_tagged(cue, _vtt_run)}\n\n"


_WRITERS: Final[dict[Format, Callable[[tuple[Cue, ...], str], Iterator[str]]]] = {
    "srt": _srt,
    "vtt": _vtt,
    "ttml": _ttml,
}


def _finer_than_thirds(cue: Cue) -> bool:
    """Whether a cue's place is more exact than the nine that SRT has."""
    place = cue.position
    return place is not None and (place.down is not None or place.across not in (None, 0.0, 1.0))


_LOST: Final[dict[Format, tuple[tuple[str, Callable[[Cue], bool]], ...]]] = {
    "srt": (
        ("the speaker", lambda cue: bool(cue.speaker)),
        ("the exact place", _finer_than_thirds),
        ("vertical text", lambda cue: cue.position is not None and cue.position.vertical),
    ),
    "ttml": (
        ("the speaker", lambda cue: bool(cue.speaker)),
        ("vertical text", lambda cue: cue.position is not None and cue.position.vertical),
    ),
}


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
    return _entities(" ".join(speaker.split()))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _colour_class(colour: str) -> str:
    """The class of a colour: WebVTT's own (W3C WebVTT §5.1), or one that the file's STYLE block has."""
    return f".{CLASS_COLOURS.get(colour, f'c{colour[1:]}')}"


def _tagged(cue: Cue, write: Callable[[Cue, StyledRun], str]) -> str:
    """The cue's text with its styling as tags, without blank lines, which would end the cue."""
    return re.sub(r"\n\s*\n+", "\n", "".join(write(cue, run) for run in cue.runs))


def _srt_run(_: Cue, run: StyledRun) -> str:
    lead, text = _parted(run)
    text = _styled(run, text)
    return lead + (f'<font color="{run.colour}">{text}</font>' if run.colour and text else text)


def _vtt_run(cue: Cue, run: StyledRun) -> str:
    """A run as text; blanks and line breaks stay before its timestamp, which belongs to the word."""
    lead, text = _parted(run)
    text = _styled(run, _entities(text))
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
    return f"<{_clock(run.time, '.')}>" if run.time is not None and cue.start < run.time < cue.end else ""


def _clock(time: Fraction, point: str) -> str:
    milliseconds = round(time * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"

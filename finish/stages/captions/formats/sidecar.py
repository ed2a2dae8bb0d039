"""Cues → the bytes of an SRT, a WebVTT or a TTML file, verified by another reader."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from pysubs2 import SSAFile

from finish.model import Sidecar
from finish.stages.captions.caption_settings import Format
from finish.stages.captions.cues import Cue, CuePosition, StyledRun
from finish.stages.captions.formats import timed_text
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
        yield f"{number}\n{times}\n{_alignment(cue.position)}{_tagged(cue, str, stamped=False)}\n\n"


def _vtt(cues: tuple[Cue, ...], _: str) -> Iterator[str]:
    yield "WEBVTT\n\n"
    for cue in cues:
        times = f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}{_settings(cue.position)}"
        voice = f"<v {_voice(cue.speaker)}>" if cue.speaker else ""
        yield f"{times}\n{voice}{_tagged(cue, _entities, stamped=True)}\n\n"


_WRITERS: Final[dict[Format, Callable[[tuple[Cue, ...], str], Iterator[str]]]] = {
    "srt": _srt,
    "vtt": _vtt,
    "ttml": _ttml,
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


def _tagged(cue: Cue, escape: Callable[[str], str], *, stamped: bool) -> str:
    """The cue's text with its styling as tags, without blank lines, which would end the cue."""
    runs = (_styled(run, escape, _stamp(cue, run) if stamped else "") for run in cue.runs)
    return re.sub(r"\n\s*\n+", "\n", "".join(runs))


def _stamp(cue: Cue, run: StyledRun) -> str:
    """When a word is spoken. WebVTT allows only times inside the cue (W3C WebVTT §4.2.2)."""
    return f"<{_clock(run.time, '.')}>" if run.time is not None and cue.start < run.time < cue.end else ""


def _styled(run: StyledRun, escape: Callable[[str], str], stamp: str) -> str:
    """A run as text; blanks and line breaks stay before its timestamp, which belongs to the word."""
    lead = run.text[: len(run.text) - len(run.text.lstrip())]
    text = escape(run.text[len(lead) :])
    for tag, on in (("u", run.underline), ("i", run.italic), ("b", run.bold)):
        text = f"<{tag}>{text}</{tag}>" if on else text
    return f"{lead}{stamp}{text}"


def _clock(time: Fraction, point: str) -> str:
    milliseconds = round(time * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"

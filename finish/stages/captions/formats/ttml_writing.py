"""Cues → TTML: IMSC 1.1, text profile (W3C 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from finish.stages.captions.cues import Cue, CuePosition, StyledRun
from finish.stages.captions.formats.subtitle_writing import escaped, timestamp

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


def ttml(cues: tuple[Cue, ...], language: str) -> Iterator[str]:
    """The file's text: one region at the bottom, and one for each place; players choose the styling."""
    places = {cue.position: number for number, cue in enumerate(cues, 1) if cue.position is not None}
    regions = "".join(_region(number, position) for position, number in places.items())
    yield _TTML_HEAD.format(language=language, regions=regions)
    for cue in cues:
        text = "".join(_span(run) for run in cue.runs)
        region = f' region="r{places[cue.position]}"' if cue.position in places else ""
        begin, end = timestamp(cue.start, "."), timestamp(cue.end, ".")
        yield f'   <p begin="{begin}" end="{end}"{region}>{text}</p>\n'
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
    text = "<br/>".join(escaped(line) for line in run.text.split("\n"))
    styling = (
        ("fontStyle", "italic", run.italic),
        ("fontWeight", "bold", run.bold),
        ("textDecoration", "underline", run.underline),
    )
    stated = "".join(f' tts:{name}="{value}"' for name, value, on in styling if on)
    stated += f' tts:color="{run.colour}"' if run.colour else ""
    return f"<span{stated}>{text}</span>"

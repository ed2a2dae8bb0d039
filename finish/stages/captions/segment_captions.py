"""The captions of single clips of a timeline, at the times at which the programme shows their sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final, Protocol

from finish.model import PlacedClip, Programme
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import CaptionSettings
from finish.stages.captions.cues import Cue, retimed
from finish.stages.captions.formats.caption_formats import CaptionFile, read
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.units import Span

# House value: what a cut leaves of a cue shows if it is at least this long (s) or half of the cue.
_SHORTEST_REST: Final = Fraction(1, 2)


class TimeMap(Protocol):
    """From the times of captions to those of the programme."""

    def programme_span(self, span: Span) -> Span | None: ...


def with_segment_captions(
    captions: CaptionFile, settings: CaptionSettings, programme: Programme
) -> CaptionFile:
    """The captions of the programme, and those of its clips that have their own; numbered in order of time.

    FinishError for captions of a clip that have no times of their own, or their own typesetting.
    """
    parts = [_carried(part, settings, programme.rate) for part in captioned_parts(programme)]
    if not parts:
        return captions
    if captions.script is not None:
        place = SourcePlace.of(settings.file)
        raise caption_error("an ASS file can't be joined with the captions of segments", "use .srt", place)
    cues = sorted(
        (cue for file in (captions, *parts) for cue in file.cues), key=lambda cue: (cue.start, cue.end)
    )
    numbered = tuple(replace(cue, number=number) for number, cue in enumerate(cues, 1))
    notes = tuple(dict.fromkeys(note for file in (captions, *parts) for note in file.notes))
    return replace(captions, cues=numbered, notes=notes)


def _carried(part: PlacedClip, settings: CaptionSettings, rate: Fraction) -> CaptionFile:
    """The captions of one clip on the programme's clock."""
    assert part.captions is not None
    file = read(part.captions, settings.encoding, settings.lang, settings.fonts)
    if file.script is not None or file.untimed:
        kind = "an ASS file" if file.script is not None else "a text without times"
        message = f"{kind} can't be the captions of a segment"
        raise caption_error(message, "use captions with times, such as .srt", SourcePlace.of(part.captions))
    return carried(file, part, rate)


def carried(captions: CaptionFile, times: TimeMap, rate: Fraction) -> CaptionFile:
    """The captions at the times at which their sections show, without those of removed sections."""
    spans = [times.programme_span(Span(cue.start, cue.end)) for cue in captions.cues]
    cues = tuple(
        _shown_cue(cue, span, times)
        for cue, span in zip(captions.cues, spans, strict=True)
        if span is not None and is_long_enough(cue, span)
    )
    script = captions.script and captions.script.moved(rate, times.programme_span)
    dropped = len(captions.cues) - len(cues)
    notes = (messages.cues_dropped(dropped, len(captions.cues)),) if dropped else ()
    return replace(captions, cues=cues, script=script, notes=(*captions.notes, *notes))


def _shown_cue(cue: Cue, span: Span, times: TimeMap) -> Cue:
    """The cue in `span` of the programme, with its words' times there.

    A removed word has the next one's time.
    """

    def programme_time(time: Fraction) -> Fraction:
        rest = times.programme_span(Span(time, cue.end)) if time < cue.end else None
        return span.end if rest is None else rest.start

    return retimed(cue, programme_time)


def is_long_enough(cue: Cue, rest: Span) -> bool:
    """Whether the rest of a cue is long enough to show."""
    return rest.end - rest.start >= min(_SHORTEST_REST, (cue.end - cue.start) / 2)


def captioned_parts(programme: Programme) -> Iterator[PlacedClip]:
    """The clips of a timeline that have captions of their own."""
    return (part for part in programme.parts if part.captions is not None)

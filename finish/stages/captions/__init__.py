"""Captions: read, fitted into the safe box, burnt, and written beside the picture; a finished file without them breaks a promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from finish.analysis.shots import Shots
from finish.errors import several
from finish.graph import Kind
from finish.model import Analyser, Ask, Delivery, Measure, Note, Programme, ReviewMarker, act, know
from finish.stages.captions.caption_settings import CaptionSettings
from finish.stages.captions.caption_source import load_captions
from finish.stages.captions.cues import Cue, caption_error, retimed
from finish.stages.captions.drawing.burn_in import NAME, burned_in, clip_analysers
from finish.stages.captions.formats.caption_formats import CaptionFile
from finish.stages.captions.formats.sidecar import sidecar
from finish.stages.captions.placement.card_fitting import CardGrid
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import broken_rules, reading_limits, reading_speed
from finish.units import Span, clock

Settings = CaptionSettings  # the name by which every stage's settings are reached (model.Stage)

name = NAME
touches: Final[tuple[Kind, ...]] = ("video",)

_LEFT: Final = Fraction(
    1, 2
)  # s; house: what is left of a cue after a cut shows for this long or for half of its time, or not at all


def questions(settings: CaptionSettings) -> tuple[Analyser[Any], ...]:
    """What is asked of the clip so that its captions stand clear and are legible; its shots where rules are to be kept."""
    if settings.file is None:
        return ()
    asked = clip_analysers(settings)
    return asked if settings.rules == "note" or Shots() in asked else (*asked, Shots())


def plan(settings: CaptionSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its captions burnt and beside it; FinishError for a file, a glyph or a fit that cannot be."""
    if settings.file is None:
        return programme
    captions, drafts = load_captions(settings, programme, ask)
    if settings.rules == "require":
        _keep_rules(settings, captions.cues, programme, ask)
    captions = _paced(captions, programme)
    cues, late = _in_range(captions.cues, programme, str(settings.file.path))
    notes = [*captions.notes, *late, *_fast(cues, settings.lang)]
    if not settings.burn and not settings.sidecar:
        notes.append(
            act("no-captions", "captions are neither burnt nor written: `burn` is off and `sidecar` is empty")
        )
    files = tuple(sidecar(cues, form, settings.lang, str(settings.file.path)) for form in settings.sidecar)
    done = programme.add_files(*files).add_drafts(*drafts).add_notes(*notes)
    if not settings.burn:
        return done
    marked = done.add_marks(*_marks(cues, programme))
    return burned_in(settings, replace(captions, cues=cues), marked, delivery, ask)


def _keep_rules(settings: CaptionSettings, cues: tuple[Cue, ...], programme: Programme, ask: Ask) -> None:
    """FinishError with every rule that a cue breaks, at its line."""
    rate = programme.source.video.rate if programme.source.video else programme.rate
    edges = ShotTimes(rate, ask(Measure(Shots(), programme.conformed)).cuts)
    found = broken_rules(cues, settings.lang, edges)
    errors = (
        tuple(
            caption_error(
                str(each),
                "`finish captions fix FILE --clip CLIP`, or `captions: {rules: note}`",
                f"{settings.file.path}:{each.cue.line}",
            )
            for each in found
        )
        if settings.file
        else ()
    )
    if errors:
        raise several(errors)


def _paced(captions: CaptionFile, programme: Programme) -> CaptionFile:
    """The captions at the times at which what they are of is shown; without those of which next to nothing is."""
    if programme.timeline is None:
        return captions
    spans = [programme.shown(Span(cue.start, cue.end)) for cue in captions.cues]
    cues = tuple(
        _moved(cue, span, programme)
        for cue, span in zip(captions.cues, spans, strict=True)
        if span is not None and _enough(cue, span)
    )
    script = captions.script and captions.script.moved(programme.rate, programme.shown)
    gone = len(captions.cues) - len(cues)
    text = f"{gone} of {len(captions.cues)} cues fall in sections that pacing removes, and were dropped"
    notes = (know("cues-dropped", text),) if gone else ()
    return replace(captions, cues=cues, script=script, notes=(*captions.notes, *notes))


def _moved(cue: Cue, span: Span, programme: Programme) -> Cue:
    """The cue in `span` of the programme, its words when they are heard there; a word that is left out, when the next one is."""

    def heard(time: Fraction) -> Fraction:
        left = programme.shown(Span(time, cue.end)) if time < cue.end else None
        return span.end if left is None else left.start

    return retimed(cue, heard)


def _enough(cue: Cue, left: Span) -> bool:
    """Whether what is left of a cue is worth showing."""
    return left.end - left.start >= min(_LEFT, (cue.end - cue.start) / 2)


def _in_range(cues: tuple[Cue, ...], programme: Programme, path: str) -> tuple[tuple[Cue, ...], list[Note]]:
    """The cues of which enough shows within the programme and before its end card, the last ones ended with it."""
    end = min(
        [
            programme.duration,
            *(each.span.start for each in programme.taken if each.box.size == programme.frame),
        ]
    )
    begun = [cue for cue in cues if round(cue.start * programme.rate) < round(end * programme.rate)]
    begun = [cue for cue in begun if cue.end <= end or _enough(cue, Span(cue.start, end))] or begun
    if not begun:
        first = (
            f"the first cue starts at {clock(cues[0].start)}" if cues else "no cue is of what pacing keeps"
        )
        raise caption_error(
            f"{first} and the programme ends at {clock(end)}",
            "do these captions belong to another clip?",
            f"{path}:{cues[0].line}" if cues else path,
        )
    late = len(cues) - len(begun)
    text = f"{late} of {len(cues)} cues start after the end of the programme, or as good as: left out"
    notes = [act("cues-late", text)] if late else []
    return tuple(replace(cue, end=min(cue.end, end)) for cue in begun), notes


def _fast(cues: Iterable[Cue], language: str) -> list[Note]:
    most = reading_limits(language).speed
    fast = [cue for cue in cues if reading_speed(cue, language) > most]
    if not fast:
        return []
    worst = max(fast, key=lambda cue: reading_speed(cue, language))
    text = (
        f"{len(fast)} cue{'s' * (len(fast) > 1)} read faster than {most} characters a second, "
        f"the fastest cue {worst.number} at {reading_speed(worst, language):.0f} (`finish captions fix` gives them time)"
    )
    return [know("cues-fast", text)]


def _marks(cues: Iterable[Cue], programme: Programme) -> tuple[ReviewMarker, ...]:
    """The frame in the middle of every cue, with its words on one line."""
    grid = CardGrid(programme.rate, programme.frames, "")
    return tuple(
        ReviewMarker(sum(grid.of(cue)) // 2 / programme.rate, " ".join(cue.text.split())) for cue in cues
    )

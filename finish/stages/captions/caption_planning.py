"""Captions: read, fitted into the safe area, burned in, and written as sidecars.

Promises state that they show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from finish.analysis.shots import Shots
from finish.errors import several
from finish.model import Analyser, Ask, Delivery, Note, Programme, ReviewMarker, WrittenOnce
from finish.model.never_words import never_words_in
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import CaptionSettings, NeverWords
from finish.stages.captions.caption_source import load_captions
from finish.stages.captions.cues import Cue
from finish.stages.captions.drawing.burn_in import burned_in, clip_analysers
from finish.stages.captions.formats.caption_formats import CaptionFile
from finish.stages.captions.formats.sidecar import SidecarOptions, lost_notes, sidecar
from finish.stages.captions.placement.card_fitting import CardGrid
from finish.stages.captions.segment_captions import (
    captioned_parts,
    carried,
    is_long_enough,
    with_segment_captions,
)
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import broken_rules, reading_limits, reading_speed
from finish.units import Span, clock


def questions(settings: CaptionSettings) -> tuple[Analyser[Any], ...]:
    """The analysers of the clip that placement and legibility need, and its shots if rules are required."""
    if settings.file is None:
        return ()
    analysers = clip_analysers(settings)
    return analysers if settings.rules == "note" or Shots() in analysers else (*analysers, Shots())


def plan(settings: CaptionSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its captions burned in and as sidecars.

    FinishError for a file that can't be read, a character that no font has, or text that doesn't fit.
    """
    captions, drafts = CaptionFile(()), tuple[WrittenOnce, ...]()
    if settings.file is not None:
        captions, drafts = load_captions(settings, programme, ask)
        if settings.rules == "require":
            _require_rules(settings, captions.cues, programme, ask)
        captions = carried(captions, programme, programme.rate)
    elif not any(captioned_parts(programme)):
        return programme
    captions = with_segment_captions(captions, settings, programme)
    place = SourcePlace.of(settings.file)
    cues, late = _in_range(captions.cues, programme, place)
    notes = [*captions.notes, *late, *_fast(cues, settings.lang), *_forbidden(settings.never, cues)]
    if not settings.burn and not settings.sidecar:
        notes.append(messages.no_captions())
    timecode = delivery.container.timecode or ""
    options = SidecarOptions(settings.lang, programme.rate, timecode, settings.stl_mode, place)
    notes += lost_notes(cues, settings.sidecar, options)
    files = tuple(sidecar(cues, form, options) for form in settings.sidecar)
    written = programme.add_files(*files).add_drafts(*drafts).add_notes(*notes)
    if not settings.burn:
        return written
    marked = written.add_marks(*_marks(cues, programme))
    return burned_in(settings, replace(captions, cues=cues), marked, delivery, ask)


def _require_rules(settings: CaptionSettings, cues: tuple[Cue, ...], programme: Programme, ask: Ask) -> None:
    """FinishError with every rule that a cue breaks, at its place."""
    shots = ShotTimes(programme.content_rate, programme.content(Shots(), ask).cuts)
    hint = "run `finish captions fix FILE --clip CLIP`, or set `captions: {rules: note}`"
    errors = [
        caption_error(str(rule), hint, rule.cue.place) for rule in broken_rules(cues, settings.lang, shots)
    ]
    if errors:
        raise several(tuple(errors))


def _in_range(
    cues: tuple[Cue, ...], programme: Programme, place: SourcePlace
) -> tuple[tuple[Cue, ...], list[Note]]:
    """The cues that show long enough before the programme or its end card ends, cut to that end.

    A note reports the dropped ones.
    """
    cards = (area.span.start for area in programme.taken if area.box.size == programme.frame)
    end = min([programme.duration, *cards])
    started = [cue for cue in cues if round(cue.start * programme.rate) < round(end * programme.rate)]
    kept = [cue for cue in started if cue.end <= end or is_long_enough(cue, Span(cue.start, end))] or started
    if not kept:
        first = f"the first cue starts at {clock(cues[0].start)}" if cues else "pacing removes every cue"
        raise caption_error(
            f"{first}, and the programme ends at {clock(end)}",
            "check that the captions belong to this clip",
            cues[0].place if cues else place,
        )
    late = len(cues) - len(kept)
    notes = [messages.cues_late(late, len(cues))] if late else []
    return tuple(replace(cue, end=min(cue.end, end)) for cue in kept), notes


def _fast(cues: Iterable[Cue], language: str) -> list[Note]:
    """A note about the cues that are too fast to read."""
    limit = reading_limits(language).speed
    fast = [cue for cue in cues if reading_speed(cue, language) > limit]
    if not fast:
        return []
    worst = max(fast, key=lambda cue: reading_speed(cue, language))
    return [messages.cues_fast(len(fast), limit, worst.number, reading_speed(worst, language))]


def _forbidden(never: NeverWords, cues: Iterable[Cue]) -> list[Note]:
    """A note about each cue with a word that captions may not contain; FinishError if that is refused."""
    lost = [(cue, words) for cue in cues if (words := never_words_in(cue.text, never.words))]
    if lost and never.refuse:
        errors = [
            caption_error(messages.contains_never_words(words), "use other words", cue.place)
            for cue, words in lost
        ]
        raise several(tuple(errors))
    return [messages.never_word(cue.place, clock(cue.start), words) for cue, words in lost]


def _marks(cues: Iterable[Cue], programme: Programme) -> tuple[ReviewMarker, ...]:
    """The frame in the middle of every cue, with its words on one line."""
    grid = CardGrid(programme.rate, programme.frames)
    return tuple(
        ReviewMarker(sum(grid.of(cue)) // 2 / programme.rate, " ".join(cue.text.split())) for cue in cues
    )

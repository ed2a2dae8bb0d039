"""Captions for the picture: cues as a graphic to place, or a script with its own places."""

from __future__ import annotations

from typing import Any

from finish.analysis.clearance import ExpectedGraphic
from finish.model import Analyser, Ask, Delivery, Programme
from finish.scene.scene_questions import scene_analysers
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import CaptionSettings
from finish.stages.captions.cues import Cue
from finish.stages.captions.drawing.caption_graphic import CaptionGraphic, caption_needs
from finish.stages.captions.drawing.caption_promises import drawn_with_promises, evenly_sampled, sampled_times
from finish.stages.captions.drawing.script_rescale import ScriptFrame, check_safe_area, fit_script
from finish.stages.captions.formats.ass_script import AssScript
from finish.stages.captions.formats.caption_formats import CaptionFile
from finish.stages.captions.placement.card_fitting import CardGrid
from finish.stages.captions.placement.card_placement import CaptionArea
from finish.stages.captions.placement.fitted_cards import FittedCards
from finish.stages.captions.source_place import SourcePlace


def clip_analysers(settings: CaptionSettings) -> tuple[Analyser[Any], ...]:
    """The analysers of the clip that captions clear of faces and text, and legible captions, need."""
    return scene_analysers(caption_needs(settings)) if settings.burn else ()


def burned_in(
    settings: CaptionSettings, captions: CaptionFile, programme: Programme, delivery: Delivery, ask: Ask
) -> Programme:
    """The programme with captions for its picture.

    FinishError for a character that no font has, and for text that doesn't fit.
    """
    if captions.script is not None:
        return _burned_script(settings, captions.script, captions.cues, programme, delivery, ask)
    grid = CardGrid(programme.rate, programme.frames)
    fitted = FittedCards(settings, captions.cues, settings.styled, delivery, grid)
    if not fitted.cards:
        return programme
    return programme.add_graphics(CaptionGraphic(fitted, programme.content_keys))


def _burned_script(  # noqa: PLR0913, PLR0917 (`burned_in` for a script)
    settings: CaptionSettings,
    script: AssScript,
    cues: tuple[Cue, ...],
    programme: Programme,
    delivery: Delivery,
    ask: Ask,
) -> Programme:
    """The programme with a script on its picture, which has its own positions and styles."""
    frame, safe = delivery.frame, delivery.safe.within(delivery.frame)
    area = CaptionArea(frame, safe, 0, settings.styled).box
    ground = ScriptFrame(programme.content_size, frame, safe, area, SourcePlace.of(settings.file))
    payload = fit_script(script, ground)
    grid = CardGrid(programme.rate, programme.frames)
    times = {cue: sampled_times(*grid.of(cue), programme.rate) for cue in cues}
    samples = {time: cue for cue in evenly_sampled(cues) for time in times[cue]}
    check_safe_area(payload, ground, samples, programme, ask)
    graphics = [ExpectedGraphic(times[cue], safe) for cue in cues]
    notes = [messages.ass_places()] if programme.taken or programme.graphics else []
    return drawn_with_promises(programme, payload, graphics, delivery).add_notes(*notes)

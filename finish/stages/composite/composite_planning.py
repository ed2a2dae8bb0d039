"""Composite: a logo, lower thirds and an end card, as graphics that the placement stage places and draws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from finish.model import Analyser, Ask, Delivery, Programme, ReservedArea
from finish.model.graphics import AVOIDED, SceneNeed
from finish.model.sound_input import silent_after
from finish.scene.scene_questions import scene_analysers
from finish.stages.composite import messages
from finish.stages.composite.card_graphic import CardGraphic
from finish.stages.composite.composite_settings import SHORTEST_THIRD, CompositeSettings, EndCard, LowerThird
from finish.stages.composite.label_graphic import LabelGraphic, label_needs
from finish.stages.composite.label_settings import Label
from finish.stages.composite.logo_graphic import LogoGraphic, logo_needs
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.stages.composite.third_graphic import ThirdGraphic
from finish.stages.composite.titles.title_graphic import TitleGraphic, title_needs
from finish.stages.composite.titles.title_settings import SHORTEST_TITLE, Title


def questions(settings: CompositeSettings) -> tuple[Analyser[Any], ...]:
    """The analysers that the places of the graphics depend on."""
    needs: set[SceneNeed] = set(logo_needs(settings.logo)) if settings.logo else set()
    for label in settings.labels:
        needs |= label_needs(label)
    for title in settings.titles:
        needs |= title_needs(title)
    return scene_analysers(needs | AVOIDED if settings.lower_third else needs)


def plan(
    settings: CompositeSettings,
    programme: Programme,
    delivery: Delivery,
    ask: Ask,  # noqa: ARG001 (the protocol of a stage)
) -> Programme:
    """The programme with its graphics to place, longer by its end card.

    SpecError for a graphic that can't show, GlyphError for a character that no font has.
    """
    area = OverlayArea.of(delivery, programme.rate, programme.frames)
    keys = programme.content_keys
    if settings.logo:
        window = area.window(settings.logo.start, settings.logo.end, "logo")
        programme = programme.add_graphics(LogoGraphic(settings.logo, area, window, keys))
    if settings.lower_third:
        window = _third_window(settings.lower_third, area)
        programme = programme.add_graphics(ThirdGraphic(settings.lower_third, area, window, keys))
    for number, label in enumerate(settings.worded_labels, 1):
        graphic = LabelGraphic(label, area, _label_window(label, number, area), keys, number)
        assert graphic.lines, "text that doesn't fit is an error of the plan"
        programme = programme.add_graphics(graphic)
    for number, title in enumerate(settings.titles, 1):
        drawn = TitleGraphic(title, area, _title_window(title, number, area), keys, number)
        drawn.check()
        programme = programme.add_graphics(drawn)
    return programme if settings.end_card is None else _with_card(settings.end_card, area, programme)


def _third_window(settings: LowerThird, area: OverlayArea) -> FrameWindow:
    """When a lower third shows; SpecError if that is too short to read it."""
    window = area.window(settings.start, settings.end, "lower third")
    if window.end - window.start < SHORTEST_THIRD * area.rate:
        raise messages.third_too_late(settings.start, area.frames / area.rate, SHORTEST_THIRD)
    return window


def _label_window(settings: Label, number: int, area: OverlayArea) -> FrameWindow:
    """When a label shows; SpecError if the programme ends before it can be read."""
    name = f"label {number}"
    window = area.window(settings.start or Fraction(0), settings.end, name)
    seconds = (window.end - window.start) / area.rate
    if seconds < settings.shortest - 1 / area.rate:
        raise messages.label_too_short(name, seconds, settings.shortest)
    return window


def _title_window(settings: Title, number: int, area: OverlayArea) -> FrameWindow:
    """When a title shows; SpecError if the programme ends before it can be read."""
    name = f"title {number}"
    window = area.window(settings.start or Fraction(0), settings.end, name)
    seconds = (window.end - window.start) / area.rate
    if seconds < SHORTEST_TITLE - 1 / area.rate:
        raise messages.title_too_short(name, seconds, SHORTEST_TITLE)
    return window


def _with_card(settings: EndCard, area: OverlayArea, programme: Programme) -> Programme:
    """The longer programme with its end card to draw; nothing else shows then."""
    longer = _longer(programme, settings.seconds)
    card = CardGraphic(settings, area, FrameWindow(area.frames, longer.frames, area.rate))
    card.check()
    return longer.add_graphics(card).reserve(ReservedArea(card.box, card.window.span))


def _longer(programme: Programme, seconds: Fraction) -> Programme:
    """The programme with its last frame held and its sound silent for the length of the end card."""
    added = max(1, round(seconds * programme.rate))
    frames = programme.frames + added
    end = frames / programme.rate
    picture = programme.picture.filter(
        "tpad", stop_mode="clone", stop_duration=(added + 1) / programme.rate
    ).filter("trim", end=end)
    sound = silent_after(programme.sound, programme.duration, end)
    note = messages.end_card(float(added / programme.rate))
    return replace(programme, picture=picture, sound=sound, frames=frames).add_notes(note)

"""The planning of the placement stage: the page is planned as a whole, then every graphic is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from finish.model import Analyser, Ask, Delivery, Programme
from finish.model.graphics import AVOIDED, Graphic, SceneNeed
from finish.scene.scene_content import Scene
from finish.stages.placement.page_planner import PagePlanner
from finish.stages.placement.placement_decisions import as_decided, earlier_places, place_decisions
from finish.stages.placement.placement_settings import PlacementSettings


def questions(settings: PlacementSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (a stage's protocol)
    """None: the stages that make graphics ask what their places depend on."""
    return ()


def plan(settings: PlacementSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its graphics drawn.

    FinishError for a graphic that fits nowhere, and for one that can't be drawn.
    """
    graphics = programme.graphics
    if not graphics:
        return programme
    earlier = earlier_places(programme, graphics)
    undecided = [graphic for graphic in graphics if graphic.name not in earlier]
    scene = Scene.of(programme, _needs(settings, undecided), ask)
    stated = {name: places.entries for name, places in earlier.items()}
    page = PagePlanner(programme, scene, stated).placed(graphics)
    placed = [(graphic, as_decided(page[graphic.name], earlier.get(graphic.name))) for graphic in graphics]
    composed: Programme = replace(programme, graphics=())
    composed = composed.add_decisions(*place_decisions(programme, placed))
    for _, group in groupby(placed, key=lambda pair: pair[0].stage):
        drawn, plain = list(group), composed.picture
        for graphic, outcome in drawn:
            composed = graphic.drawn(composed, delivery, outcome)
        composed = composed.add_promises(*drawn[0][0].promises(drawn, plain, delivery))
    return composed


def _needs(settings: PlacementSettings, graphics: Iterable[Graphic]) -> frozenset[SceneNeed]:
    """What graphics need to know of the picture."""
    needs: frozenset[SceneNeed] = frozenset().union(*(graphic.needs for graphic in graphics))
    return needs - (AVOIDED - {"cuts"} - frozenset(settings.avoid))

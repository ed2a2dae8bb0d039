"""Planned pictures that can be read without the engine."""

from __future__ import annotations

from dataclasses import replace

from finish.engine.plan import Plan
from finish.execution.renderer import Renderer
from finish.planning.render_plan import Rendering


def readable(plan: Plan, renderer: Renderer) -> Plan:
    """A plan whose pictures read each derived source from its file, which is rendered now if it's missing.

    It's for looking at frames: its pictures have other keys than those that a run renders. What questions are
    about stays the same.
    """
    return replace(plan, renderings=tuple(_readable(rendering, renderer) for rendering in plan.renderings))


def _readable(rendering: Rendering, renderer: Renderer) -> Rendering:
    planned, whole = rendering.planned, rendering.picture
    picture, encoded = renderer.opened([planned.programme.picture, whole.inputs[0]])
    programme = planned.programme.with_picture(picture)
    return replace(
        rendering, picture=encoded.encoded(whole.encoding), planned=replace(planned, programme=programme)
    )

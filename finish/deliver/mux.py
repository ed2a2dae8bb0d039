"""Encoded picture and sound in one file."""

from __future__ import annotations

from pathlib import Path

from finish.execution.renderer import Renderer
from finish.graph import Output
from finish.media.ffmpeg import ffmpeg_runner
from finish.planning.render_plan import Rendering


def mux(renderer: Renderer, rendering: Rendering, file: Path) -> str:
    """Join the pieces and copy picture and sound into `file`; returns the digest of the picture's packets."""
    container = rendering.planned.deliverable.delivery.container
    (sound,) = renderer.decoded([rendering.sound])
    pieces = [piece.picture for piece in rendering.pieces]
    frames = [piece.frames for piece in rendering.pieces]
    with renderer.assembled(pieces, frames, rendering.planned.programme.rate) as (picture, packets):
        output = Output((picture, sound), str(file), container.format, container.muxing())
        ffmpeg_runner.write([output], cancel=renderer.cancel)
    ffmpeg_runner.refuse_absent(file)
    return packets

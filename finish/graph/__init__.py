"""Streams as values whose key is their whole history, and their compilation to FFmpeg. Knows no stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.lazy_names import lazy_names

if TYPE_CHECKING:
    from finish.graph.compiler import CompiledCommand, Output, compile_outputs, reading
    from finish.graph.derived_sources import FrameFormat, computed, derived, derived_frames, fits_derived
    from finish.graph.description import describe
    from finish.graph.filter_values import FrameSteps, Payload, TimeSliced
    from finish.graph.layouts import PictureLayout, PicturePlace, PictureTransition, SoundLayout, SoundPlace
    from finish.graph.optimizer import decoded, one_decode, packed, push_down_lut, relocated, substitute
    from finish.graph.option_values import EnableSpan, EnableSpans, PayloadBytes, commands, spelled
    from finish.graph.sequence import picture_sequence, sound_sequence
    from finish.graph.slicing import read_during, slice_streams, steady_until
    from finish.graph.stream import (
        OVERLAID,
        Encoding,
        Kind,
        Stream,
        files,
        generate,
        history,
        image,
        joined,
        source,
        waveform,
    )
    from finish.graph.timeline import Timeline

__all__ = [
    "OVERLAID",
    "CompiledCommand",
    "EnableSpan",
    "EnableSpans",
    "Encoding",
    "FrameFormat",
    "FrameSteps",
    "Kind",
    "Output",
    "Payload",
    "PayloadBytes",
    "PictureLayout",
    "PicturePlace",
    "PictureTransition",
    "SoundLayout",
    "SoundPlace",
    "Stream",
    "TimeSliced",
    "Timeline",
    "commands",
    "compile_outputs",
    "computed",
    "decoded",
    "derived",
    "derived_frames",
    "describe",
    "files",
    "fits_derived",
    "generate",
    "history",
    "image",
    "joined",
    "one_decode",
    "packed",
    "picture_sequence",
    "push_down_lut",
    "read_during",
    "reading",
    "relocated",
    "slice_streams",
    "sound_sequence",
    "source",
    "spelled",
    "steady_until",
    "substitute",
    "waveform",
]

_MODULES: Final = {
    "finish.graph.compiler": ("CompiledCommand", "Output", "compile_outputs", "reading"),
    "finish.graph.derived_sources": ("FrameFormat", "computed", "derived", "derived_frames", "fits_derived"),
    "finish.graph.description": ("describe",),
    "finish.graph.filter_values": ("FrameSteps", "Payload", "TimeSliced"),
    "finish.graph.layouts": (
        "PictureLayout",
        "PicturePlace",
        "PictureTransition",
        "SoundLayout",
        "SoundPlace",
    ),
    "finish.graph.optimizer": ("decoded", "one_decode", "packed", "push_down_lut", "relocated", "substitute"),
    "finish.graph.option_values": ("EnableSpan", "EnableSpans", "PayloadBytes", "commands", "spelled"),
    "finish.graph.sequence": ("picture_sequence", "sound_sequence"),
    "finish.graph.slicing": ("read_during", "slice_streams", "steady_until"),
    "finish.graph.stream": (
        "OVERLAID",
        "Encoding",
        "Kind",
        "Stream",
        "files",
        "generate",
        "history",
        "image",
        "joined",
        "source",
        "waveform",
    ),
    "finish.graph.timeline": ("Timeline",),
}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)

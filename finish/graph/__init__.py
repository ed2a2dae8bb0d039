"""Streams as values whose key is their whole history, and the way from them to FFmpeg. Knows no stage."""

from finish.graph.compiler import CompiledCommand, Output, compile_outputs, reading
from finish.graph.describe import describe
from finish.graph.optimizer import decoded, one_decode, packed, push_down_lut, relocated, substitute
from finish.graph.slicing import read_during, slice_streams, steady_until
from finish.graph.stream import (
    OVERLAID,
    EnableSpan,
    EnableSpans,
    Encoding,
    Kind,
    PayloadBytes,
    Stream,
    commands,
    files,
    generate,
    history,
    image,
    joined,
    source,
    spelled,
    waveform,
)
from finish.graph.timeline import Timeline
from finish.graph.values import FrameSteps, Payload, TimeSliced

__all__ = [
    "OVERLAID",
    "CompiledCommand",
    "EnableSpan",
    "EnableSpans",
    "Encoding",
    "FrameSteps",
    "Kind",
    "Output",
    "Payload",
    "PayloadBytes",
    "Stream",
    "TimeSliced",
    "Timeline",
    "commands",
    "compile_outputs",
    "decoded",
    "describe",
    "files",
    "generate",
    "history",
    "image",
    "joined",
    "one_decode",
    "packed",
    "push_down_lut",
    "read_during",
    "reading",
    "relocated",
    "slice_streams",
    "source",
    "spelled",
    "steady_until",
    "substitute",
    "waveform",
]

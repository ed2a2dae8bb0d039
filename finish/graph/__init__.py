"""Streams as values whose key is their whole history, and the way from them to FFmpeg. Knows no stage."""

from finish.graph.compiler import Lowered, Output, lower, reading
from finish.graph.describe import describe
from finish.graph.optimizer import decoded, one_decode, packed, relocated, sink_pointwise, substitute
from finish.graph.slicing import during, read_during, steady_until
from finish.graph.stream import (
    OVERLAID,
    Data,
    Encoding,
    Kind,
    Often,
    Payload,
    Shows,
    Steps,
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

__all__ = [
    "OVERLAID",
    "Data",
    "Encoding",
    "Kind",
    "Lowered",
    "Often",
    "Output",
    "Payload",
    "Shows",
    "Steps",
    "Stream",
    "Timeline",
    "commands",
    "decoded",
    "describe",
    "during",
    "files",
    "generate",
    "history",
    "image",
    "joined",
    "lower",
    "one_decode",
    "packed",
    "read_during",
    "reading",
    "relocated",
    "sink_pointwise",
    "source",
    "spelled",
    "steady_until",
    "substitute",
    "waveform",
]

"""Streams as values whose key is their whole history, and the way from them to FFmpeg. Knows no stage."""

from finish.graph.describe import describe
from finish.graph.lower import Lowered, Output, lower
from finish.graph.rewrite import decoded, during, one_decode, sink_pointwise, steady_until, substitute
from finish.graph.stream import (
    OVERLAID,
    Data,
    Encoding,
    Kind,
    Payload,
    Shows,
    Steps,
    Stream,
    generate,
    history,
    image,
    joined,
    source,
    spelled,
)

__all__ = [
    "OVERLAID",
    "Data",
    "Encoding",
    "Kind",
    "Lowered",
    "Output",
    "Payload",
    "Shows",
    "Steps",
    "Stream",
    "decoded",
    "describe",
    "during",
    "generate",
    "history",
    "image",
    "joined",
    "lower",
    "one_decode",
    "sink_pointwise",
    "source",
    "spelled",
    "steady_until",
    "substitute",
]

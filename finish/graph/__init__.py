"""Streams as values whose key is their whole history, and the way from them to FFmpeg. Knows no stage."""

from finish.graph.describe import describe
from finish.graph.lower import Lowered, Output, lower
from finish.graph.rewrite import decoded, during, sink_pointwise, substitute
from finish.graph.stream import OVERLAID, Data, Encoding, Kind, Payload, Stream, generate, history, image, source

__all__ = [
    "OVERLAID", "Data", "Encoding", "Kind", "Lowered", "Output", "Payload", "Stream", "decoded", "describe", "during", "generate",
    "history", "image", "lower", "sink_pointwise", "source", "substitute",
]

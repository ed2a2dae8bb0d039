"""The values that stages, pipeline and effects speak in, and the small protocols through which they meet the world."""

from finish.model.ask import SMALL_PICTURE, Accept, Analyser, Array, Ask, Fold, Frames, Measure, Promise, Reader, Samples, Verdict
from finish.model.delivery import (
    Container,
    Delivery,
    Limits,
    PictureEncoding,
    Preset,
    Rates,
    SafeZone,
    SoundEncoding,
    timescale,
)
from finish.model.media import AudioTrack, Source, VideoTrack
from finish.model.programme import Deliverable, Job, Mark, Planned, Programme, Refused, Sidecar, Stage, Taken
from finish.model.values import Document, File, FrameSize, Library, Look, Rate, Seconds, Settings, StyleFile

__all__ = [
    "SMALL_PICTURE",
    "Accept", "Analyser", "Array", "Ask", "AudioTrack", "Container", "Deliverable", "Delivery", "Document", "File", "Fold",
    "FrameSize", "Frames", "Job", "Library", "Limits", "Look", "Mark", "Measure", "PictureEncoding", "Planned", "Preset", "Programme",
    "Promise", "Rate", "Rates", "Reader", "Refused", "SafeZone", "Samples", "Seconds", "Settings", "Sidecar", "SoundEncoding", "Source", "Stage",
    "StyleFile", "Taken", "Verdict", "VideoTrack", "timescale",
]

"""The values that stages, pipeline and effects speak in, and the small protocols through which they meet the world."""

from finish.model.ask import SMALL_PICTURE, Accept, Analyser, Array, Ask, Fold, Frames, Measure, Parted, Promise, Reader, Samples, Verdict
from finish.model.codecs import AAC, H264, PCM, PictureEncoding, ProRes, SoundEncoding
from finish.model.delivery import BREATH, GRAPHICS_SAFE, Container, Delivery, Limits, Preset, Rates, SafeZone
from finish.model.fit import fitted
from finish.model.framing import Framing
from finish.model.media import AudioTrack, Extras, Source, VideoTrack
from finish.model.programme import Decision, Deliverable, Job, Mark, Planned, Programme, Refused, Sidecar, Stage, Taken, Unmade, Values
from finish.model.values import Document, File, FrameSize, Library, Look, Rate, Seconds, Settings, StyleFile

__all__ = [
    "AAC",
    "BREATH",
    "GRAPHICS_SAFE",
    "H264",
    "PCM",
    "SMALL_PICTURE",
    "Accept",
    "Analyser",
    "Array",
    "Ask",
    "AudioTrack",
    "Container",
    "Decision",
    "Deliverable",
    "Delivery",
    "Document",
    "Extras",
    "File",
    "Fold",
    "FrameSize",
    "Frames",
    "Framing",
    "Job",
    "Library",
    "Limits",
    "Look",
    "Mark",
    "Measure",
    "Parted",
    "PictureEncoding",
    "Planned",
    "Preset",
    "ProRes",
    "Programme",
    "Promise",
    "Rate",
    "Rates",
    "Reader",
    "Refused",
    "SafeZone",
    "Samples",
    "Seconds",
    "Settings",
    "Sidecar",
    "SoundEncoding",
    "Source",
    "Stage",
    "StyleFile",
    "Taken",
    "Unmade",
    "Values",
    "Verdict",
    "VideoTrack",
    "fitted",
]

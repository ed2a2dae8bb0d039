"""The values that rooms exchange, and the protocols through which planning reaches media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.lazy_names import lazy_names

if TYPE_CHECKING:
    from finish.model.account import (
        BEHIND,
        INDEX_CUT,
        ContainerClaims,
        DecodedTrack,
        DecodeFault,
        DecodeReport,
        Loss,
        StreamGap,
        Whose,
        merged,
        phrase,
    )
    from finish.model.approval import Approval
    from finish.model.arrays import Array, normalised
    from finish.model.clip_programme import ClipProgramme, PlacedClip, only_clip
    from finish.model.codecs import AAC, H264, PCM, PictureEncoding, ProRes, SoundEncoding
    from finish.model.deliverable import (
        Deliverable,
        Job,
        PlannedDeliverable,
        RefusedDeliverable,
        UnreadableDeliverable,
    )
    from finish.model.delivery import (
        BREATH,
        GRAPHICS_SAFE,
        Container,
        Delivery,
        DeliveryLimits,
        Preset,
        Rates,
        SafeZone,
    )
    from finish.model.edit import (
        CardMaterial,
        ClipMaterial,
        Edit,
        EditSegment,
        EditTransition,
        GapMaterial,
        Material,
        Place,
        SoundEdges,
        SpeedKey,
        SplitMaterial,
        StillMaterial,
        TransitionKind,
        clips_of,
        segment_label,
    )
    from finish.model.edit_time import EditTime
    from finish.model.file_size import fitted
    from finish.model.footage import Footage
    from finish.model.framing import FramePane, Framing
    from finish.model.lock_values import OddValue, reading_lock
    from finish.model.losses import as_decoded, clip_account
    from finish.model.media import (
        AudioTrack,
        Derived,
        PictureShape,
        SampleRun,
        SoundChange,
        Source,
        VideoTrack,
    )
    from finish.model.notes import LEVELS, Level, Note, accepted, act, detail, know, ranked
    from finish.model.programme import Programme
    from finish.model.programme_clips import media_of, programme_account
    from finish.model.programme_records import (
        Decision,
        ReservedArea,
        ReviewMarker,
        Sidecar,
        Values,
        WrittenOnce,
    )
    from finish.model.promises import CheckResult, Promise, Tolerance
    from finish.model.questions import (
        SMALL_PICTURE,
        Analyser,
        Ask,
        Folding,
        Frames,
        Lines,
        Measure,
        MediaReader,
        Parted,
        Samples,
        Scores,
        Spans,
        Sparse,
        within,
    )
    from finish.model.ranges import ClipRange, TimeRange
    from finish.model.sample_timing import SOUND_RATE
    from finish.model.sequence_programme import SequenceProgramme
    from finish.model.spec_documents import Document, Library, Part
    from finish.model.stage import Scope, Stage
    from finish.model.track_selection import ChannelContent
    from finish.model.values import (
        File,
        FileToCome,
        Fonts,
        FrameSize,
        Look,
        Picture,
        Rate,
        Recording,
        Requirement,
        Seconds,
        Series,
        Settings,
        Stretch,
        StyleFile,
    )

__all__ = [
    "AAC",
    "BEHIND",
    "BREATH",
    "GRAPHICS_SAFE",
    "H264",
    "INDEX_CUT",
    "LEVELS",
    "PCM",
    "SMALL_PICTURE",
    "SOUND_RATE",
    "Analyser",
    "Approval",
    "Array",
    "Ask",
    "AudioTrack",
    "CardMaterial",
    "ChannelContent",
    "CheckResult",
    "ClipMaterial",
    "ClipProgramme",
    "ClipRange",
    "Container",
    "ContainerClaims",
    "Decision",
    "DecodeFault",
    "DecodeReport",
    "DecodedTrack",
    "Deliverable",
    "Delivery",
    "DeliveryLimits",
    "Derived",
    "Document",
    "Edit",
    "EditSegment",
    "EditTime",
    "EditTransition",
    "File",
    "FileToCome",
    "Folding",
    "Fonts",
    "Footage",
    "FramePane",
    "FrameSize",
    "Frames",
    "Framing",
    "GapMaterial",
    "Job",
    "Level",
    "Library",
    "Lines",
    "Look",
    "Loss",
    "Material",
    "Measure",
    "MediaReader",
    "Note",
    "OddValue",
    "Part",
    "Parted",
    "Picture",
    "PictureEncoding",
    "PictureShape",
    "Place",
    "PlacedClip",
    "PlannedDeliverable",
    "Preset",
    "ProRes",
    "Programme",
    "Promise",
    "Rate",
    "Rates",
    "Recording",
    "RefusedDeliverable",
    "Requirement",
    "ReservedArea",
    "ReviewMarker",
    "SafeZone",
    "SampleRun",
    "Samples",
    "Scope",
    "Scores",
    "Seconds",
    "SequenceProgramme",
    "Series",
    "Settings",
    "Sidecar",
    "SoundChange",
    "SoundEdges",
    "SoundEncoding",
    "Source",
    "Spans",
    "Sparse",
    "SpeedKey",
    "SplitMaterial",
    "Stage",
    "StillMaterial",
    "StreamGap",
    "Stretch",
    "StyleFile",
    "TimeRange",
    "Tolerance",
    "TransitionKind",
    "UnreadableDeliverable",
    "Values",
    "VideoTrack",
    "Whose",
    "WrittenOnce",
    "accepted",
    "act",
    "as_decoded",
    "clip_account",
    "clips_of",
    "detail",
    "fitted",
    "know",
    "media_of",
    "merged",
    "normalised",
    "only_clip",
    "phrase",
    "programme_account",
    "ranked",
    "reading_lock",
    "segment_label",
    "within",
]

_NAMES: Final = {
    "account": (
        "BEHIND INDEX_CUT ContainerClaims DecodedTrack DecodeFault DecodeReport Loss "
        "StreamGap Whose merged phrase"
    ),
    "approval": "Approval",
    "arrays": "Array normalised",
    "codecs": "AAC H264 PCM PictureEncoding ProRes SoundEncoding",
    "deliverable": "Deliverable Job PlannedDeliverable RefusedDeliverable UnreadableDeliverable",
    "delivery": "BREATH GRAPHICS_SAFE Container Delivery DeliveryLimits Preset Rates SafeZone",
    "edit": (
        "CardMaterial ClipMaterial Edit EditSegment EditTransition GapMaterial Material Place "
        "SoundEdges SpeedKey SplitMaterial StillMaterial TransitionKind clips_of segment_label"
    ),
    "edit_time": "EditTime",
    "file_size": "fitted",
    "footage": "Footage",
    "framing": "FramePane Framing",
    "lock_values": "OddValue reading_lock",
    "losses": "as_decoded clip_account",
    "media": "AudioTrack Derived PictureShape SampleRun SoundChange Source VideoTrack",
    "notes": "LEVELS Level Note accepted act detail know ranked",
    "clip_programme": "ClipProgramme PlacedClip only_clip",
    "programme": "Programme",
    "programme_clips": "media_of programme_account",
    "programme_records": "Decision ReservedArea ReviewMarker Sidecar Values WrittenOnce",
    "sequence_programme": "SequenceProgramme",
    "stage": "Scope Stage",
    "promises": "CheckResult Promise Tolerance",
    "questions": (
        "SMALL_PICTURE Analyser Ask Folding Frames Lines Measure MediaReader Parted Samples "
        "Scores Spans Sparse within"
    ),
    "ranges": "ClipRange TimeRange",
    "sample_timing": "SOUND_RATE",
    "spec_documents": "Document Library Part",
    "track_selection": "ChannelContent",
    "values": (
        "File FileToCome Fonts FrameSize Look Picture Rate Recording Requirement Seconds "
        "Series Settings Stretch StyleFile"
    ),
}
_MODULES: Final = {f"finish.model.{module}": tuple(names.split()) for module, names in _NAMES.items()}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)

"""What is known of a media file once it has been probed: plain facts, in the container's own terms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from finish import graph
from finish.model.account import ContainerClaims, DecodeReport, Loss
from finish.units import Size


@dataclass(frozen=True)
class PictureShape:
    """From `time` on (s on the file's own clock) a picture has this `size`, in square pixels, and this pixel
    format."""

    time: Fraction
    size: Size
    pix_fmt: str


@dataclass(frozen=True)
class VideoTrack:
    """One video stream as decoded: `size` is the displayed size (after rotation, in square pixels), `coded`
    is not.

    Colour fields use FFmpeg's names, "" where the file says nothing. `gap` is the longest time (s) that one
    frame is held, `key_gap` the longest (s) from one keyframe, at which decoding can begin, to the next or to
    the end; `frames` counts packets that are shown; `start` and `end` are seconds on the file's own clock,
    `end` including the last frame. `straight`: some of it is transparent, and its colours are not multiplied
    with that, so that what lies under is arbitrary. `bits` is the depth of one component; `peak` the
    brightest of HDR content in cd/m², None where the file doesn't say. `changes` are the shapes of a picture
    that does not keep one, in order; all of it is then shown in one of them. `interlaced`: some of it is
    woven of fields, by what its rows show, else by its flags (`flagged`; `partly`: not all frames have one).
    `fields` is what the rows show: "tff", "bff", "progressive", or "" where they cannot tell. `telecine`:
    film by 3:2 pulldown; `repeats`: one frame in so many repeats the one before it, 0 for none. `dolby` is
    the profile of a Dolby Vision picture, and what else shows it (0: nothing; Dolby Vision Streams, table 2).
    """

    index: int
    codec: str
    profile: str
    pix_fmt: str
    coded: Size
    size: Size
    sample_aspect: Fraction
    rotation: int
    rate: Fraction
    variable: bool
    frames: int
    start: Fraction
    end: Fraction
    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    full_range: bool | None = None
    interlaced: bool = False
    hdr: bool = False
    gap: Fraction = Fraction(0)
    bits: int = 8
    alpha: bool = False
    straight: bool = False
    peak: Fraction | None = None
    key_gap: Fraction = Fraction(0)
    changes: tuple[PictureShape, ...] = ()
    dolby: tuple[int, int] | None = None
    flagged: bool = False
    partly: bool = False
    fields: Literal["", "progressive", "tff", "bff"] = ""
    telecine: bool = False
    repeats: int = 0

    @property
    def fielded(self) -> bool:
        """Whether a player would take it for interlaced, whatever its rows show."""
        return self.interlaced or self.flagged

    @property
    def short_side(self) -> int:
        return min(self.coded.width, self.coded.height)

    @property
    def long_side(self) -> int:
        return max(self.coded.width, self.coded.height)


@dataclass(frozen=True)
class SampleRun:
    """So many samples of a track without a break between them: the first at `start` on the file's clock, all
    of them in `seconds`."""

    start: Fraction
    seconds: Fraction
    samples: int


@dataclass(frozen=True)
class SoundChange:
    """What a sound is like from `time` on (s on the file's clock); `places` are its channels, () where they
    have none."""

    time: Fraction
    rate: int
    layout: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class AudioTrack:
    """One audio stream. `start` and `end` are seconds on the file's own clock.

    `runs` is where its samples lie by their smoothed stamps, () where counting them from the first stamp says
    the same; they are counted at 48 kHz where the rate or the channels change on the way. `torn`: it has more
    gaps or bends than that. `changes` is what it is like from when on, the first at its beginning, ()
    unknown; `places` are its channels, () where they have none. `default`: the container would play it first;
    `aside`: what it is besides the programme ("commentary"), "" if nothing.
    """

    index: int
    codec: str
    rate: int
    channels: int
    layout: str
    start: Fraction
    end: Fraction
    language: str = ""
    runs: tuple[SampleRun, ...] = ()
    torn: bool = False
    changes: tuple[SoundChange, ...] = ()
    places: tuple[str, ...] = ()
    default: bool = False
    aside: str = ""
    title: str = ""


@dataclass(frozen=True)
class Extras:
    """What a media file carries besides picture and sound, and what no delivery of ours takes over.

    `provenance`: a C2PA manifest; `chapters`: how many; `timecode`: of the first frame, as the file writes
    it; `closed_captions`: CEA-608 or 708 inside the picture's own stream; `subtitles`: the language of each
    subtitle track, "" unknown, of which so many are `drawn`: pictures of letters.
    """

    provenance: bool = False
    chapters: int = 0
    timecode: str = ""
    closed_captions: bool = False
    subtitles: tuple[str, ...] = ()
    drawn: int = 0


@dataclass(frozen=True)
class Derived:
    """A file made of a clip's own packets, which is read in its place: where it lies, and the digest of its
    bytes."""

    path: Path
    digest: str


@dataclass(frozen=True)
class Source:
    """A media file: where it lies, the digest of its bytes, and its tracks; `warnings` is what is odd but
    survivable.

    `video` is the picture in use, `pictures` are all that it could be, in the file's order. `faststart` and
    `edit_list` are facts of MP4 and MOV files, None for others. `packets` is the digest of the first
    picture's packets as they are stored. `need` is why the file itself would be read wrongly, "" for most;
    `derived` is what is read instead, and the tracks are its own. `stated` is what the container says of its
    length, `decoded` what of the file decodes (None: not tried), `losses` where they differ.
    """

    path: Path
    digest: str
    size: int
    demuxer: str
    start: Fraction
    video: VideoTrack | None
    audio: tuple[AudioTrack, ...] = ()
    faststart: bool | None = None
    edit_list: bool | None = None
    warnings: tuple[str, ...] = ()
    pictures: tuple[VideoTrack, ...] = ()
    extras: Extras = Extras()
    packets: str = ""
    need: str = ""
    derived: Derived | None = None
    stated: ContainerClaims = field(default_factory=ContainerClaims)
    decoded: DecodeReport | None = None
    losses: tuple[Loss, ...] = ()

    def __post_init__(self) -> None:
        if self.video is not None and not self.pictures:
            object.__setattr__(self, "pictures", (self.video,))

    @property
    def whole(self) -> bool:
        """Whether nothing that its container states is missing, as far as its structure shows."""
        return not any(loss.certain for loss in self.losses)

    @property
    def tolerant(self) -> bool:
        """Whether decoders are to go on over what is damaged or missing: somebody accepts it, or it is
        explained."""
        return bool(self.losses) or self.open_ended

    @property
    def open_ended(self) -> bool:
        """A WAV whose writer could not go back to say how long it became: it ends with the file, in the
        middle of a block of FFmpeg's."""
        return self.demuxer == "wav" and self.stated.seconds is None

    @property
    def track(self) -> AudioTrack | None:
        """The first audio stream, if any."""
        return self.audio[0] if self.audio else None

    @property
    def seconds(self) -> float:
        """Length of the picture, else of the sound."""
        longest = self.video or self.track
        return float(longest.end - longest.start) if longest else 0.0

    @property
    def kbits(self) -> float:
        """Mean rate of the whole file in kbit/s."""
        return self.size * 8 / 1000 / self.seconds if self.seconds else 0.0

    @property
    def sound_lead(self) -> float | None:
        """Milliseconds by which the sound starts before the picture (negative: after); None without both."""
        return float((self.video.start - self.audio[0].start) * 1000) if self.video and self.audio else None

    @property
    def sound_excess(self) -> float | None:
        """Milliseconds by which the sound ends after the picture; None without both."""
        return float((self.audio[0].end - self.video.end) * 1000) if self.video and self.audio else None

    def showing(self, picture: int) -> Source:
        """The same file with another of its pictures in use."""
        return replace(self, video=self.pictures[picture])

    @property
    def _read(self) -> Derived:
        return self.derived or Derived(self.path, self.digest)

    @property
    def picture(self) -> graph.Stream:
        """The video stream as decoded and turned upright."""
        assert self.video is not None
        video, read = self.video, self._read
        return graph.source(
            "video",
            read.digest,
            str(read.path),
            index=video.index,
            demuxer=self.demuxer,
            size=video.coded,
            frames=video.frames,
            tolerant=self.tolerant,
            steady=not video.changes,
        )

    def sound(self, track: int = 0) -> graph.Stream:
        """The given audio stream as decoded."""
        read, index = self._read, self.audio[track].index
        return graph.source(
            "audio", read.digest, str(read.path), index=index, demuxer=self.demuxer, tolerant=self.tolerant
        )

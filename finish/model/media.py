"""The facts of a probed media file, in the container's own terms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from finish import graph
from finish.model.account import ContainerClaims, DecodeReport, Loss
from finish.model.media_extras import Extras
from finish.units import Size

# The containers with an index of every frame, and the pictures that finish draws ("drawn").
INDEXED: Final = frozenset({"mov", "mp4", "matroska", "webm", "drawn"})


@dataclass(frozen=True)
class PictureShape:
    """The shape of a picture from `time` on (s on the file's own clock): its `size` in square pixels, and its
    pixel format."""

    time: Fraction
    size: Size
    pix_fmt: str


@dataclass(frozen=True)
class VideoTrack:
    """One video stream as decoded.

    - `size` is the displayed size (after rotation, in square pixels); `coded` is the size before that.
    - `frames` is the number of packets that are shown. `start` and `end` are seconds on the file's own clock;
      `end` includes the last frame.
    - `gap` is the longest time (s) that one frame is shown; `key_gap` is the longest time (s) from one
      keyframe to the next, or to the end.
    - Colour fields use FFmpeg's names; "" if the file states nothing. `bits` is the depth of one component,
      and `peak` the brightest HDR content (cd/m²; None if the file doesn't state it).
    - `alpha`: the picture has transparency. `straight`: its colours aren't multiplied with it, so the colours
      of transparent areas are arbitrary.
    - `changes` are the shapes of a picture that changes its shape, in order; the whole picture is read in one
      of them.
    - `interlaced`: some frames consist of fields, by their rows, else by their flags. `flagged`: frames are
      flagged as interlaced; `partly`: not all of them are.
    - `fields` is what the rows show: "tff", "bff", "progressive", or "" if they don't show it.
    - `telecine`: film with 3:2 pulldown. `repeats`: one frame in so many repeats the one before; 0 for none.
    - `dolby` is the profile of a Dolby Vision picture, and its compatibility ID (0: nothing else can show it;
      Dolby Vision Streams, table 2).
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
        """Whether a player treats it as interlaced, whatever its rows show."""
        return self.interlaced or self.flagged

    @property
    def short_side(self) -> int:
        return min(self.coded.width, self.coded.height)

    @property
    def long_side(self) -> int:
        return max(self.coded.width, self.coded.height)


@dataclass(frozen=True)
class SampleRun:
    """A number of samples of a track without a break: the first at `start` (s on the file's clock), all of
    them in `seconds`."""

    start: Fraction
    seconds: Fraction
    samples: int


@dataclass(frozen=True)
class SoundChange:
    """The format of a sound from `time` on (s on the file's clock); `places` are the positions of its
    channels, () if they have none."""

    time: Fraction
    rate: int
    layout: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class AudioTrack:
    """One audio stream. `start` and `end` are seconds on the file's own clock.

    - `runs` are the runs of its samples by their smoothed timestamps; () if counting from the first timestamp
      gives the same result. If the rate or the channels change midway, samples are counted at 48 kHz.
    - `torn`: it has more gaps or bends than `runs` can list.
    - `changes` are its formats, the first at its beginning; () if they are unknown.
    - `places` are the positions of its channels; () if they have none.
    - `default`: players play it first. `aside` is its role besides main sound, such as "commentary"; "" for
      main sound.
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
class Derived:
    """A derived file, made of a clip's own packets and read in its place: its path, and the digest of its
    bytes."""

    path: Path
    digest: str


@dataclass(frozen=True)
class Source:
    """A media file: its path, the digest of its bytes, and its tracks.

    - `video` is the picture in use, and `pictures` are all pictures, in the file's order.
    - `faststart` and `edit_list` are facts of MP4 and MOV files; None for others.
    - `warnings` are oddities that don't prevent reading it.
    - `packets` is the digest of the first picture's packets as stored.
    - `need` is why the file itself can't be read correctly ("" for most). `derived` is the file that is read
      instead; the tracks are those of that file.
    - `stated` are the container's claims, `decoded` is the result of decoding the file (None: it wasn't
      decoded), and `losses` are the differences.
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
    extras: Extras = field(default_factory=Extras)
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
        """Whether no part that its container states is certainly missing."""
        return not any(loss.certain for loss in self.losses)

    @property
    def tolerant(self) -> bool:
        """Whether decoders continue after damage: the user accepts it, or it has an explanation."""
        return bool(self.losses) or self.open_ended

    @property
    def indexed(self) -> bool:
        """Whether an index leads to every frame. In other containers, seeking isn't exact."""
        return self.demuxer in INDEXED

    @property
    def open_ended(self) -> bool:
        """Whether it is a WAV without a stated length, because its writer couldn't go back to the header: it
        ends with the file, in the middle of a block."""
        return self.demuxer == "wav" and self.stated.seconds is None

    @property
    def track(self) -> AudioTrack | None:
        """The first audio stream, if any."""
        return self.audio[0] if self.audio else None

    @property
    def seconds(self) -> float:
        """The length (s) of the picture, else of the sound."""
        longest = self.video or self.track
        return float(longest.end - longest.start) if longest else 0.0

    @property
    def kbits(self) -> float:
        """The mean rate of the file in kbit/s."""
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
            late=max(Fraction(0), video.start - self.start),
        )

    def sound(self, track: int = 0) -> graph.Stream:
        """An audio stream as decoded."""
        read, index = self._read, self.audio[track].index
        return graph.source(
            "audio", read.digest, str(read.path), index=index, demuxer=self.demuxer, tolerant=self.tolerant
        )

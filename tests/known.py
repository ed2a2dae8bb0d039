"""Clips whose every frame and sample is known, and the frames and samples of their deliveries.

Pictures are arrays, written as raw code values.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finish.analysis.channel_levels import ChannelLevels
from finish.analysis.decode_faults import Decoding
from finish.execution.frame_reader import FrameReader
from finish.execution.renderer import Renderer
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.probe import probe
from finish.model import (
    SOUND_RATE,
    Ask,
    ClipProgramme,
    Container,
    DecodeReport,
    Delivery,
    Programme,
    Rates,
    Source,
)
from finish.stages import conform, reframe
from finish.storage.store import Store
from finish.units import Size

Floats = NDArray[np.float64]
Frames = list[tuple[Fraction, list[Floats]]]

WIDE = Size(128, 72)
LARGE = Size(384, 216)  # where colours are converted: chroma filters reach 12 pixels
# Luma weights of red and blue: BT.709-6 item 3.2, BT.601-7 item 2.5.1, BT.2020-2 table 4.
WEIGHTS = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114), "bt2020nc": (0.2627, 0.0593)}
CORNERS = ((0.8, 0.1, 0.1), (0.1, 0.7, 0.2), (0.15, 0.2, 0.9), (0.9, 0.85, 0.2))
GREYS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
BITS = 8


def drawn(number: int, size: Size = WIDE) -> Floats:
    """R'G'B' of 0 to 1: a colour in each corner, greys along the top, and the frame number as eight bars."""
    picture = np.full((size.height, size.width, 3), 0.4)
    high, wide = size.height // 4 // 4 * 4, size.width // 4 // 4 * 4
    picture[:high, :wide], picture[:high, -wide:], picture[-high:, :wide], picture[-high:, -wide:] = CORNERS
    step = size.width // 2 // len(GREYS) // 4 * 4
    for place, grey in enumerate(GREYS):
        picture[:high, wide + place * step : wide + (place + 1) * step] = grey
    bar = size.width // BITS // 4 * 4
    for bit in range(BITS):
        picture[high + 4 : -high - 4, bit * bar : (bit + 1) * bar] = number >> bit & 1
    return picture


@dataclass(frozen=True)
class Codes:
    """How a picture is coded: matrix, range, depth, and how many pixels share chroma across and down."""

    pix_fmt: str = "yuv420p"
    matrix: str = "bt709"
    full: bool = False
    bits: int = 8
    shared: tuple[int, int] = (2, 2)

    def of(self, rgb: Floats) -> list[Floats]:
        """Y′, C′b, C′r as codes, not rounded.

        BT.709-6 items 3.2 to 3.5, full range as in H.273 equations 24 to 26.
        """
        red, blue = WEIGHTS[self.matrix]
        luma = rgb @ [red, 1 - red - blue, blue]
        colour = ((rgb[..., 2] - luma) / (2 - 2 * blue), (rgb[..., 0] - luma) / (2 - 2 * red))
        unit = 2 ** (self.bits - 8)
        top = 2**self.bits - 1
        planes = [luma * top if self.full else (16 + 219 * luma) * unit]
        planes += [
            plane * top + 128 * unit if self.full else (128 + 224 * plane) * unit
            for plane in map(self._thinned, colour)
        ]
        return planes

    def rounded(self, rgb: Floats) -> Floats:
        """The R'G'B' of the rounded codes: what a clip of this picture really holds where it is flat."""
        red, blue = WEIGHTS[self.matrix]
        luma, cb, cr = (plane.round() for plane in replace(self, shared=(1, 1)).of(rgb))
        unit, top = 2 ** (self.bits - 8), 2**self.bits - 1
        luma = luma / top if self.full else (luma / unit - 16) / 219
        cb, cr = ((code - 128 * unit) / (top if self.full else 224 * unit) for code in (cb, cr))
        r, b = luma + (2 - 2 * red) * cr, luma + (2 - 2 * blue) * cb
        return np.stack([r, (luma - red * r - blue * b) / (1 - red - blue), b], axis=-1)

    def _thinned(self, plane: Floats) -> Floats:
        across, down = self.shared
        height, width = plane.shape
        padded = np.pad(plane, ((0, -height % down), (0, -width % across)), mode="edge")
        return np.asarray(
            padded.reshape(-(-height // down), down, -(-width // across), across).mean(axis=(1, 3))
        )

    def raw(self, rgb: Floats) -> bytes:
        dtype = np.uint8 if self.bits == 8 else np.dtype("<u2")
        return b"".join(
            plane.round().clip(0, 2**self.bits - 1).astype(dtype).tobytes() for plane in self.of(rgb)
        )

    @property
    def tags(self) -> str:
        span = "pc" if self.full else "tv"
        return f"setparams=color_primaries=bt709:color_trc=bt709:colorspace={self.matrix}:range={span}"


DELIVERED = Codes()


def ran(arguments: Sequence[str], data: bytes = b"") -> None:
    done = subprocess.run(
        [ffmpeg_runner.binary(), "-hide_banner", "-v", "error", "-y", *arguments],
        input=data,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]


@dataclass(frozen=True)
class Clip:
    """How a built clip is written; `before` and `after` are FFmpeg's input and output options."""

    codes: Codes = Codes()
    size: Size = WIDE
    rate: str = "25"
    filters: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast")
    sound: Path | None = None
    tagged: bool = True

    def but(self, **changes: Any) -> Clip:
        return replace(self, **changes)

    def write(self, path: Path, pictures: Iterable[Floats]) -> Path:
        """A lossless clip of these pictures, with the sound of a WAV file."""
        source = [
            "-f",
            "rawvideo",
            "-pix_fmt",
            self.codes.pix_fmt,
            "-s",
            str(self.size),
            "-r",
            self.rate,
            *self.before,
            "-i",
            "-",
        ]
        sound_input = ["-i", str(self.sound)] if self.sound else []
        filters = ",".join(part for part in (self.codes.tags if self.tagged else "", self.filters) if part)
        mapped = ["-map", "0:v", *(["-map", "1:a"] if self.sound else [])]
        ran(
            [*source, *sound_input, *mapped, *(["-vf", filters] if filters else []), *self.after, str(path)],
            b"".join(self.codes.raw(picture) for picture in pictures),
        )
        return path


def numbered(count: int, size: Size = WIDE) -> list[Floats]:
    return [drawn(number, size) for number in range(count)]


def begun(source: Source) -> Programme:
    assert source.video is not None
    sound = source.sound() if source.audio else source.picture
    return ClipProgramme(
        source=source,
        conformed=source.picture,
        picture=source.picture,
        sound=sound,
        frame=source.video.size,
        rate=source.video.rate,
        frames=source.video.frames,
    )


def conformed(path: Path, **settings: Any) -> Programme:
    return conform.plan(
        conform.ConformSettings.model_validate(settings), begun(probe(path)), _delivery(WIDE, "25"), unasked()
    )


def unasked() -> Ask:
    class Silent:
        def __call__(self, question: Any, /) -> Any:
            if isinstance(question.analyser, Decoding):
                return DecodeReport()
            assert isinstance(question.analyser, ChannelLevels), (
                "nothing else is to be asked but what channels carry"
            )
            fold = question.analyser.begin()
            with tempfile.TemporaryDirectory() as folder:
                for time, data in FrameReader(Renderer(Store(Path(folder)))).samples(question.of, SOUND_RATE):
                    fold.add(time, data)
            return fold.result()

        def prepare(self, questions: Any, /) -> None:
            raise AssertionError("nothing is to be asked")

    return Silent()


def _delivery(frame: Size, rate: str | Fraction) -> Delivery:
    return Delivery(frame=frame, rates=Rates(low=rate, high=rate, otherwise=rate), container=Container())


def framed(programme: Programme, rate: str | Fraction = "") -> Programme:
    """The conformed picture in a frame of its own size, with a delivery's rate, format, and rounding."""
    return reframe.plan(
        reframe.ReframeSettings(), programme, _delivery(programme.frame, rate or programme.rate), unasked()
    )


def read(picture: Stream, pix_fmt: str = "yuv420p") -> Frames:
    """Every frame of a stream, with its time, as planes of codes."""
    import av

    raw = (("c:v", "rawvideo"), ("fps_mode", "passthrough"), ("enc_time_base", "filter"))
    ready = picture.filter("format", pix_fmts=pix_fmt)
    with (
        ffmpeg_runner.piped(Output((ready,), "pipe:1", "nut", raw)) as pipe,
        av.open(pipe, format="nut") as container,
    ):
        return [(frame.pts * frame.time_base, _planes(frame)) for frame in container.decode(video=0)]


def _planes(frame: Any) -> list[Floats]:
    deep = frame.format.components[0].bits > 8
    planes = []
    for plane in frame.planes:
        line = np.frombuffer(plane, "<u2" if deep else np.uint8).reshape(plane.height, -1)
        planes.append(line[:, : plane.width].astype(float))
    return planes


def shown(path: Path, rate: str | Fraction = "", **settings: Any) -> Frames:
    """Every frame of a delivery in the clip's own frame size."""
    return read(framed(conformed(path, **settings), rate).picture)


def error(planes: Sequence[Floats], expected: Floats, margin: int = 3) -> float:
    """The largest difference, in codes, of any pixel further than `margin` pixels from an edge."""
    worst = 0.0
    for plane, truth in zip(planes, DELIVERED.of(expected), strict=True):
        assert plane.shape == truth.shape, f"{plane.shape}, wanted {truth.shape}"
        flat = _flat(truth, -(-margin * truth.shape[1] // expected.shape[1]))
        assert flat.mean() > 0.1, "too little of the drawing is compared"
        worst = max(worst, float(np.abs(plane - truth)[flat].max()))
    return worst


def _flat(truth: Floats, margin: int) -> NDArray[np.bool_]:
    """Where all pixels within `margin` are equal."""
    padded = np.pad(truth, margin, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * margin + 1, axis=0)
    high, low = around.max(axis=-1), around.min(axis=-1)
    across = (
        np.lib.stride_tricks.sliding_window_view(extreme, 2 * margin + 1, axis=1) for extreme in (high, low)
    )
    highest, lowest = next(across).max(axis=-1), next(across).min(axis=-1)
    return np.asarray(highest - lowest < 1e-9)


def numbers(frames: Frames, size: Size = WIDE) -> list[int]:
    """The shown frame numbers, read from the bars."""
    return [number_in(planes[0], size) for _, planes in frames]


def number_in(luma: Floats, size: Size = WIDE) -> int:
    bar = size.width // BITS // 4 * 4
    line = luma[size.height // 2]
    return sum((line[bit * bar + bar // 2] > 126) << bit for bit in range(BITS))


def wav(path: Path, samples: Floats, rate: int = 48_000, layout: str = "") -> Path:
    """Write samples (n, channels) of −1 to 1 as a float WAV."""
    count = samples.shape[1]
    named = ("-channel_layout", layout) if layout else ()
    raw = ("-f", "f32le", "-ar", str(rate), "-ac", str(count), *named)
    ran([*raw, "-i", "-", "-c:a", "pcm_f32le", str(path)], samples.astype("<f4").tobytes())
    return path


def clicks(times: Sequence[float], seconds: float, rate: int = 48_000) -> Floats:
    """Silence with one sample at half of full scale at each of `times`."""
    sound = np.zeros((round(seconds * rate), 1))
    sound[[round(time * rate) for time in times]] = 0.5
    return sound


def heard(programme: Programme, folder: Path) -> tuple[Fraction, Floats]:
    """The start of the programme's sound, and all of its samples (n, 2)."""
    blocks = list(FrameReader(Renderer(Store(folder / "store"))).samples(programme.sound, 48_000))
    return blocks[0][0], np.concatenate([data for _, data in blocks]).astype(float)


def peaks(samples: Floats, above: float = 0.1) -> list[float]:
    """Times of the loudest sample of each burst, s."""
    loud = np.flatnonzero(np.abs(samples[:, 0]) > above)
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > 480) + 1) if loud.size else []
    return [float(group[np.abs(samples[group, 0]).argmax()]) / 48_000 for group in groups]

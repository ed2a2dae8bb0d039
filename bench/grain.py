"""`python -m bench.grain [FROM] [TO]`: captions over pictures that are hard to encode, good and doctored.

Every picture (grain of five strengths, fractals, rain, confetti) at 25 and 60 Hz, at crf 16 and under a low
ceiling: 40 clips. Each is planned by the engine, encoded as planned, and judged by its promises; then once
more with captions that are missing, different, late, off their place, or outside the safe area. None of the
good ones may break a promise; each of the others must.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from finish import api
from finish.analysis.clearance import ClearanceFacts
from finish.checks import graphic_clearance
from finish.engine.engine import Engine
from finish.graph import PayloadBytes, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import Measure
from finish.planning.render_plan import Rendering
from finish.stages import STAGES

WIDE, HIGH, SECONDS = 360, 640, 2
LIMIT = 300  # kbit/s: under three times the minimum for such a frame (`model/codecs.py`)
RATES = (25, 60)
SRT = (
    "1\n00:00:00,200 --> 00:00:00,960\nGrain all over\n\n2\n00:00:01,080 --> 00:00:01,800\n"
    "words on top of it\n"
)
JOB = """source: clip.mp4
reframe: {follow: centre}
sound: {accept: achievable}
captions: {file: clip.srt, style: STYLE, position: bottom}
deliverables: [{name: out, preset: tiktok, encode: {size: 360x640}}]
"""
STYLES = ("clean", "boxed", "bold-pop")
_TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


@dataclass(frozen=True)
class Hard:
    """One clip: its picture, frame rate, bit rate limit, caption style, and how it is doctored."""

    picture: str
    rate: int
    limited: bool
    style: str
    doctor: str

    def __str__(self) -> str:
        return f"{self.picture} {self.rate} Hz {f'{LIMIT} kbit/s' if self.limited else 'crf 16'} {self.style}"


def _noise(strength: int, ground: str) -> str:
    return f"{ground}s={WIDE}x{HIGH}:r=RATE:d={SECONDS},noise=alls={strength}:allf=t:all_seed={strength}"


FILTERS = {
    **{f"noise {strength}": _noise(strength, "testsrc2=") for strength in (10, 20, 40, 60)},
    "noise 60 on grey": _noise(60, "color=c=0x808080:"),
    "mandelbrot": f"mandelbrot=s={WIDE}x{HIGH}:r=RATE:start_scale=0.5:end_scale=0.001:end_pts=200",
}
PICTURES = (*FILTERS, "rain", "heavy rain", "confetti", "large confetti")


def clips() -> list[Hard]:
    """All clips; styles and doctors in turn."""
    cases = [(picture, rate, limited) for picture in PICTURES for rate in RATES for limited in (False, True)]
    names = list(DOCTORS)
    return [Hard(*case, STYLES[at % len(STYLES)], names[at % len(names)]) for at, case in enumerate(cases)]


def _drawn(picture: str, rate: int) -> Iterator[bytes]:
    """Frames of RGB: falling particles, from a seed."""
    dice = np.random.default_rng(len(picture))
    count = {"rain": 400, "heavy rain": 1200, "confetti": 300, "large confetti": 500}[picture]
    left, top = dice.uniform(0, WIDE, count), dice.uniform(0, HIGH, count)
    falling = "rain" in picture
    speed = dice.uniform(700, 1200, count) if falling else dice.uniform(80, 300, count)
    size = 26 if "large" in picture else 13
    wide = np.ones(count, int) if falling else dice.integers(4, size, count)
    high = dice.integers(10, 40, count) if falling else dice.integers(4, size, count)
    colour = (
        dice.integers(120, 256, (count, 1)).repeat(3, 1) if falling else dice.integers(0, 256, (count, 3))
    )
    for frame in range(rate * SECONDS):
        pixels = np.full((HIGH, WIDE, 3), (60, 70, 80), np.uint8)
        now = ((top + speed * frame / rate) % HIGH).astype(int)
        for x, y, w, h, ink in zip(left.astype(int), now, wide, high, colour, strict=True):
            pixels[y : y + h, x : x + w] = ink
        yield pixels.tobytes()


def _clip(path: Path, hard: Hard) -> None:
    """Nearly lossless, with a tone; the same bytes on every machine."""
    sound = ("-f", "lavfi", "-i", f"sine=440:sample_rate=48000:duration={SECONDS}")
    if hard.picture in FILTERS:
        source = ("-f", "lavfi", "-i", FILTERS[hard.picture].replace("RATE", str(hard.rate)))
    else:
        source = (
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{WIDE}x{HIGH}",
            "-r",
            str(hard.rate),
            "-i",
            "-",
        )
    drawn = None if hard.picture in FILTERS else b"".join(_drawn(hard.picture, hard.rate))
    way = ("-vf", f"scale=out_color_matrix=bt709,format=yuv420p,{_TAGS}", "-t", str(SECONDS))
    encoded = ("-c:v", "libx264", "-threads:v", "1", "-preset", "ultrafast", "-crf", "8", "-c:a", "aac")
    command = [ffmpeg_runner.binary(), "-v", "error", "-y", *source, *sound, *way, *encoded, str(path)]
    subprocess.run(command, input=drawn, check=True, stdin=None if drawn else subprocess.DEVNULL)


def _moved(text: str, across: int, down: int) -> str:
    return re.sub(
        r"\\pos\(([\d.]+),([\d.]+)\)",
        lambda at: rf"\pos({float(at[1]) + across:g},{float(at[2]) + down:g})",
        text,
    )


def _later(text: str, by: Fraction) -> str:
    def stamp(time: str) -> str:
        hours, minutes, seconds = time.split(":")
        whole = max(0.0, 3600 * int(hours) + 60 * int(minutes) + float(seconds) + float(by))
        return f"{int(whole // 3600)}:{int(whole // 60 % 60):02d}:{whole % 60:05.2f}"

    return re.sub(
        r"(Dialogue: \d+,)([\d:.]+),([\d:.]+)", lambda at: f"{at[1]}{stamp(at[2])},{stamp(at[3])}", text
    )


def _spelt(text: str, words: dict[str, str]) -> str:
    """The same captions with other words, in capitals where the style has them."""
    for old, new in words.items():
        text = text.replace(old, new).replace(old.upper(), new.upper())
    return text


DOCTORS: dict[str, Callable[[str, Fraction], str]] = {
    "24 px off": lambda text, _: _moved(text, 24, 0),
    "missing": lambda _, __: "",
    "another word": lambda text, _: _spelt(text, {"Grain": "Bread", "words": "birds"}),
    "four frames late": lambda text, rate: _later(text, 4 / rate),
    "outside the zone": lambda text, _: _moved(text, 0, 130),
}


class Judge:
    """One clip in its own job: planned once, and judged for each encoding."""

    def __init__(self, place: Path, hard: Hard) -> None:
        _clip(place / "clip.mp4", hard)
        (place / "clip.srt").write_text(SRT)
        (place / "job.yaml").write_text(JOB.replace("STYLE", hard.style))
        self._engine = Engine(api.load(place).job, STAGES)
        self._one = self._planned(hard.limited)
        self._question = next(
            promise
            for promise in self._one.planned.promises
            if promise.against and promise.fact is graphic_clearance.missing
        )

    def _planned(self, limited: bool) -> Rendering:
        (deliverable,) = self._engine.job.deliverables
        if limited:
            delivery = deliverable.delivery
            deliverable = replace(
                deliverable, delivery=delivery.model_copy(update={"picture": delivery.picture.under(LIMIT)})
            )  # type: ignore[union-attr]
        return self._engine.plan([deliverable]).renderings[0]

    def good(self) -> ClearanceFacts:
        """The delivery as planned."""
        return self._facts(self._one.picture)

    def doctored(self, doctor: str) -> ClearanceFacts:
        """A delivery with other captions, with the same encoding and the same promises."""
        plain = self._question.against[-1]
        payload = self._one.planned.programme.picture.arg("filename")
        before = payload.content().decode()  # type: ignore[union-attr]
        text = DOCTORS[doctor](before, self._one.planned.programme.rate)
        assert text != before, f"{doctor}: nothing was doctored"
        delivered = (
            plain.filter("ass", filename=PayloadBytes(".ass", text.encode()), shaping="complex")
            if text
            else plain
        )
        return self._facts(delivered.encoded(self._one.picture.encoding))

    def _facts(self, delivered: Stream) -> ClearanceFacts:
        assert self._question.analyser is not None
        facts: ClearanceFacts = self._engine.ask(
            Measure(self._question.analyser, delivered, self._question.against)
        )
        return facts


def broken(facts: ClearanceFacts) -> bool:
    return bool(facts.outside or facts.missing or facts.differing)


def judged(hard: Hard, doctors: Sequence[str]) -> tuple[ClearanceFacts, list[ClearanceFacts]]:
    """The result of a clip as planned, and of each doctored one."""
    with tempfile.TemporaryDirectory(prefix="finish-grain-") as place:
        judge = Judge(Path(place), hard)
        return judge.good(), [judge.doctored(doctor) for doctor in doctors]


def main(first: int = 0, last: int | None = None) -> int:
    some = clips()[first:last]
    refused, passed = [], []
    for hard in some:
        good, (wrong,) = judged(hard, [hard.doctor])
        refused += [hard] if broken(good) else []
        passed += [] if broken(wrong) else [hard]
        sys.stdout.write(
            f"{hard}: {'REFUSED' if broken(good) else 'kept'}; {hard.doctor}: "
            f"{'found' if broken(wrong) else 'NOT FOUND'}\n"
        )
        sys.stdout.flush()
    sys.stdout.write(
        f"{len(refused)} of {len(some)} good ones refused, {len(some) - len(passed)} of {len(some)} doctored "
        "ones found\n"
    )
    return 1 if refused or passed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""The sound stage through FFmpeg: planned, rendered, encoded, decoded, and measured with two other meters."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pyloudnorm
import pytest
from clip_files import shared

from finish import graph
from finish.analysis.loudness import RATE, Loudness, LoudnessFacts
from finish.graph import Output, Stream, compile_outputs
from finish.model import CheckResult, ClipProgramme, Delivery, Measure, Programme, Source
from finish.stages import sound as stage
from finish.stages.sound.gain_search import ENCODES, LimiterSetting
from finish.stages.sound.limiter_report import LimiterReport
from finish.units import Size

pytestmark = pytest.mark.render

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SHAPE = {"frame": "320x180", "rates": {"low": 24, "high": 60, "otherwise": 30}}
DELIVERY = Delivery.model_validate(SHAPE)
ENCODING = DELIVERY.sound.encoding()


class TinyAsk:
    """Real answers: encoded streams become files in `folder`, and any stream becomes float samples."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.encodes = folder, 0
        self.pieces: dict[str, Path] = {}

    def __call__(self, question: Measure[Any]) -> Any:
        self.encodes += question.of.name == "encode"
        fold = question.analyser.begin()
        fold.add(
            Fraction(0), self.samples(question.of, 4 if isinstance(question.analyser, LimiterReport) else 2)
        )
        return fold.result()

    def prepare(self, questions: Sequence[Measure[Any]]) -> None: ...

    def samples(self, of: Stream, channels: int = 2) -> np.ndarray:
        (end,) = graph.decoded([of], self._become)
        folded = (("ac", "2"),) if channels == 2 else ()
        raw = self._run(Output((end,), "pipe:1", "f32le", (("ar", str(RATE)), *folded)))
        return np.frombuffer(raw, "<f4").reshape(-1, channels)

    def file(self, of: Stream) -> Path:
        if of.key not in self.pieces:
            self.pieces[of.key] = self.folder / f"{len(self.pieces)}{of.encoding.suffix}"
            self._run(Output(of.inputs, str(self.pieces[of.key]), of.encoding.muxer, of.encoding.options))
        return self.pieces[of.key]

    def _become(self, node: Stream) -> Stream:
        return graph.source("audio", node.key, str(self.file(node)), index=0, demuxer="mov")

    def _run(self, output: Output) -> bytes:
        lowered = compile_outputs([output], lambda payload: "")
        text = ("-filter_complex", *lowered.graphs) if lowered.graphs else ()
        command = [FFMPEG, "-v", "error", "-nostdin", *lowered.inputs, *text, *lowered.outputs]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


def heard(sound: np.ndarray) -> LoudnessFacts:
    fold = Loudness().begin()
    fold.add(Fraction(0), sound)
    return fold.result()


def written(folder: Path, sound: np.ndarray) -> Stream:
    """A 16-bit stereo WAV of the samples, as a source."""
    path = folder / "raw.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return graph.source("audio", "raw", str(path), index=0, demuxer="wav")


def conformed(path: Path, *also: tuple[str, str]) -> Stream:
    """The sound of a clip as the stage receives it: 48 kHz stereo."""
    demuxer = {".mp4": "mov", ".wav": "wav", ".mp3": "mp3"}[path.suffix]
    index = next(index for index, line in enumerate(streams(path)) if "Audio:" in line)
    sound = graph.source("audio", path.name, str(path), index=index, demuxer=demuxer)
    return sound.filter("aresample", osr=RATE).filter("aformat", channel_layouts="stereo", sample_fmts="fltp")


def streams(path: Path) -> list[str]:
    told = subprocess.run(
        [FFMPEG, "-hide_banner", "-i", str(path)], capture_output=True, text=True, check=False
    ).stderr
    return re.findall(r"^ +Stream #0:\d+.*$", told, re.MULTILINE)


def planned(sound: Stream, ask: TinyAsk, delivery: Delivery = DELIVERY, **settings: Any) -> Programme:
    source = Source(Path("clip.mp4"), "digest", 1, "mov", Fraction(0), None)
    programme = ClipProgramme(
        source=source,
        conformed=sound,
        picture=sound,
        sound=sound,
        frame=Size(2, 2),
        rate=Fraction(25),
        frames=25,
    )
    return stage.plan(stage.SoundSettings.model_validate(settings), programme, delivery, ask)


def verdicts(done: Programme, ask: TinyAsk) -> dict[str, CheckResult]:
    facts = heard(ask.samples(done.sound.encoded(ENCODING)))
    return {promise.name: CheckResult(promise, promise.fact(facts)) for promise in done.promises}


def crackling(seconds: float) -> np.ndarray:
    """Quiet noise with a varying level, and a burst 14 dB above it every half second: work for a limiter."""
    random, time = np.random.default_rng(5), np.arange(round(seconds * RATE)) / RATE
    level = 0.05 * (1 + 0.5 * np.sin(2 * np.pi * 0.7 * time)) * (1 + 4 * np.exp(-60 * (time % 0.5)))
    noise = np.convolve(random.standard_normal(len(time)), np.ones(8) / 8, "same")
    return np.repeat((level * noise)[:, None], 2, axis=1).astype(np.float32)


# ---------------------------------------------------------------- gain and limiter


@pytest.mark.parametrize("length", [1600, 24_001, 100_003])
def test_the_limited_sound_has_every_sample_at_its_time(tmp_path: Path, length: int) -> None:
    """As many samples as before, without delay: the correlation with the input is greatest at 0."""
    ask, sound = TinyAsk(tmp_path), crackling(length / RATE)
    before = written(tmp_path, sound)
    after = ask.samples(stage.shaped(before, LimiterSetting(12.0, -3.0)))
    assert len(after) == len(sound) == length
    size = 2 ** (2 * length - 1).bit_length()
    both = np.fft.irfft(np.fft.rfft(after[:, 0], size) * np.conj(np.fft.rfft(sound[:, 0], size)))
    assert int(np.argmax(both)) == 0


def test_the_limiter_holds_the_true_peak_and_only_that(tmp_path: Path) -> None:
    """Peaks 9 dB over the limit come down to it within 0.2 dB; the rest loses only what is above 23 kHz."""
    ask, before = TinyAsk(tmp_path), written(tmp_path, crackling(2))
    raw = heard(ask.samples(before))
    limited = heard(ask.samples(stage.shaped(before, LimiterSetting(9.0, round(raw.true_peak, 2)))))
    assert limited.true_peak == pytest.approx(raw.true_peak, abs=0.2)
    idle = ask.samples(stage.shaped(before, LimiterSetting(0.0, round(raw.true_peak + 0.5, 2))))
    assert heard(idle).integrated == pytest.approx(raw.integrated, abs=0.05)
    assert idle == pytest.approx(ask.samples(before), abs=0.01)


def test_a_tone_of_60_hz_is_limited_without_distortion(tmp_path: Path) -> None:
    tone = np.repeat(np.sin(2 * np.pi * 60 * np.arange(2 * RATE) / RATE)[:, None], 2, axis=1).astype(
        np.float32
    )
    after = TinyAsk(tmp_path).samples(stage.shaped(written(tmp_path, tone), LimiterSetting(0.0, -6.0)))[
        RATE // 2 : -RATE // 2, 0
    ]
    power = np.abs(np.fft.rfft(after * np.hanning(len(after)))) ** 2
    assert 10 * np.log10(power[64:].sum() / power[56:64].sum()) < -70  # one bin is 1 Hz; 16-bit input


# ---------------------------------------------------------------- the whole stage, judged by another meter


def test_delivered_loudness_and_peak_by_ffmpegs_own_meter(tmp_path: Path) -> None:
    """ebur128 reads to 0.1: within 0.15 LU of −14, true peak at most 0.1 dB above −1.5."""
    ask = TinyAsk(tmp_path)
    done = planned(written(tmp_path, crackling(6)), ask)
    assert "alimiter" in graph.describe({"sound": done.sound})
    assert ask.encodes <= ENCODES
    judged = ebur128(ask.file(done.sound.encoded(ENCODING)))
    assert judged["I"] == pytest.approx(-14, abs=0.15)
    assert judged["Peak"] <= -1.4


@pytest.mark.parametrize(
    "codec", [{"bit_rate": 128}, {"bit_rate": 256}, {"bit_rate": 384}, {"codec": "pcm_s24le"}]
)
def test_every_codec_that_we_deliver_arrives(tmp_path: Path, codec: dict[str, Any]) -> None:
    delivery = Delivery.model_validate({**SHAPE, "sound": {"codec": "aac", **codec}})
    ask, encoding = TinyAsk(tmp_path), delivery.sound_encoding()
    done = planned(written(tmp_path, crackling(6)), ask, delivery)
    judged = ebur128(ask.file(done.sound.encoded(encoding)))
    assert judged["I"] == pytest.approx(-14, abs=0.15) and judged["Peak"] <= -1.4


def test_a_broken_promise_shows_by_how_much(tmp_path: Path) -> None:
    """The same sound delivered without its gain: both the verdict and its hint."""
    ask, raw = TinyAsk(tmp_path), written(tmp_path, crackling(2))
    done = planned(raw, ask)
    verdict = verdicts(done.with_sound(raw), ask)["loudness"]
    assert not verdict.kept
    assert re.match(
        r"loudness: -\d\d(\.\d\d?)? LUFS, promised -14\.1 to -13\.9 LUFS; lower the target", str(verdict)
    )


# The real clips, and their preprocessing; each needs at most 32 dB of gain and 8 dB of limiting.
CLIPS = {
    "speech": ("sound/speech-and-effects.wav", (("atrim", "15"),)),
    "phone call": ("sound/phone-call.wav", (("atrim", "15"),)),
    "music": ("sound/music.mp3", ()),
    "hot master": ("sound/music.mp3", (("volume", "12dB"), ("aformat", "s16"), ("atrim", "8"))),
    "street": ("footage/street-crowd.mp4", ()),
    "quiet dialogue": ("footage/film-dialogue.mp4", ()),
    "talk": ("footage/talk-with-pauses.mp4", ()),
    "promo": ("footage/office-promo.mp4", ()),
    "telephone video": ("phone/iphone-hlg-vfr-rotated.mp4", ()),
    "almost silent": ("phone/hdr10-av1.mp4", ()),
    "signed": ("provenance/signed.mp4", ()),
    "sting of 0.5 s": ("sound/music.mp3", (("atrim", "0.5"),)),
    "sting of 0.2 s": ("sound/music.mp3", (("atrim", "0.2"),)),
}
_OPTION = {"volume": "volume", "aformat": "sample_fmts", "atrim": "duration"}


@pytest.mark.media
@pytest.mark.parametrize("name", CLIPS)
def test_real_clips_arrive(tmp_path: Path, name: str) -> None:
    """±0.05 LU and no peak above the ceiling, which leaves ±0.1 for muxing.

    The limits that aren't forced aren't reached here.
    """
    path, filters = CLIPS[name]
    ask, sound = TinyAsk(tmp_path), conformed(shared(path))
    for filter_name, value in filters:
        sound = sound.filter(filter_name, **{_OPTION[filter_name]: value})
    done = planned(sound, ask)
    kept = verdicts(done, ask)
    assert ask.encodes <= ENCODES
    assert all(verdict.kept for verdict in kept.values()), [str(verdict) for verdict in kept.values()]
    assert kept["loudness"].measured == pytest.approx(-14, abs=0.05)


@pytest.mark.media
@pytest.mark.parametrize(
    "path", ["footage/green-screen.mp4", "phone/rotated-reflected.mp4", "phone/hlg-colour-test.mp4"]
)
def test_real_clips_out_of_reach_say_so_and_deliver_what_is_achievable(tmp_path: Path, path: str) -> None:
    ask, sound = TinyAsk(tmp_path), conformed(shared(path))
    done = planned(sound, ask, accept="achievable")
    assert "out of reach" in done.notes[-1]
    assert all(verdict.kept for verdict in verdicts(done, ask).values())


# ---------------------------------------------------------------- the meter against others, on real sound


def ebur128(path: Path) -> dict[str, float]:
    """FFmpeg's summary of the file's sound, made 48 kHz stereo: I (LUFS), LRA (LU), Peak (dBFS, true)."""
    chain = "aresample=48000,aformat=channel_layouts=stereo,ebur128=peak=true"
    log = subprocess.run(
        [FFMPEG, "-hide_banner", "-nostats", "-i", str(path), "-vn", "-af", chain, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    return {name: float(re.findall(rf"{name}: +(-?[\d.]+)", log)[-1]) for name in ("I", "LRA", "Peak")}


@pytest.mark.media
@pytest.mark.parametrize(
    "path",
    ["sound/music.mp3", "sound/phone-call.wav", "footage/office-promo.mp4", "footage/talk-with-pauses.mp4"],
)
def test_agrees_with_ebur128_and_pyloudnorm(tmp_path: Path, path: str) -> None:
    """I ±0.1 LU (plus rounding), LRA ±1 LU (Tech 3342), true peak +0.3 −0.2 dB (3341, both sides)."""
    clip = shared(path)
    sound = TinyAsk(tmp_path).samples(conformed(clip))
    ours, theirs = heard(sound), ebur128(clip)
    assert ours.integrated == pytest.approx(theirs["I"], abs=0.1)
    assert ours.integrated == pytest.approx(
        pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64)), abs=0.1
    )
    assert ours.range == pytest.approx(theirs["LRA"], abs=1)
    assert -0.2 <= ours.true_peak - theirs["Peak"] <= 0.3

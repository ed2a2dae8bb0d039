"""Clips on paper, an `Ask` with fixed answers, and jobs planned from both: no media, no process."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from paper_media import video_track
from pictures import plate, png

from finish import jobspec
from finish.analysis.channel_levels import ChannelLevels, ChannelsFacts
from finish.analysis.decode_faults import Decoding
from finish.analysis.faces import FaceBox, FaceFacts, Faces, FacesAtTime
from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.analysis.noise_floor import NoiseFacts, NoiseFloor
from finish.analysis.people import Bodies, BodyFacts
from finish.analysis.saliency import Saliency, SaliencyFacts
from finish.analysis.shots import ShotFacts, Shots
from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.analysis.speech_likeness import Speechlike, SpeechlikeFacts
from finish.analysis.text_detection import TextDetection, TextFacts
from finish.execution.frame_reader import CAPTURE
from finish.media.job_files import JobFiles
from finish.model import (
    AudioTrack,
    ChannelContent,
    DecodeReport,
    Job,
    Measure,
    PlannedDeliverable,
    RefusedDeliverable,
    Source,
    VideoTrack,
)
from finish.planning import render_plan
from finish.planning.render_plan import Rendering
from finish.planning.stage_pipeline import StagePipeline
from finish.stages import STAGES
from finish.stages.sound.limiter_report import LimiterFacts, LimiterReport
from finish.units import Size

CAPTIONS = """\
1
00:00:01,000 --> 00:00:03,000
One clip in, <i>checked</i> deliverables out

2
00:00:04,000 --> 00:00:06,500
graded, framed, captioned
and as loud as it should be
"""


def video(
    coded: str = "1280x720", rate: Fraction = Fraction(25), frames: int = 250, **facts: Any
) -> VideoTrack:
    """A progressive H.264 track of 4:2:0 in BT.709 that starts at 0."""
    tags = {"primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "full_range": False}
    return video_track(Size.parse(coded), rate, frames, **{**tags, **facts})


def source(track: VideoTrack | None = None, layout: str = "stereo", **facts: Any) -> Source:
    """A clip of one picture track and one sound track (none where `layout` is empty)."""
    track = track or video()
    channels = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8}
    places = ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")[: channels[layout]] if layout else ()
    audio = (
        (AudioTrack(1, "aac", 48_000, channels[layout], layout, track.start, track.end, places=places),)
        if layout
        else ()
    )
    made = Source(
        Path("/nowhere/clip.mp4"),
        "c0ffee" * 10 + "beef",
        1_000_000,
        "mov",
        Fraction(0),
        track,
        audio,
        True,
        True,
    )
    return replace(made, **facts)


def bed(seconds: int) -> bytes:
    """A WAV of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(4 * 48_000 * seconds))
    return out.getvalue()


def heard(integrated: float, true_peak: float) -> LoudnessFacts:
    return LoudnessFacts(integrated, true_peak, true_peak, 5.0, integrated + 2, integrated + 4, 10.0, False)


SILENCE = LoudnessFacts(None, -200.0, -200.0, None, None, None, 10.0, False)


def face(middle: float) -> FaceBox:
    """A face in a 16:9 picture, a third from the top."""
    return FaceBox(round(middle - 0.04, 4), 0.25, round(middle + 0.04, 4), 0.39, 0.9)


def looks(*middles: float | None) -> tuple[FacesAtTime, ...]:
    """Five samples a second, each with one face or none."""
    return tuple(
        FacesAtTime(Fraction(number, 5), () if at is None else (face(at),))
        for number, at in enumerate(middles)
    )


@dataclass
class FixedAnswers:
    """An `Ask` with fixed answers: loudness before and after encoding, cuts, faces.

    It records the questions.
    """

    raw: LoudnessFacts = heard(-20.0, -8.0)  # noqa: RUF009 (a frozen value)
    encoded: LoudnessFacts = heard(-14.02, -1.9)  # noqa: RUF009
    cuts: tuple[Fraction, ...] = ()
    looks: tuple[FacesAtTime, ...] = ()
    questions: list[Measure[Any]] = field(default_factory=list)

    def __call__(self, question: Measure[Any], /) -> Any:
        self.questions.append(question)
        if isinstance(question.analyser, Loudness):
            return self.encoded if question.of.name == "encode" else self.raw
        if isinstance(question.analyser, LimiterReport):
            return LimiterFacts(3.2, 0.5, 10.0)
        if isinstance(question.analyser, Voice):
            return VoiceFacts((SpeechSpan(Fraction(1), Fraction(3)),))
        if isinstance(question.analyser, NoiseFloor):
            return NoiseFacts(-52.0, -20.0, tuple(-50.0 - band for band in range(15)), -35.0)
        if isinstance(question.analyser, Speechlike):
            return SpeechlikeFacts(0.3, 0.2, 0.02)
        if isinstance(question.analyser, ChannelLevels):
            return ChannelsFacts((ChannelContent(-20.0, -6.0),) * 8)
        return {
            Shots: ShotFacts(self.cuts, 250),
            Faces: FaceFacts(self.looks),
            TextDetection: TextFacts(()),
            Bodies: BodyFacts(()),
            Saliency: SaliencyFacts(()),
            Decoding: DecodeReport(),
        }[type(question.analyser)]

    def prepare(self, questions: Sequence[Measure[Any]], /) -> None:
        self.questions += questions


@dataclass(frozen=True)
class Case:
    """A clip, the deliverables' part of a job spec, and the answers about the clip.

    A film has a timeline instead of the clip, and several `clips`, by their names.
    """

    deliverables: str
    sections: str = ""
    clip: Source = field(default_factory=source)
    answers: FixedAnswers = field(default_factory=FixedAnswers)
    clips: Mapping[str, Source] = field(default_factory=dict)


def job(folder: Path, case: Case) -> Job:
    """The case's job, loaded from a job folder by the shipped loader.

    The clip is a dummy: the loader reads no media.
    """
    for name in ("clip.mp4", *case.clips):
        (folder / name).write_bytes(b"dummy")
    (folder / "clip.en.srt").write_text(CAPTIONS)
    (folder / "logo.png").write_bytes(png(plate(120, 60)))
    (folder / "bed.wav").write_bytes(bed(4))
    source = "" if case.clips else "source: clip.mp4\n"
    (folder / "job.yaml").write_text(
        f"job: golden\n{source}{case.sections}\ndeliverables:\n{case.deliverables}\n"
    )
    return jobspec.load(folder, STAGES, JobFiles).job


def planned(job: Job, case: Case) -> tuple[Rendering, ...]:
    """The job as rendered if its clips were those of the case."""
    paths = {path for deliverable in job.deliverables for path in deliverable.clips}
    sources = {
        path: replace(case.clips.get(path.name, case.clip), path=Path("/nowhere") / path.name)
        for path in paths
    }
    pipeline = StagePipeline(STAGES, case.answers)
    results = pipeline.sounds(pipeline.pictures(sources, job.deliverables))
    refused = [result.error for result in results if isinstance(result, RefusedDeliverable)]
    if refused:
        raise refused[0]
    return render_plan.renderings(
        [result for result in results if isinstance(result, PlannedDeliverable)], CAPTURE
    )


TIKTOK = '  - {name: "{clip}-tiktok", preset: tiktok}'
YOUTUBE = '  - {name: "{clip}-youtube", preset: youtube}'
WALK = tuple(round(0.2 + 0.6 * step / 30, 4) for step in range(30))

CASES = {
    # A still face left of centre. The delivery is vertical, so the look comes after the crop.
    "tiktok": Case(
        TIKTOK,
        "colour: {looks: [warm]}\ncaptions: {file: clip.en.srt}",
        answers=FixedAnswers(looks=looks(*[0.3] * 50)),
    ),
    # Two frames with one grade: the look is applied once, before the split. The peaks need limiting.
    "tiktok-and-youtube": Case(
        f"{TIKTOK}\n{YOUTUBE}",
        "colour: {looks: [warm]}\ncaptions: {file: clip.en.srt, style: boxed, lang: en, sidecar: [srt, vtt]}",
        answers=FixedAnswers(raw=heard(-20.0, -3.0), encoded=heard(-14.03, -1.62)),
    ),
    # A vertical clip in a wide frame, in front of a blurred copy of itself.
    "pad": Case(YOUTUBE, clip=source(video("720x1280", Fraction(30000, 1001), 300))),
    # A face that walks from left to right, and a cut to one that stands still.
    "subject": Case(
        TIKTOK, clip=source(), answers=FixedAnswers(cuts=(Fraction(6),), looks=looks(*WALK, *[0.7] * 20))
    ),
    # HLG from a phone: converted to SDR first. The rate is kept; the look runs in float.
    "hdr": Case(
        YOUTUBE,
        "colour: {looks: [cool]}",
        source(
            video(
                "3840x2160",
                Fraction(60000, 1001),
                600,
                codec="hevc",
                profile="Main 10",
                pix_fmt="yuv420p10le",
                primaries="bt2020",
                transfer="arib-std-b67",
                matrix="bt2020nc",
                hdr=True,
            )
        ),
    ),
    # A voice-over on a looped bed, and an effect; a bed that replaces the clip's own sound.
    "mixed": Case(
        "  - {name: over, preset: tiktok, "
        "mix: {voice: {file: bed.wav, at: 1}, music: {file: bed.wav}, effects: [{file: bed.wav, at: 9}]}}\n"
        "  - {name: instead, preset: tiktok, mix: {clip: {mute: true}, music: {file: bed.wav, bpm: "
        "120, width: 0.5}}}\n"
        "  - {name: cleaned, preset: tiktok, clean: {highpass: 80, denoise: 12, deess: 0.4, compress: 2}}",
        "reframe: {follow: centre}",
    ),
    # Two people who don't fit into a crop, then a crowd, then one person; no letters may be cut.
    "layouts": Case(
        "  - {name: stack, preset: tiktok, reframe: {layout: auto}}\n"
        "  - {name: pad, preset: tiktok, reframe: {follow: pad, background: '#3366CC'}}",
        "",
        answers=FixedAnswers(
            cuts=(Fraction(3), Fraction(6)),
            looks=(
                *(FacesAtTime(Fraction(at, 5), (face(0.15), face(0.8))) for at in range(15)),
                *(FacesAtTime(Fraction(at, 5), (face(0.1), face(0.5), face(0.9))) for at in range(15, 30)),
                *(FacesAtTime(Fraction(at, 5), (face(0.3),)) for at in range(30, 50)),
            ),
        ),
    ),
    "no-sound": Case(TIKTOK, "reframe: {follow: centre}", source(layout=""), FixedAnswers(raw=SILENCE)),
    # Everything that conform corrects: late start, interlacing, non-square pixels, no tags, 5.1. Also a rate
    # that TikTok doesn't accept.
    "tape": Case(
        TIKTOK,
        "reframe: {follow: centre}\nsound: {target: podcast}\nencode: {rate: 30}",
        source(
            video(
                "720x576",
                frames=250,
                start=Fraction(7, 5),
                end=Fraction(57, 5),
                size=Size(1024, 576),
                primaries="",
                transfer="",
                sample_aspect=Fraction(64, 45),
                interlaced=True,
                matrix="",
                full_range=None,
            ),
            "5.1",
            start=Fraction(7, 5),
            demuxer="mpegts",
        ),
        FixedAnswers(raw=heard(-23.0, -9.0), encoded=heard(-16.01, -2.2)),
    ),
    # A manual crop that jumps; a packed pixel format; a sound layout without a downmix matrix, with its
    # loudness unchanged.
    "by-hand": Case(
        (
            "  - {name: cut, preset: tiktok, reframe: {centre: [{from: 0, to: 4, at: [0.2, 0.5]}, {from: "
            "4, at: [0.8, 0.5]}]}}"
        ),
        (
            "reframe: {follow: centre}\nsound: {target: none}\n"
            "captions: {file: clip.en.srt, burn: false, sidecar: [vtt]}"
        ),
        source(video("1920x1080", pix_fmt="uyvy422", codec="rawvideo"), "7.1"),
    ),
    # A broadcast master: ten bits throughout, 24 fps to 25 fps and therefore another length, ProRes and PCM
    # in MOV.
    "master": Case(
        "  - {name: master, preset: ebu-hd-prores}",
        "colour: {looks: [warm]}\ncaptions: {file: clip.en.srt, rules: note}",
        source(video("1920x1080", Fraction(24), 251, codec="prores", profile="HQ", pix_fmt="yuv422p10le")),
        FixedAnswers(raw=heard(-20.0, -8.0), encoded=heard(-23.0, -11.0)),
    ),
    # A logo at the bottom, a lower third above it, captions above both, and an end card after them, in one
    # picture.
    "composite": Case(
        TIKTOK,
        "reframe: {follow: centre}\ncaptions: {file: clip.en.srt}\ncomposite:\n"
        "  logo: {file: logo.png, corner: bottom-left}\n"
        "  lower_third: {title: Ágnes Mayer, subtitle: Colour, from: 1, to: 5}\n"
        "  end_card: {text: Bye, seconds: 2}",
    ),
    # Clips of three rates and lengths: a ramp of the speed, a split screen as long as its shorter clip, a
    # card, sound that leads and lags, b-roll, and a picture in the picture.
    "film": Case(
        "  - {name: film, preset: youtube}",
        """\
reframe: {follow: centre}
timeline:
  - {clip: beach.mp4, out: 4, sound: {lag: 12f}}
  - {clip: walk.mp4, in: 2, out: 8, transition: {dissolve: 0.4}, speed: [{at: 2, by: 1}, {at: 5, by: 2}]}
  - {split: [{clip: beach.mp4, in: 4, out: 8}, {clip: run.mp4, in: 1, out: 4}], transition: {wipe: 0.4}}
  - {card: chapter, title: Later, seconds: 2}
  - {clip: run.mp4, in: 1, out: 3, sound: {lead: 8f, gain: -6}, transition: {dip: 0.4}, name: end}
over:
  - {clip: walk.mp4, in: 1, at: 1, seconds: 2, transition: dissolve, name: hands}
  - {clip: run.mp4, at: {segment: end}, seconds: 1, place: top-right, width: 0.2, name: inset}""",
        clips={
            "beach.mp4": source(digest="beac" * 16),
            "walk.mp4": source(video(rate=Fraction(50), frames=600), digest="ca1f" * 16),
            "run.mp4": source(video("720x1280", Fraction(30), 240), "mono", digest="f00d" * 16),
        },
    ),
}

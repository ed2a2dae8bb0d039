"""The notes of this stage, one function for each code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from finish.model import Note, act, detail, know
from finish.stages.reframe.crop_keyframes import SubjectReport
from finish.stages.reframe.crop_quality import CropQuality
from finish.stages.reframe.crop_segments import CropSegment
from finish.units import Size

_KINDS: Final[Mapping[str, str]] = {"face": "faces", "body": "bodies", "gaze": "salient regions"}
_HARDLY: Final = Fraction(1, 200)  # of the frames; viewers don't see one in 200 (30 at 29.97)


def centre_unused() -> Note:
    """The crop is set by hand, but nothing is cropped."""
    return act(
        "centre-unused",
        "reframe.centre has no effect: the whole picture is shown — remove it, or use follow: centre",
    )


def no_subject(faces_only: bool) -> Note:
    """Nothing to follow."""
    missing = "no face found" if faces_only else "no person, animal or salient region found"
    return know("no-subject", f"{missing}: the crop stays in the centre — set reframe.centre to move it")


def crop(subject: SubjectReport, segments: Sequence[CropSegment]) -> Note:
    """What the crop follows, and in how many shots it moves."""
    kinds = ", ".join(f"{_KINDS.get(kind, kind)} in {100 * share:.0f} %" for kind, share in subject.samples)
    moves = sum(not segment.path.held and segment.cropped for segment in segments)
    still = sum(segment.path.held and segment.cropped for segment in segments)
    shots = f"{len(segments)} shots" if len(segments) > 1 else "1 shot"
    return detail("crop", f"{kinds} of samples; {shots}: the crop moves in {moves} and is still in {still}")


def crop_kept(quality: CropQuality) -> Note:
    """How much of the subject the crop keeps."""
    inside, visible = 100 * quality.inside, 100 * quality.covered
    return detail(
        "crop-kept", f"subject in frame in {inside:.0f} % of samples ({visible:.0f} % of it visible)"
    )


def layout(segments: Sequence[CropSegment]) -> tuple[Note, ...]:
    """One note for each layout that replaces the crop."""
    counts = (
        (sum(bool(segment.panels) for segment in segments), "two people are shown one above the other", ""),
        (sum(segment.wide for segment in segments), "a wider window with a background is shown", ""),
        (
            sum(segment.fit for segment in segments),
            "the whole picture is shown",
            ": a crop would cut off people or text",
        ),
    )
    return tuple(
        know("layout", f"{what} in {count} of {len(segments)} shots{why}")
        for count, what, why in counts
        if count
    )


def enlarged_picture(picture: Size, scale: Fraction) -> Note:
    """Scaling makes the whole picture soft."""
    pixels = f"{picture.width}×{picture.height} px"
    return know("enlarged", f"the picture of {pixels} is enlarged {float(scale):.3g}× — use a larger source")


def enlarged_crop(crop: Size, scale: Fraction, wider_frame: bool) -> Note:
    """Scaling makes the crop soft. `wider_frame`: a 4:5 frame shows more of the picture."""
    wider = "a 4:5 destination or " if wider_frame else ""
    pixels = f"{crop.width}×{crop.height} px"
    return know(
        "enlarged", f"the crop of {pixels} is enlarged {float(scale):.3g}× — try {wider}reframe.follow: pad"
    )


def cadence(clip: Fraction, delivery: Fraction, effect: str, uneven: Fraction) -> Note:
    """The effect of the delivery's rate; `uneven` is the share of frames that are repeated or dropped."""
    source, target = _hertz(clip), _hertz(delivery)
    if uneven < _HARDLY:
        return detail("cadence", f"{source} fps delivered at {target} fps: {effect}")
    return know("cadence", f"{source} fps delivered at {target} fps: {effect}")


def _hertz(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")

"""Plans of reframing as text, and answers to its questions, for the tests of its plans."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reframe_studio import FixedAnswers, face, looks

from finish.analysis.faces import FacesAtTime
from finish.analysis.text_detection import TextAtTime, TextBox
from finish.graph import Stream, describe, history
from finish.model import Programme
from finish.stages.reframe.crop_commands import CropOffsets

FINAL = (
    "chromal=left dither=ordered filter=spline36 height={1} matrix=709 primaries=709 range=limited "
    "threads=1 transfer=709 width={0}"
)


def text(done: Programme) -> str:
    return describe({"picture": done.picture})


def moves(picture: Stream) -> CropOffsets:
    (payload,) = [
        value for node in history([picture]) for _, value in node.args if isinstance(value, CropOffsets)
    ]
    return payload


def names(picture: Stream) -> list[str]:
    return [node.name for node in history([picture])]


def walk(*middles: float, wide: float = 0.08) -> FixedAnswers:
    return FixedAnswers(looks=looks(*[[face(middle, wide)] for middle in middles]))


# ---------------------------------------------------------------- shots that show all of the picture


def lines(*boxes: tuple[float, float], looks: int = 10) -> tuple[TextAtTime, ...]:
    """The same lines of text, from left to right, once a second."""
    return tuple(
        TextAtTime(Fraction(number), tuple(TextBox(left, 0.8, right, 0.9) for left, right in boxes))
        for number in range(looks)
    )


def answers(
    rows: list[FacesAtTime], cuts: Sequence[Fraction] = (), reads: tuple[TextAtTime, ...] = ()
) -> FixedAnswers:
    return FixedAnswers(cuts, rows, reads)

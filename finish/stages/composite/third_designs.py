"""The designs of lower thirds: what stands behind the words, how the words look, and how all of it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from finish import resources
from finish.model import Document

DesignName = Literal["bar", "line", "block", "pill", "frame", "serif"]
Motion = Literal["slide", "rise", "fade"]


@dataclass(frozen=True)
class ThirdDesign:
    """A design; lengths are in em of the title.

    `plate` is #RRGGBB behind all lines, "accent" for the accent colour, or "" for none: then a soft shadow
    separates words from the picture. `rule` is where a line of the accent colour is, and `second` the plate
    of the subtitle alone. `title` and `subtitle` are packaged font files; "" is Noto Sans.
    """

    plate: str = ""
    opacity: float = 1.0
    radius: float = 0.0
    padding: tuple[float, float] = (0.7, 0.5)
    rule: Literal["", "top", "between", "around", "dot"] = ""
    second: str = ""
    capitals: bool = False
    title: str = ""
    subtitle: str = ""
    motion: Motion = "slide"


# House designs; `bar` is drawn by `lower_third`.
DESIGNS: Final[Mapping[DesignName, ThirdDesign]] = {
    "bar": ThirdDesign(),
    "line": ThirdDesign(
        padding=(0.15, 0.3),
        rule="between",
        title="montserrat/Montserrat-ExtraBold.ttf",
        subtitle="montserrat/Montserrat-SemiBold.ttf",
        motion="rise",
    ),
    "block": ThirdDesign(
        plate="accent",
        padding=(0.55, 0.34),
        second="#101014",
        capitals=True,
        title="oswald/Oswald-SemiBold.ttf",
        subtitle="oswald/Oswald-SemiBold.ttf",
    ),
    "pill": ThirdDesign(
        plate="#101014",
        opacity=0.86,
        radius=9.0,
        padding=(1.0, 0.52),
        rule="dot",
        title="dm-sans/DMSans-Bold.ttf",
        subtitle="dm-sans/DMSans-Bold.ttf",
        motion="rise",
    ),
    "frame": ThirdDesign(
        plate="#0B0D12",
        opacity=0.62,
        padding=(0.8, 0.62),
        rule="around",
        title="space-grotesk/SpaceGrotesk-Bold.ttf",
        subtitle="jetbrains-mono/JetBrainsMono-Medium.ttf",
        motion="fade",
    ),
    "serif": ThirdDesign(
        padding=(0.2, 0.42),
        rule="top",
        title="playfair-display/PlayfairDisplay-Medium.ttf",
        subtitle="lora/Lora-Medium.ttf",
        motion="fade",
    ),
}


def beside(design: ThirdDesign) -> float:
    """The space of a design beside its words, on both sides together, in em of the title."""
    return 2 * design.padding[0] + indent(design)


def indent(design: ThirdDesign) -> float:
    """The space between a dot and the words, in em of the title."""
    return 0.55 if design.rule == "dot" else 0.0


@cache
def packaged_font(name: str) -> Document | None:
    """A packaged font by its file; None for ""."""
    path: Path = resources.folder("fonts") / name
    return Document(path, path.read_bytes()) if name else None

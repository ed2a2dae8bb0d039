"""Writes the packaged looks, and their rows in LUTS.md, from the parameters below.

Every look takes and returns BT.709 display-referred code values of 0 to 1. All looks are continuous, keep the
order of greys, and never leave 0 to 1, so nothing is clipped. To add a look, add an entry to LOOKS, and run
`python luts/generate.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float64]
Colour = tuple[float, float, float]

HERE = Path(__file__).parent
POINTS = 17
SPACE = "BT.709 display, 0–1"
FAR = 1e9  # practically infinity, but it can be multiplied by 0
BEGIN, END = "<!-- looks: written by generate.py -->", "<!-- end of looks -->"
BT709 = np.array([0.2126, 0.7152, 0.0722])  # luma weights, ITU-R BT.709-6 item 3.2


@dataclass(frozen=True)
class Look:
    """One look: the steps run in the order of the fields; a default changes nothing.

    `mono` weighs red, green, and blue into grey. `exposure` lifts (> 0) or lowers the middle by a power of
    2^-exposure; black and white stay. `contrast` is the slope at `pivot`. `saturation` above 1 fades out
    towards the limits of the gamut. `shadows` and `highlights` are tints added to the darker and brighter
    greys, but not to black and white. `balance` scales the channels. `black` and `white` are the resulting
    levels of these.
    """

    purpose: str
    mono: Colour | None = None
    exposure: float = 0.0
    contrast: float = 1.0
    pivot: float = 0.409
    saturation: float = 1.0
    shadows: Colour = (0.0, 0.0, 0.0)
    highlights: Colour = (0.0, 0.0, 0.0)
    balance: Colour = (1.0, 1.0, 1.0)
    black: Colour = (0.0, 0.0, 0.0)
    white: Colour = (1.0, 1.0, 1.0)


# The pivot is where ITU-R BT.709-6 item 1.2 puts an 18 % grey card: 1.099 · 0.18^0.45 − 0.099.
LOOKS = {
    "warm": Look(
        "late sun: warm whites and skin",
        exposure=0.05,
        contrast=1.06,
        saturation=1.05,
        shadows=(0.008, 0.0, -0.006),
        highlights=(0.020, 0.000, -0.018),
        balance=(1.0, 0.98, 0.935),
    ),
    "cool": Look(
        "clean and northern: cool whites, calm colour",
        contrast=1.06,
        saturation=0.97,
        shadows=(-0.012, 0.0, 0.014),
        highlights=(-0.016, 0.0, 0.010),
        balance=(0.958, 0.980, 1.0),
    ),
    "punch": Look("social feed: contrast and colour", exposure=0.04, contrast=1.20, saturation=1.24),
    "matte": Look(
        "soft editorial: lifted blacks, quiet colour",
        exposure=0.04,
        contrast=1.05,
        saturation=0.84,
        shadows=(-0.004, 0.002, 0.008),
        highlights=(0.010, 0.003, -0.012),
        black=(0.075, 0.075, 0.085),
        white=(0.965, 0.962, 0.95),
    ),
    "film": Look(
        "print stock: soft shoulder, cool shadows, warm lights",
        contrast=1.14,
        saturation=0.98,
        shadows=(-0.016, 0.004, 0.014),
        highlights=(0.022, 0.006, -0.022),
        black=(0.025, 0.028, 0.032),
        white=(0.985, 0.975, 0.95),
    ),
    "vintage": Look(
        "an old print: faded, yellowed, little blue",
        exposure=0.03,
        contrast=0.96,
        saturation=0.72,
        shadows=(0.016, 0.0, 0.014),
        highlights=(0.014, 0.008, -0.03),
        balance=(1.0, 0.972, 0.92),
        black=(0.085, 0.068, 0.07),
        white=(0.98, 0.96, 0.93),
    ),
    "teal-orange": Look(
        "trailer: teal shadows against skin",
        contrast=1.14,
        saturation=1.12,
        shadows=(-0.060, 0.006, 0.036),
        highlights=(0.045, 0.000, -0.032),
    ),
    "golden": Look(
        "golden hour: honeyed lights, soft contrast",
        exposure=0.06,
        contrast=1.03,
        saturation=1.02,
        shadows=(0.010, 0.002, -0.012),
        highlights=(0.034, 0.008, -0.034),
        balance=(1.0, 0.972, 0.905),
    ),
    "crisp": Look(
        "product and interior: clean whites, clear colour",
        exposure=0.06,
        contrast=1.12,
        saturation=1.08,
        highlights=(-0.006, 0.0, 0.006),
    ),
    "pastel": Look(
        "light and airy: bright, soft, little contrast",
        exposure=0.07,
        contrast=0.95,
        saturation=0.86,
        highlights=(0.006, 0.0, 0.004),
        black=(0.04, 0.04, 0.044),
        white=(0.99, 0.985, 0.98),
    ),
    "bleach": Look(
        "bleach bypass: hard, silvery, drained",
        exposure=0.03,
        contrast=1.22,
        saturation=0.72,
        shadows=(-0.006, 0.0, 0.006),
    ),
    "moody": Look(
        "low and green-blue, skin kept",
        exposure=-0.06,
        contrast=1.10,
        saturation=0.90,
        shadows=(-0.022, 0.003, 0.010),
        highlights=(0.014, 0.002, -0.012),
        black=(0.02, 0.024, 0.026),
    ),
    "night": Look(
        "day for night and neon: blue shadows, colour held",
        exposure=-0.09,
        contrast=1.06,
        saturation=1.10,
        shadows=(-0.014, -0.002, 0.024),
        highlights=(-0.004, 0.0, 0.006),
        balance=(0.985, 0.992, 1.0),
    ),
    "retro": Look(
        "slide film of the seventies: red shadows, green-yellow lights",
        contrast=1.10,
        saturation=1.10,
        shadows=(0.022, -0.006, -0.004),
        highlights=(0.012, 0.010, -0.028),
        black=(0.03, 0.022, 0.025),
        white=(0.985, 0.98, 0.94),
    ),
    "forest": Look(
        "outdoors: deep greens held back, warm lights",
        contrast=1.08,
        saturation=0.94,
        shadows=(-0.014, 0.008, 0.002),
        highlights=(0.018, 0.004, -0.020),
    ),
    "sepia": Look(
        "one warm tone",
        mono=(0.30, 0.59, 0.11),
        contrast=1.06,
        shadows=(0.040, 0.006, -0.040),
        highlights=(0.045, 0.010, -0.055),
        white=(1.0, 0.975, 0.93),
    ),
    "mono": Look("black and white, panchromatic", mono=(0.30, 0.59, 0.11), contrast=1.10),
    "noir": Look("black and white, hard and low", mono=(0.45, 0.45, 0.10), exposure=-0.10, contrast=1.34),
}


def apply(look: Look, rgb: Pixels) -> Pixels:
    """Code values (n, 3) of 0 to 1 through a look: again 0 to 1."""
    if look.mono:
        rgb = (rgb @ look.mono)[:, None].repeat(3, axis=1)
    rgb = _contrast(rgb**2.0**-look.exposure, look.contrast, look.pivot)
    rgb = _tinted(_saturated(rgb, look.saturation), look)
    black, white = np.array(look.black), np.array(look.white)
    return black + (white - black) * rgb * look.balance


def _contrast(value: Pixels, slope: float, pivot: float) -> Pixels:
    """Two power curves that meet at the pivot with the same slope; black and white stay unchanged."""
    below = pivot * (np.minimum(value, pivot) / pivot) ** slope
    above = (1 - pivot) * ((1 - np.maximum(value, pivot)) / (1 - pivot)) ** slope
    return np.where(value < pivot, below, 1 - above)


def _saturated(rgb: Pixels, amount: float) -> Pixels:
    """Away from grey at the same luma, less for pixels near the limits of the gamut."""
    luma = (rgb @ BT709)[:, None]
    colour = rgb - luma
    more = amount - 1 if amount <= 1 else _softer(amount - 1, np.maximum(_room(luma, colour) - 1, 0))
    return rgb + colour * more


def _tinted(rgb: Pixels, look: Look) -> Pixels:
    """Tints at the same luma, strongest at one third (shadows) and two thirds (highlights) of it."""
    luma = (rgb @ BT709)[:, None]
    shadows = 6.75 * luma * (1 - luma) ** 2 * np.array(look.shadows)
    highlights = 6.75 * luma**2 * (1 - luma) * np.array(look.highlights)
    tint = shadows + highlights
    tint = tint - (tint @ BT709)[:, None]
    return rgb + tint * _softer(1, _room(rgb, tint))


def _room(rgb: Pixels, direction: Pixels) -> Pixels:
    """How many times `direction` can be added to each pixel before a channel reaches 0 or 1: (n, 1)."""
    ahead = np.where(direction > 0, 1 - rgb, rgb)
    steps = np.divide(
        ahead, np.abs(direction), out=np.full_like(direction, FAR), where=np.abs(direction) > 1 / FAR
    )
    return steps.min(axis=1, keepdims=True).clip(0, FAR)


def _softer(amount: float, most: Pixels) -> Pixels:
    """`amount` where there is much room, less towards `most`, never beyond it: half the harmonic mean."""
    return amount * most / (amount + most)


def cube(name: str, look: Look) -> str:
    """The look's `.cube` file."""
    axis = np.linspace(0, 1, POINTS)
    blue, green, red = (plane.ravel() for plane in np.meshgrid(axis, axis, axis, indexing="ij"))
    rows = apply(look, np.stack([red, green, blue], axis=1))
    head = f'TITLE "{name}: {look.purpose}"\n# Apache-2.0. {parameters(look)}\nLUT_3D_SIZE {POINTS}\n'
    return head + "".join(f"{r:.6f} {g:.6f} {b:.6f}\n" for r, g, b in rows.tolist())


def parameters(look: Look) -> str:
    """The parameters that differ from their defaults, as text."""
    stated = {field.name: getattr(look, field.name) for field in fields(look) if field.name != "purpose"}
    changed = {name: value for name, value in stated.items() if value != getattr(Look, name)}
    return ", ".join(f"{name} {_numbers(value)}" for name, value in changed.items())


def _numbers(value: float | Colour) -> str:
    return " ".join(f"{part:g}" for part in (value if isinstance(value, tuple) else (value,)))


def row(name: str, look: Look) -> str:
    """The look's row in LUTS.md."""
    cells = f"{look.purpose} | own, `generate.py` | Apache-2.0 | {SPACE} | {SPACE} | {parameters(look)}"
    return f"| `{name}` | ![](previews/{name}.png) | {cells} |"


def catalogue(text: str) -> str:
    """LUTS.md with the rows of the packaged looks renewed."""
    before, rest = text.split(BEGIN)
    return "\n".join(
        [before + BEGIN, *(row(name, look) for name, look in LOOKS.items()), END + rest.split(END)[1]]
    )


def main() -> None:
    for name, look in LOOKS.items():
        (HERE / f"{name}.cube").write_text(cube(name, look), encoding="ascii", newline="\n")
    path = HERE / "LUTS.md"
    path.write_text(catalogue(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

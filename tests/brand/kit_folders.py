"""Folders from which kits are made: logos in known colours, a font, and a sound."""

from __future__ import annotations

import io
import wave
from functools import cache
from pathlib import Path

import numpy as np
from fontTools import subset
from pictures import png

from finish import resources

YELLOW, NAVY, WHITE = (255, 176, 0), (10, 61, 98), (255, 255, 255)


def logo(path: Path, *inks: tuple[int, int, int], size: tuple[int, int] = (80, 240)) -> None:
    """Discs of ink, side by side on a transparent ground."""
    height, width = size
    picture = np.zeros((height, width, 4), np.uint8)
    step = width // len(inks)
    rows, columns = np.mgrid[:height, :width]
    for number, ink in enumerate(inks):
        across, down = columns - step * (number + 0.5), rows - height / 2
        picture[across**2 + down**2 < (0.45 * min(step, height)) ** 2] = (*ink, 255)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(picture))


def sound(path: Path, seconds: float) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(2 * 8000 * seconds)))


@cache
def font() -> bytes:
    """The variable Noto Sans with its Latin letters only: a kit fixes its weight in a tenth of the time."""
    options = subset.Options(name_IDs=["*"], layout_features=["kern"])
    kept = subset.Subsetter(options)
    kept.populate(unicodes=range(0x20, 0x17F))
    with subset.load_font(resources.font_folder() / "NotoSans[wght].ttf", options) as whole:
        kept.subset(whole)
        file = io.BytesIO()
        whole.save(file)
    return file.getvalue()


def brand_folder(place: Path) -> Path:
    """A folder with a light and a dark logo, a mark, and a font."""
    folder = place / "acme"
    logo(folder / "logos" / "logo-white.png", WHITE, WHITE, YELLOW)
    logo(folder / "logos" / "logo-dark.png", NAVY, NAVY, YELLOW)
    logo(folder / "logos" / "mark.png", YELLOW, size=(120, 120))
    (folder / "Noto.ttf").write_bytes(font())
    return folder

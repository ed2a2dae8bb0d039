"""What a title shows: words, numbers, and pictures, whatever its template."""

from __future__ import annotations

from dataclasses import dataclass

from finish.model import Document
from finish.units import digest


@dataclass(frozen=True)
class NumberFormat:
    """How a number is written: digits after the point, what parts thousands, and what stands around it."""

    decimals: int = 0
    separator: str = ","
    prefix: str = ""
    suffix: str = ""

    def text(self, value: float) -> str:
        """A value as it is drawn; the point is a comma where points part thousands."""
        whole, _, rest = f"{abs(value):,.{self.decimals}f}".partition(".")
        point = "," if self.separator in (".", " ") else "."
        digits = whole.replace(",", self.separator) + (point + rest if rest else "")
        sign = "−" if value < 0 and float(f"{value:.{self.decimals}f}") else ""
        return f"{self.prefix}{sign}{digits}{self.suffix}"


@dataclass(frozen=True)
class TitleContent:
    """The texts of a title by their names, and everything else that its rows show.

    - `ground` is the colour (#RRGGBB) behind it; "" where it's over the picture.
    - `count` is the first value, the last one, and the seconds between them.
    - `link` is drawn as a QR code.
    """

    texts: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    logo: Document | None = None
    link: str = ""
    accent: str = "#FFB000"
    font: Document | None = None
    ground: str = ""
    count: tuple[float, float, float] | None = None
    number: NumberFormat = NumberFormat()

    def text(self, name: str) -> str:
        """A text by its name; "" if there is none."""
        return dict(self.texts).get(name, "")

    @property
    def digest(self) -> str:
        """The identity of all that is drawn."""
        files = (file.digest if file else "" for file in (self.logo, self.font))
        facts = (self.texts, self.items, self.link, self.accent, self.ground, self.count, self.number)
        return digest("title content", *files, *map(repr, facts))

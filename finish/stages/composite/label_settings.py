"""The settings of labels: texts on the picture, of which legal supers keep the rules of their market."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from finish import model
from finish.model import Seconds
from finish.model.drawn_text import DRAWN
from finish.model.font_files import readable_font
from finish.stages.composite.disclosure_texts import disclosure_text
from finish.stages.composite.text_settings import FontFile, TextSize, one_line

SHORTEST_LABEL: Final = Fraction(1)  # s; house value: less can't be read
LINES: Final = 1080  # of an HD frame of 16:9; rules of markets count them
Role = Literal["label", "callout", "legal", "disclosure"]
LabelPlace = Literal["top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"]
Share = Annotated[float, Field(ge=0, le=1)]
# House values, as shares of the frame's short side. Legal supers: 30 lines and a little more.
_SIZES: Final[dict[Role, float]] = {"label": 0.036, "callout": 0.036, "legal": 0.04, "disclosure": 0.03}


@dataclass(frozen=True)
class SuperRule:
    """What a market asks of legal supers.

    - `height` is the least height of letters in lines of 1080, `on_block` that on an opaque plate.
    - A super shows for `word` seconds a word, and `few` seconds before that, or `many` if it has at least
      `many_words` words.
    """

    source: str
    height: int
    on_block: int
    word: Fraction
    few: Fraction
    many: Fraction
    many_words: int

    def hold(self, words: int) -> Fraction:
        """How long a super with so many words shows at least (s)."""
        return (self.many if words >= self.many_words else self.few) + words * self.word


Market = Literal["uk"]
# BCAP's guidance on superimposed text (in force since March 2019), as Clearcast applies it.
RULES: Final[dict[Market, SuperRule]] = {
    "uk": SuperRule("BCAP, as Clearcast applies it", 30, 26, Fraction(1, 5), Fraction(2), Fraction(3), 10)
}


class Label(model.Settings):
    """A text on the picture from `from` to `to` (s). A legal super keeps the rules of its `market`."""

    model_config = ConfigDict(populate_by_name=True)

    text: Annotated[str | None, DRAWN, Field(min_length=1, max_length=300)] = Field(
        default=None,
        description="one text, on several lines if it's long; a disclosure has one in the section's `lang`",
    )
    start: Annotated[
        Seconds | None,
        Field(alias="from", ge=0, description="s of the programme; a disclosure starts at 0 if left out"),
    ] = None
    end: Annotated[
        Seconds | None,
        Field(alias="to", description="s, at least 1 s later; a disclosure ends with the programme"),
    ] = None
    role: Role = Field(
        default="label",
        description="callout points at a place; legal keeps the rules of its market; disclosure says that "
        "media is generated",
    )
    market: Market | None = Field(
        default=None, description="whose rules for legal supers count: uk is BCAP's, which Clearcast applies"
    )
    place: Literal["auto", "top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"] = Field(
        default="auto", description="where it is; auto is the first clear place"
    )
    at: tuple[Share, Share] | None = Field(
        default=None, description="[x, y], where a callout points, as shares of the frame"
    )
    plate: bool = Field(default=True, description="whether it's on a plate; false draws an outline")
    font: FontFile = None
    size: TextSize | None = Field(default=None, description="as share of the short side; a role has its own")

    _plain = field_validator("text")(one_line)
    _drawable = field_validator("font")(readable_font)

    @property
    def words(self) -> str:
        """Its text; "" for a disclosure that states none (see `worded`)."""
        return self.text or ""

    def worded(self, lang: str) -> Label:
        """The label with its text; a disclosure that states none says it in a language."""
        return self if self.text else self.model_copy(update={"text": disclosure_text(lang)})

    @property
    def in_corners(self) -> bool:
        """Whether corners come first for its place: a label, and a disclosure that stays until the end."""
        return self.role == "label" or (self.role == "disclosure" and self.end is None)

    @property
    def em(self) -> float:
        """The size of its letters, as a share of the frame's short side."""
        return _SIZES[self.role] if self.size is None else self.size

    @property
    def rule(self) -> SuperRule | None:
        """The rule that it keeps; None if it isn't a legal super, or names no market."""
        return RULES[self.market] if self.role == "legal" and self.market else None

    @property
    def shortest(self) -> Fraction:
        """How long it shows at least (s)."""
        return self.rule.hold(len(self.words.split())) if self.rule else SHORTEST_LABEL

    @model_validator(mode="after")
    def _complete(self) -> Label:
        stated = {"text": self.text, "from": self.start, "to": self.end}
        missing = [name for name, value in stated.items() if value is None]
        if missing and self.role != "disclosure":
            raise ValueError(
                f"a {self.role} needs {' and '.join(missing)} — state the text and when it shows"
            )
        return self

    @model_validator(mode="after")
    def _of_its_role(self) -> Label:
        if (self.role == "callout") is (self.at is None):
            wrong = "a callout needs at" if self.at is None else "at is for callouts"
            raise ValueError(f"{wrong} — write {{role: callout, at: [0.5, 0.3]}}")
        if self.role == "callout" and self.place != "auto":
            raise ValueError("a callout is beside its point — delete place")
        if self.market and self.role != "legal":
            raise ValueError("market is for legal supers — add role: legal, or delete market")
        return self

    @model_validator(mode="after")
    def _long_enough(self) -> Label:
        if self.end is not None and self.end - (self.start or 0) < self.shortest:
            length, least = float(self.end - (self.start or 0)), float(self.shortest)
            what = f"a legal super of {len(self.words.split())} words" if self.rule else "a label"
            whose = f" ({self.rule.source})" if self.rule else ""
            raise ValueError(
                f"{what} must show for at least {least:g} s{whose}, but shows for {length:g} s "
                "— raise to, or shorten the text"
            )
        return self

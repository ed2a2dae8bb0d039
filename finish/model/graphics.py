"""What stands on the picture before it has a place: graphics, their candidate places, and the chosen ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from finish.errors import FinishError
from finish.model.colour_contrast import MOST
from finish.units import Box

if TYPE_CHECKING:
    from finish.graph import Stream
    from finish.model.delivery import Delivery
    from finish.model.programme import Programme
    from finish.model.promises import Promise

# What a graphic keeps clear of, and what its contrast depends on.
SceneNeed = Literal["faces", "letters", "cuts", "tones"]
AVOIDED: Final[frozenset[SceneNeed]] = frozenset({"faces", "letters", "cuts"})

At = str | float  # a place as the lock file keeps it: "bottom", "top-left", or a share of the frame's height

# House value: this share of a face can be covered, as its box contains chin and hair, and of text, as its
# box contains space.
ALLOWED: Final = 0.1
# House values: the rows of the frame, as shares of its height, at which a graphic's lower edge can be, and
# what the whole height between a place and the preferred one costs.
ROWS: Final = tuple(row / 40 for row in range(1, 40))
FAR: Final = 4.0
# Later ones keep clear of earlier ones.
GRAPHIC_ORDER: Final = ("end card", "logo", "title", "lower third", "label", "captions")


@dataclass(frozen=True)
class TimedBox:
    """A box of the frame (px) from frame `start` until frame `end` (half-open)."""

    box: Box
    start: int
    end: int

    def during(self, start: int, end: int) -> bool:
        """Whether it overlaps these frames."""
        return start < self.end and self.start < end


@dataclass(frozen=True)
class GraphicPlace:
    """A candidate place of a graphic.

    - `boxes` is what each part covers there (px); None for a part that doesn't fit.
    - `cost` is how much worse it is than the preferred place, which has 0: from 0 to 10.
    - `look` is the variant that would be drawn, such as "dark" or "plate".
    - `contrast` is the contrast (to 1) of that variant on a ground of a luma (0 to 255); None where it's
      always enough.
    - `clear` is how far other graphics stay away from it (px).
    """

    at: At
    boxes: tuple[Box | None, ...]
    cost: float = 0.0
    look: str = ""
    contrast: Callable[[int], float] | None = None
    clear: int = 0


@dataclass(frozen=True)
class PlacedGraphic:
    """The chosen place of each part of a graphic, and how good it is.

    `eyes`, `faces` and `letters` are the largest covered shares of eyes or mouths, of faces, and of lines of
    text. `contrast` is the lowest contrast (to 1) in at least 99 % of samples, `moved` the number of parts
    outside the preferred place.
    """

    places: tuple[GraphicPlace, ...]
    eyes: float = 0.0
    faces: float = 0.0
    letters: float = 0.0
    contrast: float = MOST
    moved: int = 0

    @property
    def covered(self) -> float:
        """The largest share of anything to keep clear of."""
        return max(self.eyes, self.faces, self.letters)


def rows_in(places: Sequence[At]) -> list[float]:
    """The places that are rows of the frame, not names."""
    return [at for at in places if not isinstance(at, str)]


class Graphic(ABC):
    """Something that a stage wants on the picture; the placement stage chooses where, then asks it to draw.

    - `stage` makes it: under its name the lock file keeps the place. `place_names` are the names of places,
      and `needed` is the least contrast with the ground, to 1.
    - `parts` are the frames (start, end) of what shows at one place, in order of time. A graphic never moves
      within a part.
    """

    stage: ClassVar[str]
    place_names: ClassVar[tuple[str, ...]] = ()
    needed: ClassVar[float] = 1.0

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is, one of `GRAPHIC_ORDER`, with a number if there are several."""

    @property
    @abstractmethod
    def parts(self) -> tuple[tuple[int, int], ...]: ...

    @property
    @abstractmethod
    def needs(self) -> frozenset[SceneNeed]:
        """The facts about the picture that its place depends on; empty if it has only one place."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The digest of what its place depends on beside the picture; the same while a decision is obeyed."""

    def moves_freely(self, part: int) -> bool:  # noqa: ARG002 (for those that override it)
        """Whether a part's place is nobody's business but its own, as a file states it."""
        return False

    @abstractmethod
    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:
        """Its candidate places, the preferred one first.

        `taken` is what other graphics cover, and `stated` are the places that a lock file names.
        """

    def home(self) -> GraphicPlace:
        """Its preferred place, as if nothing were in its way."""
        return self.places((), ())[0]

    @abstractmethod
    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:
        """The error for a part that fits nowhere."""

    @abstractmethod
    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:
        """The programme with the graphic on its picture, and notes about it."""

    @abstractmethod
    def promises(
        self, drawn: Sequence[tuple[Graphic, PlacedGraphic]], plain: Stream, delivery: Delivery
    ) -> tuple[Promise[Any], ...]:
        """The promises about all graphics of the stage, `drawn` on the picture `plain`."""

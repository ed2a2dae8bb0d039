"""Captions: read, fitted into the safe box, burnt, and written beside the picture; a finished file without them breaks a promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator

from finish.analyse.clearance import Clearance, Shown
from finish.analyse.faces import Faces
from finish.analyse.shots import Shots
from finish.errors import FinishError, several
from finish.graph import Kind
from finish.model import (
    Accept,
    Analyser,
    Ask,
    Decision,
    Delivery,
    Document,
    File,
    Mark,
    Measure,
    Programme,
    Promise,
    StyleFile,
)
from finish.model import (
    Settings as Base,
)
from finish.stages.captions import style as styles
from finish.stages.captions.ass import Burnt
from finish.stages.captions.avoid import Places, places, seen, told
from finish.stages.captions.cues import Cue, chained, emphasised, mistake
from finish.stages.captions.edges import Edges
from finish.stages.captions.fit import Card, Grid, cards
from finish.stages.captions.parse import Captions, read
from finish.stages.captions.place import Covered, Position, Room, placed
from finish.stages.captions.rules import broken, limits, speed
from finish.stages.captions.script import Script
from finish.stages.captions.sidecar import Format, sidecar
from finish.units import Box, Size, Span, clock, digest

name = "captions"
touches: Final[tuple[Kind, ...]] = ("video",)

_LEFT: Final = Fraction(1, 2)  # s; house: what is left of a cue after a cut shows for this long or for half of its time, or not at all
SAMPLED: Final = 200  # cards that the finished file is checked at: all of them, or this many evenly spread


class Settings(Base):
    """`captions:` of a job. `size` scales the style's own size; `lang` names sidecars and sets capitals (BCP 47, as "en" or "pt-BR").

    `emphasis`: words that are burnt bold, in the style's colour of emphasis. `position`: auto stands clear of faces, shot by shot.
    `rules`: whether captions that break the rules for reading are noted (those that read too fast) or refused.
    """

    file: File | None = None
    style: Annotated[StyleFile, Field(validate_default=True)] = "clean"  # type: ignore[assignment]
    burn: bool = True
    sidecar: tuple[Format, ...] = ()
    lang: Annotated[str, Field(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")] = ""
    size: Annotated[float, Field(ge=0.5, le=2)] = 1
    emphasis: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    position: Literal["auto"] | Position = "bottom"
    rules: Literal["note", "require"] = "note"

    @field_validator("style")
    @classmethod
    def _readable(cls, document: Document) -> Document:
        try:
            styles.read(document)
        except FinishError as wrong:
            raise ValueError(str(wrong)) from wrong
        return document


def questions(settings: Settings) -> tuple[Analyser[Any], ...]:
    """Shots and faces, where captions are to stand clear of them; shots too where the rules are to be kept."""
    if settings.file is None:
        return ()
    clear = settings.position == "auto" and settings.burn
    return (*((Shots(),) if clear or settings.rules == "require" else ()), *((Faces(),) if clear else ()))


def standing(_: Settings) -> tuple[Promise, ...]:
    """Nothing: which captions a file should show is not known from its destination."""
    return ()


def plan(settings: Settings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its captions burnt and beside it; FinishError for a file, a glyph or a fit that cannot be."""
    if settings.file is None:
        return programme
    captions = read(settings.file)
    if settings.rules == "require":
        _keep_rules(settings, captions.cues, programme, ask)
    captions = _paced(captions, programme)
    cues, late = _in_range(captions.cues, programme, str(settings.file.path))
    notes = [*captions.notes, *late, *_fast(cues, settings.lang)]
    if not settings.burn and not settings.sidecar:
        notes.append("captions are neither burnt nor written: `burn` is off and `sidecar` is empty")
    files = tuple(sidecar(cues, form, settings.lang, str(settings.file.path)) for form in settings.sidecar)
    done = programme.but(files=files, notes=tuple(notes), marks=_marks(cues, programme) if settings.burn else ())
    return _burnt(settings, captions, cues, done, delivery, ask) if settings.burn else done


def _keep_rules(settings: Settings, cues: tuple[Cue, ...], programme: Programme, ask: Ask) -> None:
    """FinishError with every rule that a cue breaks, at its line."""
    rate = programme.source.video.rate if programme.source.video else programme.rate
    edges = Edges(rate, ask(Measure(Shots(), programme.conformed)).cuts)
    found = broken(cues, settings.lang, edges)
    errors = tuple(mistake(str(each), "`finish captions fix FILE --clip CLIP`, or `captions: {rules: note}`",
                           f"{settings.file.path}:{each.cue.line}") for each in found) if settings.file else ()
    if errors:
        raise several("captions", errors)


def _paced(captions: Captions, programme: Programme) -> Captions:
    """The captions at the times at which what they are of is shown; without those of which next to nothing is."""
    if programme.timeline is None:
        return captions
    spans = [programme.shown(Span(cue.start, cue.end)) for cue in captions.cues]
    cues = tuple(replace(cue, start=span.start, end=span.end) for cue, span in zip(captions.cues, spans, strict=True)
                 if span is not None and span.end - span.start >= min(_LEFT, (cue.end - cue.start) / 2))
    script = captions.script and captions.script.moved(programme.rate, programme.shown)
    gone = len(captions.cues) - len(cues)
    notes = (f"{gone} of {len(captions.cues)} cues are of what pacing leaves out: left out too",) if gone else ()
    return replace(captions, cues=cues, script=script, notes=(*captions.notes, *notes))


def _in_range(cues: tuple[Cue, ...], programme: Programme, path: str) -> tuple[tuple[Cue, ...], list[str]]:
    """The cues that begin within the programme and before its end card, the last ones ended with it."""
    end = min([programme.duration, *(each.span.start for each in programme.taken if each.box.size == programme.frame)])
    begun = [cue for cue in cues if round(cue.start * programme.rate) < round(end * programme.rate)]
    if not begun:
        first = f"the first cue starts at {clock(cues[0].start)}" if cues else "no cue is of what pacing keeps"
        raise mistake(f"{first} and the programme ends at {clock(end)}",
                          "do these captions belong to another clip?", f"{path}:{cues[0].line}" if cues else path)
    late = len(cues) - len(begun)
    notes = [f"{late} of {len(cues)} cues start after the end of the programme: left out"] if late else []
    return tuple(replace(cue, end=min(cue.end, end)) for cue in begun), notes


def _fast(cues: Iterable[Cue], language: str) -> list[str]:
    most = limits(language).speed
    fast = [cue for cue in cues if speed(cue, language) > most]
    if not fast:
        return []
    worst = max(fast, key=lambda cue: speed(cue, language))
    return [f"{len(fast)} cue{'s' * (len(fast) > 1)} read faster than {most} characters a second, "
            f"the fastest cue {worst.number} at {speed(worst, language):.0f} (`finish captions fix` gives them time)"]


def _burnt(  # noqa: PLR0913, PLR0917 (what `plan` has, and what it has read)
    settings: Settings, captions: Captions, cues: tuple[Cue, ...], programme: Programme, delivery: Delivery, ask: Ask,
) -> Programme:
    frame, safe = delivery.frame, delivery.safe.within(delivery.frame)
    if captions.script is not None:
        shown = [Shown((sum(Grid(programme.rate, programme.frames, "").of(cue)) // 2 / programme.rate,), safe) for cue in cues]
        notes = [*_play_note(captions.script, frame), *_own_places_note(programme)]
        return _burn(programme, captions.script, shown, safe, notes)
    where = str(settings.file.path) if settings.file else ""
    style = styles.read(settings.style)
    if settings.emphasis:
        cues = tuple(emphasised(cue, settings.emphasis) for cue in cues)
    em = style.size * settings.size * min(frame.width, frame.height)
    room = Room(frame, safe, em, style, _covered(programme))
    grid = Grid(programme.rate, programme.frames, where)
    made = tuple(card for cue in chained(cues) for card in cards(cue, style, room.limit, grid, settings.lang))
    standing = _standing(settings, made, room, programme, ask)
    stood = placed(made, room, lambda card: standing.at(programme.where(Fraction(card.start + card.end, 2) / programme.rate)), where)
    shown = [Shown(((each.card.start + each.card.end) // 2 / programme.rate,), each.ink) for each in stood]
    notes = [*_torn_note(made), *(_spread_note(cues) if style.spoken else []), *told(standing)]
    if settings.position == "auto":
        programme = programme.but(decisions=(Decision(name, _about(settings, programme, room), standing.values),))
    return _burn(programme, Burnt(frame, programme.rate, em, style, stood), shown, safe, notes)


def _about(settings: Settings, programme: Programme, room: Room) -> str:
    """What the places depend on: the clip, what of it is kept, where it and the captions stand, how large they are; not what they say."""
    about = (programme.source.digest, str(programme.timeline), repr(programme.framing), repr(room), str(settings.size))
    return digest("captions", *about)[:16]


def _standing(settings: Settings, made: tuple[Card, ...], room: Room, programme: Programme, ask: Ask) -> Places:
    """Where the cards stand: as said, as decided before, else clear of faces."""
    if settings.position != "auto":
        return Places(((Fraction(0), settings.position),))
    known = programme.decided(name, _about(settings, programme, room))
    if known is not None:
        return Places.read(known)
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    faces = seen(programme, ask(Measure(Faces(), programme.conformed)).looks)
    return places(cuts, made, faces, programme, lambda position: placed(made, room, lambda _: position, ""))


def _burn(programme: Programme, payload: Burnt | Script, shown: list[Shown], safe: Box, notes: list[str]) -> Programme:
    few = shown if len(shown) <= SAMPLED else [shown[at * (len(shown) - 1) // (SAMPLED - 1)] for at in range(SAMPLED)]
    question = Clearance(safe, tuple(few))
    shape: dict[str, Any] = {"source": "house rule: captions show, and clear of the destination's own buttons", "part": "picture",
                             "analyser": question, "against": programme.picture}
    promises = (
        Promise("captions outside the safe zone", "outside", Accept(exactly=0), "px",
                hint="lower `captions: size` or choose another position; an ASS file must keep its own text inside", **shape),
        Promise("captions that don't show", "missing", Accept(exactly=0), "cards",
                hint="too little contrast with the picture? try `captions: style: boxed`", **shape),
    )
    picture = programme.picture.filter("ass", filename=payload, shaping="complex")
    return programme.but(picture=picture, promises=promises, notes=tuple(notes))


def _marks(cues: Iterable[Cue], programme: Programme) -> tuple[Mark, ...]:
    """The frame in the middle of every cue, with its words on one line."""
    grid = Grid(programme.rate, programme.frames, "")
    return tuple(Mark(sum(grid.of(cue)) // 2 / programme.rate, " ".join(cue.text.split())) for cue in cues)


def _covered(programme: Programme) -> tuple[Covered, ...]:
    rate = programme.rate
    return tuple(Covered(each.box, round(each.span.start * rate), round(each.span.end * rate)) for each in programme.taken)


def _torn_note(made: tuple[Card, ...]) -> list[str]:
    torn = sorted({card.cue.number for card in made if card.torn})
    return [f"a word in cue {torn[0]} is wider than the safe box and was parted ({len(torn)} cues in all): "
            "put a soft hyphen (U+00AD) where it may break"] if torn else []


def _spread_note(cues: tuple[Cue, ...]) -> list[str]:
    """Words that light up by rule look as if they had been heard."""
    without = sum(not cue.timed and " " in cue.text.strip() for cue in cues)
    return [f"{without} of {len(cues)} cues say nothing of when their words are spoken: spread by syllables "
            "(VTT time stamps or a transcript as .json say it)"] if without else []


def _own_places_note(programme: Programme) -> list[str]:
    return ["the ASS file places its own text: check it against the logo and lower third"] if programme.taken else []


def _play_note(script: Script, frame: Size) -> list[str]:
    width, height = script.play
    if width * frame.height == height * frame.width:
        return []
    return [f"the ASS file was made for {width}x{height} and is stretched to {frame}: check where its text stands"]

"""A kit from a folder: its logos, fonts, colours, music and looks, with the reason of each guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from finish.brand.brand_folder import BrandFolder
from finish.brand.font_survey import FontFacts, chosen_fonts, font_facts
from finish.brand.kit_draft import DraftEntry, DraftSection, KitDraft, LeftOut
from finish.brand.logo_survey import LogoPicture, chosen_logos, logo_picture, name_words
from finish.brand.palette import ContrastPair, RoleColour, pairs, roles
from finish.errors import FinishError
from finish.media.job_files import JobFiles
from finish.model import Document
from finish.stages.colour.look_effect import effect
from finish.stages.colour.look_reading import fault, read

_STING: Final = 15.0  # s; house value: what is shorter than an advertisement's quarter isn't a bed
_BEDS: Final = frozenset({"bed", "loop", "underscore"})
_STINGS: Final = frozenset({"sting", "ident", "bumper", "jingle", "mnemonic", "whoosh", "hit"})
_TECHNICAL: Final = frozenset({"log", "rec", "slog", "vlog", "clog", "logc", "to"})
_GENERIC: Final = frozenset({"brand", "brands", "kit", "brandkit", "assets", "logos", "media", "design"})


_Facts = TypeVar("_Facts")


@dataclass(frozen=True)
class _Reader:
    """Reads the files of a folder; what can't be read is left out, with the reason."""

    files: JobFiles
    left_out: list[LeftOut]

    def of(self, names: Sequence[str], facts: Callable[[str, Document], _Facts]) -> list[_Facts]:
        read_files = []
        for name in names:
            try:
                read_files.append(facts(name, self.files.document(name, self.files.root)))
            except FinishError as error:
                self.left_out.append(LeftOut(name, _reason(error, name)))
            except ValueError as error:
                self.left_out.append(LeftOut(name, str(error)))
        return read_files


def new_kit(folder: BrandFolder, name: str = "") -> KitDraft:
    """The kit of a folder that has been surveyed; its name is that of the folder unless it has another."""
    reader = _Reader(JobFiles(folder.root), list(folder.left_out))
    pictures = reader.of(folder.pictures, logo_picture)
    fonts = reader.of(folder.fonts, font_facts)
    looks = reader.of(folder.looks, _look)
    reason = "" if name else "the name of the folder"
    name = name or brand_name(folder.root)
    sections = (
        DraftSection("name", (DraftEntry("", name, reason),), single=True),
        *_colour_sections([picture for picture in pictures if picture.is_logo]),
        _fonts(fonts, reader.left_out),
        _logos(pictures, reader.left_out),
        _templates(pictures, name),
        *_music(folder.sounds, reader),
        _looks(looks),
        _licences(fonts, folder.sounds),
        DraftSection("glossary", (DraftEntry("", name),), "Names and how to spell them."),
    )
    return KitDraft(
        "Written by finish from the files of this folder. Every value is a guess: read the comments.",
        sections,
        tuple(reader.left_out),
    )


def brand_name(folder: Path) -> str:
    """The name of a brand, from the name of its folder or of the one around it."""
    path = folder.resolve()
    generic = name_words(path.name) <= _GENERIC and path.parent.name
    words = (path.parent.name if generic else path.name).replace("_", " ").replace("-", " ").split()
    text = " ".join(word if word != word.lower() else word.capitalize() for word in words)
    return "".join(char for char in text if char.isprintable())[:100] or "Brand"


def _colour_sections(logos: Sequence[LogoPicture]) -> tuple[DraftSection, ...]:
    """The colours of the logos by role, and their pairs."""
    if not logos:
        return ()
    colours = roles([logo.colours for logo in logos])
    entries = tuple(DraftEntry(one.role, one.colour, one.reason) for one in colours)
    named = DraftSection("colours", entries, "By role: accent and ground are the defaults of graphics.")
    return (named, contrast_section(colours))


def contrast_section(colours: Sequence[RoleColour]) -> DraftSection:
    """The pairs of some colours; those that are too faint as comments."""
    entries = tuple(
        DraftEntry("", pair.roles, _contrast(pair), pair.ratio >= pair.least) for pair in pairs(colours)
    )
    return DraftSection("contrast", entries, "Pairs that jobs can rely on.")


def _contrast(pair: ContrastPair) -> str:
    kept = pair.ratio >= pair.least
    return f"has {pair.ratio:.1f}:1" + ("" if kept else f", less than {pair.least:g}:1: not to be combined")


def _fonts(fonts: Sequence[FontFacts], left_out: list[LeftOut]) -> DraftSection:
    chosen = chosen_fonts(fonts)
    used = {one.font.name for one in chosen}
    left_out += [
        LeftOut(font.name, f"{font.label}: add it under fonts to use it by name")
        for font in fonts
        if font.name not in used
    ]
    entries = (DraftEntry(one.role, one.font.name, one.reason + _restricted(one.font)) for one in chosen)
    return DraftSection("fonts", tuple(entries), "display draws titles, text draws captions.")


def _restricted(font: FontFacts) -> str:
    return "; it states a restricted licence: check it" if font.restricted else ""


def _logos(pictures: Sequence[LogoPicture], left_out: list[LeftOut]) -> DraftSection:
    chosen = chosen_logos(pictures)
    used = {one.picture.name for one in chosen}
    for picture in pictures:
        if picture.name not in used and not picture.is_card:
            why = "another file has its role" if picture.is_logo else "a picture without a transparent ground"
            left_out.append(LeftOut(picture.name, why))
    entries = [DraftEntry(one.role, one.picture.name, one.reason) for one in chosen]
    if entries:
        entries += [
            DraftEntry("height_min", 0.06, "its least height, as a share of the frame's short side", False),
            DraftEntry("clear", 0.5, "clear space around it, as a share of its height", False),
        ]
    return DraftSection("logos", tuple(entries), "light is in light colours, for dark pictures.")


def _templates(pictures: Sequence[LogoPicture], name: str) -> DraftSection:
    """The end card: a picture whose name says so, else the name in words."""
    card = next((picture for picture in pictures if picture.is_card), None)
    value = {"file": card.name} if card else {"text": name}
    reason = "its name says so" if card else "a job that states an end card shows this"
    return DraftSection("templates", (DraftEntry("end_card", value, reason),))


def _music(names: Sequence[str], reader: _Reader) -> Iterator[DraftSection]:
    """Music by name: a bed, or a sting if it is short."""
    beds, stings = dict[str, str](), dict[str, str]()
    for name in names:
        try:
            seconds = reader.files.footage(name, reader.files.root, "sound").seconds
        except ValueError as error:
            reader.left_out.append(LeftOut(name, str(error)))
            continue
        words = name_words(name)
        short = bool(words & _STINGS) or (seconds < _STING and not words & _BEDS)
        taken = stings if short else beds
        taken[role_name(Path(name).stem, taken)] = name
    entries = [
        DraftEntry(key, files, f"by length: stings are shorter than {_STING:g} s")
        for key, files in (("beds", beds), ("stings", stings))
        if files
    ]
    yield DraftSection("music", tuple(entries), "Jobs use it by name, such as mix: {music: {file: NAME}}.")


def role_name(text: str, taken: object = ()) -> str:
    """A name of a token for a text, different from those that are `taken`."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in text.lower())
    name = "-".join(part for part in plain.split("-") if part)[:36].rstrip("-")
    name = name if name[:1].isalpha() else f"c-{name}".rstrip("-")
    number, free = 1, name
    while isinstance(taken, dict | set | frozenset | tuple) and free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _look(name: str, document: Document) -> str:
    """The name of a look that a job can use; FinishError for one that it can't."""
    transform = read(document.data, name)
    if problem := fault(transform, effect(transform)):
        raise ValueError(" — ".join(problem))
    return name


def _looks(names: Sequence[str]) -> DraftSection:
    """The only look is every job's default; of several, people choose."""
    one = len(names) == 1 and not name_words(names[0]) & _TECHNICAL
    reason = "the only look: every job has it" if one else "a default of every job: choose one"
    entries = (DraftEntry("looks", tuple(names), reason, one),) if names else ()
    return DraftSection("colour", entries)


def _licences(fonts: Sequence[FontFacts], sounds: Sequence[str]) -> DraftSection:
    """What may have a licence that ends, as comments: its end is known to people only."""
    used = dict.fromkeys(one.font for one in chosen_fonts(fonts))
    stated = {font.name: font.licence for font in used if not font.is_free}
    entries = [
        DraftEntry(
            "",
            {"what": what, "until": "2027-12-31"},
            f"it states: {licence}" if licence else "state its last day, and its holder",
            False,
        )
        for what, licence in (stated | dict.fromkeys(sounds, "")).items()
    ]
    return DraftSection("licences", tuple(entries))


def _reason(error: FinishError, name: str) -> str:
    text = f"{error.message} — {error.hint}" if error.hint else error.message
    return text.removeprefix(f"{Path(name).name} ").removeprefix(f"{name} ")

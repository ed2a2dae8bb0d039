"""A kit from the tokens of another program, and from the files of the folder in which it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from finish.brand.kit_draft import DraftEntry, DraftSection, KitDraft, LeftOut
from finish.brand.new_kit import contrast_section, role_name
from finish.brand.palette import GROUND, TEXT_COLOUR, RoleColour
from finish.brand.token_file import TokenFile

# Words of a token's path that say which role of finish it has.
_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "primary": ("primary",),
    "accent": ("accent", "highlight", "secondary"),
    "text": ("text", "foreground", "on-surface", "on-background"),
    "ground": ("ground", "background", "surface"),
}


def imported_kit(tokens: TokenFile, source: str, folder: KitDraft) -> KitDraft:
    """The kit of a file of tokens; logos, fonts, and music come from the draft of its `folder`."""
    colours = tuple(_roles(tokens.colours))
    own = {
        "colours": DraftSection("colours", tuple(DraftEntry(c.role, c.colour, c.reason) for c in colours)),
        "contrast": contrast_section(colours),
    }
    sections = [own.pop(section.key, section) for section in folder.sections]
    if tokens.disclosure:
        text = DraftEntry("text", tokens.disclosure, "the only required disclaimer")
        sections.append(DraftSection("disclosure", (text,)))
    return replace(
        folder,
        head=f"Written by finish from {source} ({tokens.kind}) and the files of this folder.",
        sections=(*sections[:1], *own.values(), *sections[1:]),
        left_out=(
            *folder.left_out,
            *_missing(tokens, folder),
            *map(LeftOut, tokens.lost, tokens.lost.values()),
        ),
    )


def _roles(colours: Mapping[str, str]) -> Iterator[RoleColour]:
    """The colours under names of their own: those of finish where their path says so."""
    taken: dict[str, str] = {}
    for role, words in _ROLES.items():
        path = next((path for word in words for path in colours if _says(path, word)), "")
        if path and path not in taken.values():
            taken[role] = path
            yield RoleColour(role, colours[path], path)
    for path, colour in colours.items():
        if path not in taken.values():
            role = role_name(path.split(".")[-1], taken)
            role = role if path.split(".")[-1] and not role.startswith("c-") else role_name(path, taken)
            taken[role] = path
            yield RoleColour(role, colour, path)
    if "text" not in taken:
        yield RoleColour("text", TEXT_COLOUR, "white, because no token is for text")
    if "ground" not in taken:
        yield RoleColour("ground", GROUND, "nearly black, because no token is for grounds")


def _says(path: str, word: str) -> bool:
    """Whether the last parts of a path say a word: `color.brand.primary`, `text-default`."""
    last = path.lower().split(".")[-1]
    return last == word or last.startswith(f"{word}-") or path.lower().endswith(f"{word}.default")


def _missing(tokens: TokenFile, folder: KitDraft) -> Iterator[LeftOut]:
    """The fonts and logos that the tokens name, and the folder doesn't have."""
    stated = {str(value).lower() for key in ("fonts", "logos") for value in folder.stated(key).values()}
    reasons = " ".join(
        entry.reason.lower()
        for section in folder.sections
        if section.key == "fonts"
        for entry in section.entries
    )
    for path, family in tokens.families.items():
        if family.lower() not in reasons:
            yield LeftOut(f"{path} ({family})", "the folder has no such font: add its .ttf or .otf file")
    for logo in _unique(tokens.logos):
        if not any(name.endswith(logo.lower()) for name in stated):
            yield LeftOut(
                logo, "the kit doesn't have this logo: put the file into the folder and import again"
            )


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))

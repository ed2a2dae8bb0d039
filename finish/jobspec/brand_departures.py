"""Where a deliverable departs from its brand: noted, or refused where the brand requires it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from finish.jobspec.brand_tokens import BrandTokens
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report
from finish.jobspec.origins import SettingOrigin
from finish.jobspec.section_settings import longhand
from finish.jobspec.spec_tree import Node, layered, plain, spelled
from finish.model import Note, Stage, know

_LISTED: Final = 8  # departures that a note lists
_LOGO: Final = "composite.logo"
_FIELDS: Final = re.compile(r"\{[a-z]+\}")


@dataclass(frozen=True)
class Departure:
    """A setting that isn't as the brand states it: its path, its node, and the brand's value and node."""

    setting: str
    node: Node
    stated: str
    brand: Node

    def __str__(self) -> str:
        return f"{self.setting} is {self.value} instead of {self.stated} ({self.brand.origin.place})"

    @property
    def value(self) -> str:
        """The value as in a job file."""
        return spelled(plain(self.node))


def departures(
    tokens: BrandTokens, stages: Sequence[Stage], trees: Mapping[str, Node]
) -> tuple[Departure, ...]:
    """Every setting of a deliverable's sections (`trees`) that isn't as its brand states it."""
    brand = tokens.brand
    return tuple(
        departure
        for stage in stages
        if stage.name in trees
        for departure in (
            *_departing(brand, _brand_layer(tokens, stage, trees[stage.name]), trees[stage.name], stage.name),
            *(_of_logo(tokens, trees[stage.name]) if stage.name == "composite" else ()),
        )
    )


def _brand_layer(tokens: BrandTokens, stage: Stage, tree: Node) -> Node | None:
    """What the brand states of a section, given what the job states."""
    section = longhand(stage.Settings, tokens.brand.sections.at(stage.name))
    return layered([section, tokens.defaults(stage, tokens.bare(tree))])


def _departing(brand: LoadedBrand, stated: Node | None, tree: Node, path: str) -> Iterator[Departure]:
    """The departures of a tree from what the brand states; a null counts for everything below it."""
    if stated is None or stated.value is None or tree is stated:
        return
    if not stated.entries:
        if not _agrees(brand, tree, stated):
            yield Departure(path, tree, spelled(plain(stated)), stated)
        return
    for key, inner in stated.entries.items():
        below = tree if tree.value is None else tree.at(key)
        if below is not None:
            yield from _departing(brand, inner, below, f"{path}.{key}")


def _agrees(brand: LoadedBrand, node: Node, stated: Node) -> bool:
    """Whether a value is the brand's, or another one of its colours, or a list that contains the brand's."""
    value, own = plain(node), plain(stated)
    if isinstance(value, tuple) and isinstance(own, tuple):
        return set(map(str, own)) <= set(map(str, value))
    colours = {colour.upper() for colour in brand.kit.colours.values()}
    return bool(value == own) or (str(own).upper() in colours and str(value).upper() in colours)


def _of_logo(tokens: BrandTokens, tree: Node) -> Iterator[Departure]:
    """A logo that isn't one of the kit's, or is smaller than the kit's least height."""
    logo = tokens.bare(tree).at("logo")
    if logo is None or not logo.entries:
        return
    own = logo.at("file")
    variants = [node for name in ("light", "dark", "mark") if (node := tokens.brand.token(f"logos.{name}"))]
    foreign = own is not None and own.value not in [None, *(node.value for node in variants)]
    if own is not None and foreign and variants:
        yield Departure(f"{_LOGO}.file", own, spelled(variants[0].value), variants[0])
    least, height = tokens.brand.token("logos.height_min"), logo.at("height")
    if least is None or height is None or not isinstance(height.value, int | float):
        return
    if isinstance(least.value, int | float) and height.value < least.value:
        yield Departure(f"{_LOGO}.height", height, f"at least {least.value:g}", least)


def with_departures(
    rows: Sequence[SettingOrigin], departing: Sequence[Departure]
) -> tuple[SettingOrigin, ...]:
    """Explained settings, of which those that depart from the brand say so."""
    return tuple(
        replace(row, origin=f"{row.origin} (departs from the brand: {'; '.join(own)})") if own else row
        for row in rows
        for own in ([_brand_value(one) for one in departing if f"{one.setting}.".startswith(f"{row.key}.")],)
    )


def _brand_value(departure: Departure) -> str:
    return f"{departure.stated}, {departure.brand.origin.place}"


def misnamed(brand: LoadedBrand, name: str) -> str:
    """The brand's pattern for the names of deliverables, if a name doesn't have it; else ""."""
    naming = brand.kit.naming
    return "" if not naming or _fits(name, _FIELDS.split(naming)) else naming


def _fits(name: str, parts: Sequence[str]) -> bool:
    """Whether a name has these parts in order, with at least one character between any two of them."""
    first, *rest = parts
    if not rest:
        return name == first
    at = len(first) if name.startswith(first) else len(name)
    for part in rest[:-1]:
        after = name.find(part, at + 1)
        at = after + len(part) if after >= 0 else len(name)
    return name.endswith(rest[-1]) and len(name) - len(rest[-1]) > at


def required(brand: LoadedBrand, setting: str) -> bool:
    """Whether the brand lets no job change a setting."""
    if setting.startswith(f"{_LOGO}.") and brand.kit.logos.severity == "must":
        return True
    return any(setting == item or setting.startswith(f"{item}.") for item in brand.kit.must)


def refuse(brand: LoadedBrand, departing: Sequence[Departure], report: Report) -> None:
    """Report the departures that the brand doesn't allow as mistakes."""
    for one in departing:
        if required(brand, one.setting):
            message = f"departs from the brand, which requires {one.stated} ({one.brand.origin.place})"
            report.add(one.node.origin, message, "delete the setting")


def departure_note(brand: LoadedBrand, departing: Sequence[Departure], name: str) -> tuple[Note, ...]:
    """One note about everything in which a deliverable departs from its brand; none if it doesn't."""
    texts = [str(one) for one in departing]
    if pattern := misnamed(brand, name):
        naming: Any = brand.token("naming")
        texts.append(f"name is {name} instead of {pattern} ({naming.origin.place})")
    if not texts:
        return ()
    more = f", and {len(texts) - _LISTED} more" if len(texts) > _LISTED else ""
    return (know("departs-from-brand", f"departs from the brand: {', '.join(texts[:_LISTED])}{more}"),)

"""The deliverables that a job lists: one for each entry, or one for each language and preset of its `for`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from finish.jobspec import name_fields, presets
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, printable
from finish.jobspec.validation import validate_layer, validated
from finish.model import Settings
from finish.units import LANGUAGE

_MOST: Final = 100  # items of a list in `for`: there are fewer destinations, and rarely as many languages


def _language(tag: str) -> str:
    if not LANGUAGE.fullmatch(tag):
        raise ValueError(f'unknown language "{printable(tag)}" — write a BCP 47 tag, such as en or pt-BR')
    return tag


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    folded = [value.casefold() for value in values]
    if twice := next((value for index, value in enumerate(values) if value.casefold() in folded[:index]), ""):
        raise ValueError(f'"{printable(twice)}" is listed twice — keep one')
    return values


_Language = Annotated[str, AfterValidator(_language)]
_Preset = Annotated[str, AfterValidator(presets.known_preset)]


Codes = tuple[
    Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")], ...
]  # the codes of notes, which the screen shows in brackets


Territory = Annotated[str, Field(pattern=r"^[A-Z]{2}$|^world$")]  # ISO 3166-1 alpha-2


class DeliverableEntry(Settings):
    """One file to make of each clip, or one for each item of `for`."""

    model_config = ConfigDict(populate_by_name=True)

    name: Annotated[str, AfterValidator(name_fields.valid_template)] = Field(
        description="file name; takes {clip}, {preset}, {aspect}, {lang} and {version}"
    )
    preset: _Preset = Field(description="the destination")
    axes: Any = Field(None, alias="for")
    only: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_distinct)] | None = Field(
        None, description="the names of the segments that it shows, for a part of the timeline"
    )
    accept: Codes = Field((), description="codes of notes that need no action, such as alpha")
    territory: Territory | tuple[Territory, ...] | None = Field(
        None, description="countries where it is shown, such as DE, to compare with the brand's licences"
    )
    encode: Any = None


class EntryAxes(Settings):
    """The languages and presets of an entry; with both lists, every pair."""

    lang: (
        Annotated[tuple[_Language, ...], Field(min_length=1, max_length=_MOST), AfterValidator(_distinct)]
        | None
    ) = Field(
        None, description="languages as BCP 47 tags: {lang} in names and paths, and the captions' language"
    )
    preset: (
        Annotated[tuple[_Preset, ...], Field(min_length=1, max_length=_MOST), AfterValidator(_distinct)]
        | None
    ) = Field(None, description='destinations, instead of one "preset"')


@cache
def opened(base: type[Settings], sections: tuple[str, ...]) -> type[BaseModel]:
    """`base` with a key for every section, whose content is validated once its layers are merged."""
    fields: dict[str, Any] = dict.fromkeys(sections, (Any, None))
    return create_model(base.__name__, __base__=base, __doc__=base.__doc__, **fields)


@dataclass(frozen=True)
class Variant:
    """One deliverable of an entry: the entry with its preset, and the values that `for` gives it.

    `stated` is the entry as it was written; `varying` are the fields that distinguish its variants.
    """

    stated: Node
    tree: Node
    chosen: Mapping[str, Node] = field(default_factory=dict)
    varying: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """The value of `{lang}`, if it has one."""
        return {"lang": str(self.chosen["lang"].value)} if "lang" in self.chosen else {}


def variants(entry: Node, sections: tuple[str, ...], report: Report) -> tuple[Variant, ...]:
    """The deliverables of one entry; the first list of `for` changes slowest. () if `for` isn't valid."""
    model, stated = opened(DeliverableEntry, sections), entry.at("for")
    if stated is None or stated.value is None:
        validated(model, entry, report)
        return (Variant(entry, entry),)
    if not validated(EntryAxes, stated, report) or not _one_preset(entry, stated, report):
        validate_layer(model, entry, report)
        return ()
    lists = {key: node.value for key, node in stated.entries.items() if isinstance(node.value, tuple)}
    varying = tuple(key for key, values in lists.items() if len(values) > 1)
    rows = [dict(zip(lists, values, strict=True)) for values in product(*lists.values())]
    expanded = tuple(_variant(entry, row, varying) for row in rows)
    for variant in expanded:
        validated(model, variant.tree, report)
    return expanded


def _variant(entry: Node, chosen: Mapping[str, Node], varying: tuple[str, ...]) -> Variant:
    preset = {"preset": chosen["preset"]} if "preset" in chosen else {}
    return Variant(entry, replace(entry, value={**entry.entries, **preset}), chosen, varying)


def _one_preset(entry: Node, stated: Node, report: Report) -> bool:
    own, listed = entry.at("preset"), stated.at("preset")
    if not (own and own.value and listed and listed.value):
        return True
    report.add(listed.key or listed.origin, f"stated twice (first at {own.origin.place})", "keep one")
    return False

"""What a brand forbids or limits: words that are never drawn, and licences with their end and territory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, printable
from finish.model import Note, act
from finish.model.brand_kit import NEAR_DAYS, KitLicence
from finish.model.never_words import never_words_in

_TEXTS: Final = frozenset(
    ["title", "subtitle", "text", "label", "kicker", "action", "handle", "items", "prefix", "suffix"]
)


def drawn_texts(tree: Node) -> Iterator[Node]:
    """The texts of titles, cards and labels in a tree, in every language that it states."""
    for key, node in tree.entries.items():
        yield from _texts(node) if key in _TEXTS else drawn_texts(node)
    for node in tree.value if isinstance(tree.value, tuple) else ():
        yield from drawn_texts(node)


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    for inner in (*node.entries.values(), *(node.value if isinstance(node.value, tuple) else ())):
        yield from _texts(inner)


def forbidden_words(brand: LoadedBrand, texts: Iterable[Node], report: Report) -> tuple[Note, ...]:
    """A note for each text with a word that the brand never draws; a mistake where it must not."""
    notes = []
    for node in texts:
        words = ", ".join(f'"{printable(word)}"' for word in never_words_in(str(node.value), brand.kit.never))
        if words and "never" in brand.kit.must:
            report.add(node.origin, f"contains {words}, which the brand never draws", "use other words")
        elif words:
            where = f"{node.origin.path} ({node.origin.place})"
            notes.append(act("never-word", f"{where} contains {words}, which the brand never draws"))
    return tuple(notes)


def _used(brand: LoadedBrand, licence: KitLicence, files: frozenset[Path]) -> bool:
    """Whether a deliverable uses what a licence is about: a file of its own, or else anything."""
    path = brand.tree.origin.folder / licence.what
    named = {brand.tree.origin.folder / name for name in brand.names}
    return path in files if path in named else True


def unlicensed(brand: LoadedBrand, files: frozenset[Path], territories: Sequence[str]) -> tuple[Note, ...]:
    """A note for each territory of a deliverable that a licence of one of its files doesn't cover."""
    notes = []
    for licence in brand.kit.licences:
        allowed = licence.territories
        outside = [place for place in territories if place not in allowed] if allowed else []
        if outside and "world" not in allowed and _used(brand, licence, files):
            text = f"the licence of {_named(licence)} covers {', '.join(allowed)}, not {', '.join(outside)}"
            notes.append(
                act("licence-territory", f"{text} — extend the licence, or replace what it is about")
            )
    return tuple(notes)


def expiring(brand: LoadedBrand, files: frozenset[Path], today: date) -> tuple[str, ...]:
    """A warning for each licence of what a job uses that has expired, or expires within a month."""
    warnings = []
    for licence in brand.kit.licences:
        if licence.until is None or not _used(brand, licence, files):
            continue
        days = (licence.until - today).days
        if days < 0:
            warnings.append(f"the licence of {_named(licence)} expired on {licence.until} — renew it")
        elif days <= NEAR_DAYS:
            warnings.append(f"the licence of {_named(licence)} expires on {licence.until}, in {days} days")
    return tuple(warnings)


def _named(licence: KitLicence) -> str:
    holder = f" ({printable(licence.holder)})" if licence.holder else ""
    return f"{printable(licence.what, 200)}{holder}"

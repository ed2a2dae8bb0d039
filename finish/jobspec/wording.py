"""Drawn texts of a job in the language of a deliverable: from maps by language, and from string tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from finish.jobspec.asset_library import Files
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, Origin, printable
from finish.jobspec.stated_edit import SegmentSource
from finish.jobspec.string_table import StringRow, StringTable, read_table
from finish.jobspec.text_maps import TextPath, checked_map, with_texts
from finish.model import CardMaterial, Deliverable, Delivery, Settings
from finish.model.drawn_text import KEY, TextFit
from finish.stages.composite.short_texts import card_is_short
from finish.units import LANGUAGE

FOLDER: Final = "strings"


@dataclass(frozen=True)
class TextUse:
    """A text that a job states by language or key, in the language of one deliverable.

    `at` is its map, `path` its keys below the job, `source` its text in the first language (`source_lang`),
    and `text` that in `lang`, None if there is none. `table` is the language of the table that has it, or
    should have it; "" for a text of the map. `row` is its row there.
    """

    key: str
    path: TextPath
    at: Origin
    lang: str
    source_lang: str
    source: str
    text: str | None
    table: str = ""
    row: StringRow | None = None

    @property
    def label(self) -> str:
        """Its path as messages name it."""
        return Origin("", Path()).under(*self.path).path


@dataclass(frozen=True)
class Wording:
    """Finds the texts of one job. With `untranslated`, a missing text isn't a mistake: its source stands in.

    `uses` and `fits` are all texts that were looked up, and their room by path and language.
    """

    files: Files
    report: Report
    untranslated: bool = False
    tables: dict[tuple[str, str], StringTable] = field(default_factory=dict)
    uses: dict[tuple[TextPath, str, Origin], TextUse] = field(default_factory=dict)
    fits: dict[tuple[TextPath, str], list[TextFit]] = field(default_factory=dict)

    def sections(self, trees: Mapping[str, Node], models: Mapping[str, type[Settings]]) -> dict[str, Node]:
        """The sections of a deliverable with every text in its language."""
        lang = language(trees)
        return {
            name: self.section(tree, models[name], lang, (name,)) if name in models else tree
            for name, tree in trees.items()
        }

    def section(self, tree: Node, model: type[Settings], lang: str, path: TextPath) -> Node:
        """A section at `path` with every text in a language."""
        return with_texts(tree, model, path, lambda node, at: self._text(node, at, lang))

    def card(self, source: SegmentSource, card: CardMaterial, lang: str, delivery: Delivery) -> CardMaterial:
        """A card of a timeline with its texts in a language."""
        path: TextPath = ("timeline", source.name)
        texts = {key: self._text(node, (*path, key), lang) for key, node in source.texts.items()}
        words = {key: str(text.value) for key, text in texts.items()}
        worded = replace(
            card,
            title=words.get("title", card.title),
            subtitle=words.get("subtitle", card.subtitle),
            kicker=words.get("kicker", card.kicker),
        )
        for fit in self._card_fits(worded, delivery):
            key = str(fit.path[0])
            stated = texts.get(key) or source.node.at(key) or source.node
            self.fit(stated.origin, (*path, key), lang, fit)
        return worded

    def _card_fits(self, card: CardMaterial, delivery: Delivery) -> Iterable[TextFit]:
        if not self.untranslated and card_is_short(card, delivery):
            return ()
        from finish.stages.composite.text_fits import card_fits  # fonts are read only where it's needed

        return card_fits(card, delivery)

    def check(self, deliverable: Deliverable, trees: Mapping[str, Node]) -> None:
        """Report the texts of a deliverable that don't fit into its frame."""
        lang = language(trees)
        for name, settings in deliverable.settings.items():
            for fit in settings.text_fits(deliverable.delivery, rooms=self.untranslated):
                self.fit(_origin(trees[name], fit.path), (name, *fit.path), lang, fit)

    def fit(self, origin: Origin, path: TextPath, lang: str, fit: TextFit) -> None:
        """Keep how a text fits; one that doesn't is a mistake."""
        self.fits.setdefault((path, lang), []).append(fit)
        if fit.problem and not self.untranslated:
            self.report.add(origin, fit.problem, fit.hint)

    def _text(self, node: Node, path: TextPath, lang: str) -> Node:
        """The text of a map in a language; the map's source for one that is missing."""
        if not checked_map(node, self.report):
            return replace(node, value="-")  # the mistake in the map is the one to report
        stated = {tag.casefold(): text for tag, text in node.entries.items() if tag != KEY and text.value}
        stand_in = next(iter(stated.values()), replace(node, value="-"))
        if not lang:
            hint = 'add "for: {lang: [en, de]}" to the deliverable, or a language to its captions'
            self.report.add(node.origin, "has texts by language, but the deliverable has no language", hint)
            return stand_in
        key = str(node.entries[KEY].value or "") if KEY in node.entries else ""
        chosen, table = self._lookup(node, stated, key, lang)
        row = self._row(node, key, table or lang)
        source_lang = next((tag for tag, text in node.entries.items() if tag != KEY and text.value), "")
        source = str(stand_in.value) if stated else ""
        text = str(chosen.value) if chosen else None
        use = TextUse(key, path, node.origin, lang, source_lang, source, text, table, row)
        self.uses.setdefault((path, lang, node.origin), use)
        if chosen is None and not self.untranslated:
            self._report_missing(node, key, lang)
        return chosen or replace(stand_in, value=source or (row.source if row else "") or "-")

    def _lookup(self, node: Node, stated: Mapping[str, Node], key: str, lang: str) -> tuple[Node | None, str]:
        """The text of the nearest language, and the language of its table; de-AT falls back to de.

        A text of the map has no table, and one that is missing belongs to the table of `lang`.
        """
        for tag in fallbacks(lang):
            in_map, row = stated.get(tag.casefold()), self._row(node, key, tag)
            translated = row if row and row.translation.strip() else None
            if in_map and translated and translated.translation != in_map.value:
                message = f'"{printable(key)}" has another text at {in_map.origin.place}'
                self.report.add(self._place(node, tag, translated.line), message, "keep one")
            if in_map:
                return in_map, ""
            if translated:
                return Node(translated.translation, self._place(node, tag, translated.line)), tag
        return None, lang if key else ""

    def _row(self, node: Node, key: str, tag: str) -> StringRow | None:
        return self.table(node.origin, tag).rows.get(key) if key else None

    def table(self, origin: Origin, tag: str) -> StringTable:
        """The table of a language beside the file that states a text; its mistakes are in the report."""
        known = (str(origin.folder), tag)
        if known not in self.tables:
            self.tables[known] = StringTable()
            name = f"{FOLDER}/{tag}.csv"
            try:
                if self.files.has(name, origin.folder):
                    self.tables[known] = read_table(self.files.document(name, origin.folder).data)
            except ValueError as error:
                self.report.add(table_place(origin, tag), str(error))
            for problem in self.tables[known].problems:
                self.report.add(table_place(origin, tag, problem.line), problem.message, problem.hint)
        return self.tables[known]

    def _place(self, node: Node, tag: str, line: int) -> Origin:
        return replace(table_place(node.origin, tag, line), path=node.origin.path)

    def _report_missing(self, node: Node, key: str, lang: str) -> None:
        name = table_place(node.origin, lang).file
        hint = f'add "{lang}: …"'
        if key:
            hint = f'add the row "{printable(key)}" to {name}, which "finish strings" writes'
        self.report.add(node.origin, f"has no text in {lang}", hint)


def language(trees: Mapping[str, Node]) -> str:
    """The language of a deliverable: that of `for`, else of its captions; "" if it has none."""
    captions = trees.get("captions")
    stated = captions.at("lang") if captions else None
    tag = stated.value if stated else None
    return tag if isinstance(tag, str) and LANGUAGE.fullmatch(tag) else ""


def fallbacks(lang: str) -> Iterator[str]:
    """The language, and the same with fewer subtags: de-Latn-AT, de-Latn, de."""
    parts = lang.split("-")
    yield from ("-".join(parts[:end]) for end in range(len(parts), 0, -1))


def table_place(origin: Origin, tag: str, line: int = 0) -> Origin:
    """The place of a line of a table, named as the file that states its texts is."""
    name = str(PurePosixPath(origin.file).parent / FOLDER / f"{tag}.csv")
    return Origin(name, origin.folder, line, 1 if line else 0)


def _origin(tree: Node, path: TextPath) -> Origin:
    """The place of a text, or of the nearest map that is stated."""
    node = tree
    for step in path:
        node = node.at(step) or node
    return node.origin

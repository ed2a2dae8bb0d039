"""The names of a job's deliverables: each filled in, and given once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from finish.jobspec import name_fields
from finish.jobspec.entries import Variant
from finish.jobspec.mistakes import Report
from finish.jobspec.sources import SourceClip
from finish.jobspec.spec_tree import Node
from finish.model import Delivery

_WHERE: Final = {
    "lang": 'add "for: {lang: [en, de]}" to the deliverable',
    "version": 'add "version: v1" to the job',
}


@dataclass(frozen=True)
class Register:
    """The names of one job so far. `fields` are what fields stand for in all of them; `batch`: there are several clips."""

    report: Report
    batch: bool
    fields: Mapping[str, str] = field(default_factory=dict)
    taken: dict[str, tuple[Variant, SourceClip]] = field(default_factory=dict)

    def check(self, variant: Variant) -> None:
        """A name that takes what nobody has stated is a mistake."""
        node = variant.tree.at("name")
        lacking = _WHERE.keys() - {*self.fields, *variant.fields}
        for field in name_fields.fields_in(str(node.value)) if node else ():
            if node and field in lacking:
                self._refuse(node, f'"{{{field}}}" has no value', _WHERE[field])

    def name(self, variant: Variant, preset: str, delivery: Delivery | None, clip: SourceClip) -> str:
        """The name of one deliverable of one clip, "" when it has none; one that is taken is a mistake."""
        node = variant.tree.at("name")
        fields = name_fields.field_values(clip.stem, preset, delivery, {**self.fields, **variant.fields})
        if node is None or not isinstance(node.value, str) or not name_fields.can_fill(node.value, fields):
            return ""
        try:
            name = name_fields.filled(node.value, fields)
        except ValueError as wrong:
            self._refuse(node, f"{clip.shown}: {wrong}" if self.batch else str(wrong))
            return ""
        first = self.taken.setdefault(name.casefold(), (variant, clip))
        if first != (variant, clip):
            self._clash(node, name, variant, first[0])
        return name

    def _clash(self, node: Node, name: str, variant: Variant, first: Variant) -> None:
        wanted = (*(("clip",) if self.batch else ()), *variant.varying)
        lacking = [f"{{{each}}}" for each in wanted if each not in name_fields.fields_in(str(node.value))]
        if first.stated is variant.stated and lacking:
            self._refuse(
                node, f'"{node.value}" would name several files', f"put {' and '.join(lacking)} in it"
            )
        elif first is not variant:
            at = first.stated.origin
            self._refuse(
                node,
                f'"{name}" is also the name of {at.path} ({at.place})',
                "names must differ by more than case",
            )

    def _refuse(self, node: Node, message: str, hint: str = "") -> None:
        """One mistake a name: what is wrong with it for one clip is wrong with it for the next."""
        if all(each.at != node.origin for each in self.report.mistakes):
            self.report.add(node.origin, message, hint)

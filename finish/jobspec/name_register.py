"""The names of a job's deliverables: each one filled in, and used once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from finish.jobspec import name_fields
from finish.jobspec.entries import Variant
from finish.jobspec.mistakes import Report
from finish.jobspec.sources import SourceClip
from finish.jobspec.spec_tree import Node
from finish.model import Delivery

_HINTS: Final = {
    "lang": 'add "for: {lang: [en, de]}" to the deliverable',
    "version": 'add "version: v1" to the job',
}


@dataclass(frozen=True)
class Register:
    """The names of one job so far.

    `fields` are the values of fields in all names. `batch`: the job has several clips. `owners` are the
    deliverables by their names in lower case.
    """

    report: Report
    batch: bool
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    owners: dict[str, tuple[Variant, SourceClip]] = dataclasses.field(default_factory=dict)

    def check(self, variant: Variant) -> None:
        """Report each field in a variant's name that has no value."""
        node = variant.tree.at("name")
        lacking = _HINTS.keys() - {*self.fields, *variant.fields}
        for field in name_fields.fields_in(str(node.value)) if node else ():
            if node and field in lacking:
                self._refuse(node, f'"{{{field}}}" has no value', _HINTS[field])

    def name(self, variant: Variant, preset: str, delivery: Delivery | None, clip: SourceClip) -> str:
        """The name of one deliverable of one clip, "" if it has none; a name that is in use is a mistake."""
        node = variant.tree.at("name")
        fields = name_fields.field_values(clip.stem, preset, delivery, {**self.fields, **variant.fields})
        if node is None or not isinstance(node.value, str) or not name_fields.can_fill(node.value, fields):
            return ""
        try:
            name = name_fields.filled(node.value, fields)
        except ValueError as error:
            self._refuse(node, f"{clip.label}: {error}" if self.batch else str(error))
            return ""
        owner = self.owners.setdefault(name.casefold(), (variant, clip))
        if owner != (variant, clip):
            self._refuse_used(node, name, variant, owner[0])
        return name

    def _refuse_used(self, node: Node, name: str, variant: Variant, owner: Variant) -> None:
        varying = (*(("clip",) if self.batch else ()), *variant.varying)
        fields = name_fields.fields_in(str(node.value))
        lacking = [f"{{{field}}}" for field in varying if field not in fields]
        if owner.stated is variant.stated and lacking:
            self._refuse(
                node, f'"{node.value}" would name several files', f"add {' and '.join(lacking)} to it"
            )
        elif owner is not variant:
            other = owner.stated.origin
            message = f'"{name}" is also the name of {other.path} ({other.place})'
            self._refuse(node, message, "use names that differ by more than case")

    def _refuse(self, node: Node, message: str, hint: str = "") -> None:
        """Report one mistake for each name: a mistake for one clip is the same mistake for the next."""
        if all(mistake.at != node.origin for mistake in self.report.mistakes):
            self.report.add(node.origin, message, hint)

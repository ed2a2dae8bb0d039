"""A brand as the rules of a job: what deliverables take from it, and what they may not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from finish.jobspec.approvals import KeptApproval
from finish.jobspec.brand_departures import Departure, departure_note, departures, refuse
from finish.jobspec.brand_tokens import BrandTokens
from finish.jobspec.brand_words import drawn_texts, forbidden_words, unlicensed
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node
from finish.model import Deliverable, Note, Stage

_TITLED: Final = "composite"  # the section whose texts are drawn
_TIMELINES: Final = ("timeline", "over", "timelines")  # the keys of a job whose cards have texts


@dataclass(frozen=True)
class BrandRules:
    """What the brand of a `job` means for its deliverables. What it doesn't allow is in the report."""

    brand: LoadedBrand
    job: Node
    stages: tuple[Stage, ...]
    report: Report

    @cached_property
    def _tokens(self) -> BrandTokens:
        return BrandTokens(self.brand)

    def filled(self, stage: Stage, tree: Node) -> Node:
        """A section with the tokens of the brand where it states nothing."""
        return self._tokens.filled(stage, tree)

    def departures(self, trees: Mapping[str, Node]) -> tuple[Departure, ...]:
        """Where the sections of a deliverable depart from the brand."""
        departing = departures(self._tokens, self.stages, trees)
        refuse(self.brand, departing, self.report)
        return departing

    def notes(
        self,
        deliverable: Deliverable,
        trees: Mapping[str, Node],
        entry: Node,
        departing: tuple[Departure, ...],
    ) -> tuple[Note, ...]:
        """The notes about the brand of a deliverable that an `entry` of the job states."""
        files = frozenset(file.path for file in deliverable.files)
        drawn = (trees.get(_TITLED), *(self.job.at(key) for key in _TIMELINES))
        texts = [text for tree in drawn if tree is not None for text in drawn_texts(tree)]
        stated = entry.at("territory")
        territories = (
            stated.value if stated and isinstance(stated.value, tuple) else (stated,) if stated else ()
        )
        places = tuple(str(node.value) for node in territories if node.value is not None)
        return (
            *departure_note(self.brand, departing, deliverable.name),
            *forbidden_words(self.brand, texts, self.report),
            *unlicensed(self.brand, files, places),
        )


def keep_brand(brand: LoadedBrand, approval: KeptApproval | None, job: Node, report: Report) -> None:
    """Refuse another brand than the one with which the job was first published."""
    known = approval.document.brand if approval else ""
    stated = job.at("brand")
    if stated is None or not known or known == brand.digest:
        return
    message = f"{brand.file} isn't the brand with which this job was published: it has changed"
    hint = "restore it, or take the new one for the complete job: finish upgrade JOB --yes"
    report.add(stated.origin, message, hint)

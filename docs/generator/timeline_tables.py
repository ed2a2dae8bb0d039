"""The tables of a timeline's segments in the page of the job spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docs.generator.markdown import sentence, table
from docs.generator.spec_keys import Key, inlined, keys
from finish.jobspec.timeline_entries import OVER, SECTIONS_OF, TIMELINE, SegmentEntry

_HEAD = ("Key", "Takes", "Default", "Meaning")


def segment_tables() -> Iterator[str]:
    """A table for each kind of segment. A key that several kinds have is in the first of them."""
    known: set[Key] = set()
    for track, kinds in (("timeline", TIMELINE), ("over", OVER)):
        for kind, model in kinds.items():
            rows = [key for key in _keys(model) if key not in known]
            if rows:
                yield f"### {track}: {kind}"
                yield " ".join([sentence(model.__doc__ or ""), *_sections(kind)])
                yield table(_HEAD, [key.row for key in rows])
            known.update(rows)


def _keys(model: type[SegmentEntry]) -> list[Key]:
    schema: Mapping[str, object] = inlined(model.model_json_schema())
    return list(keys(schema, ""))


def _sections(kind: str) -> Iterator[str]:
    """The sentence about the sections that a kind of segment can have."""
    if names := SECTIONS_OF[kind]:
        listed = ", ".join(f"`{name}`" for name in names)
        yield f"Its own settings of {listed} outrank the deliverable's."

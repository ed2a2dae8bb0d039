"""The page of every key of job.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docs.generator.markdown import page, table
from docs.generator.spec_keys import Key, default, keys, kind, meaning, members
from docs.generator.timeline_tables import segment_tables
from finish import jobspec
from finish.stages import STAGES


def required_keys(name: str) -> frozenset[str]:
    """Keys without a default: the schema can't demand them, because another layer may complete a section."""
    models = {stage.name: stage.Settings for stage in STAGES}
    if name not in models:
        return frozenset()
    return frozenset(f"{name}.{path}" for path in _needed(models[name].model_json_schema(), {}, ""))


def _needed(part: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Iterator[str]:
    known = part.get("$defs", known)
    if "$ref" in part:
        part = known[part["$ref"].rsplit("/", 1)[1]]
    for option in part.get("anyOf", ()):
        yield from _needed(option, known, path)
    if "items" in part:
        yield from _needed(part["items"], known, f"{path}[]")
    for name, inner in part.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        if name in part.get("required", ()):
            yield below
        yield from _needed(inner, known, below)


def job_page() -> str:
    schema = jobspec.schema(STAGES)
    shared = [*(stage.name for stage in STAGES), "encode"]
    head = ("Key", "Takes", "Default", "Meaning")
    whole = schema["properties"]
    entry = next(iter(members(whole["deliverables"])))["items"]
    exceptions = next(iter(members(whole["clips"])))["additionalProperties"]

    def own(part: Mapping[str, Any], path: str = "") -> list[Sequence[str]]:
        needed = part.get("required", ())
        rows: list[Sequence[str]] = []
        for name, inner in part["properties"].items():
            if name in shared:
                continue
            below = f"{path}{name}"
            rows.append(Key(below, kind(inner), default(inner, required=name in needed), meaning(inner)).row)
            if name not in ("deliverables", "clips", "timeline", "over", "timelines"):
                rows += [key.row for key in keys(inner, below)]
        return rows

    lines = [
        "Job spec",
        "Every key of `job.yaml`. A setting is looked up in this order: clip, deliverable, job, brand, "
        "preset, default. Maps merge, lists replace, and `null` unsets a key. `finish schema` prints the "
        "same as JSON Schema for editors.",
        "Times are seconds, or `minutes:seconds`. A path counts from the job folder.",
        "## The job",
        table(head, own(schema)),
        "## A deliverable",
        "Every section below can also be in a deliverable.",
        table(head, own(entry, "deliverables[].")),
        "## A segment",
        "Times in `timeline` and `over` are also frames (`8f`) or timecode (`00:00:01:12`). `out` is "
        "exclusive. `over` takes clips and stills, with the same keys and some more. See "
        "[Timeline](../how-to/timeline.md).",
        *segment_tables(),
        "## A clip's exceptions",
        "`clips:` has a key for each clip, named as its file without the suffix. Every section below can be "
        "in it.",
        table(head, own(members(exceptions)[0], "clips.NAME.") or [("–", "–", "–", "–")]),
        "## A brand",
        "The keys of `brand.yaml`. Every section below can be in it, too. See [Brand](../how-to/brand.md).",
        table(head, own(jobspec.brand_schema(STAGES))),
    ]
    for name in shared:
        part = whole[name]
        needed = required_keys(name)
        rows = [
            Key(key.path, key.kind, "required" if key.path in needed else key.default, key.meaning).row
            for key in keys(part, name)
        ]
        lines += [f"## {name}", meaning(part), table(head, rows)]
    return page(*lines)

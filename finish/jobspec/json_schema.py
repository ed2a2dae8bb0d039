"""The JSON Schemas of a job file and a brand, for editors: what the loader accepts, as far as a schema can
express it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Final

from finish import resources
from finish.jobspec.encode_settings import Encode
from finish.jobspec.entries import DeliverableEntry, EntryAxes
from finish.jobspec.job_entry import JobFile
from finish.jobspec.segment_entry import SegmentEntry
from finish.jobspec.sources import ClipExceptions
from finish.jobspec.timeline_entries import OVER, SECTIONS_OF, SEGMENTS, TIMELINE
from finish.jobspec.timelines import ProgrammeEntry
from finish.model import Settings, Stage
from finish.model.brand_kit import BrandKit

_COLOUR: Final = "#[0-9A-Fa-f]{6}"
_COLOUR_OR_ROLE: Final = r"^(#[0-9A-Fa-f]{6}|[A-Za-z][A-Za-z0-9_-]{0,39})$"  # the brand's name for a colour
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(stages: Sequence[Stage]) -> dict[str, Any]:
    """The schema of job.yaml with a section for each of `stages`.

    A section can be incomplete, because layers complete each other. A key can be null, which unsets it.
    """
    shared = {**_sections(stages), "encode": _section(Encode, "")}
    job = _object(JobFile, shared)
    job["properties"]["deliverables"] |= {"items": _entry(shared), "description": "the files to make"}
    clip = _nullable(_object(ClipExceptions, shared))
    job["properties"]["clips"] = _nullable(
        {
            "type": "object",
            "additionalProperties": clip,
            "description": "settings that differ for single clips, by name without suffix",
        }
    )
    job["properties"] |= _timelines(shared)
    job["required"] = ["deliverables"]
    kinds = [{"required": [key]} for key in ("source", "timeline", "timelines")]
    return {"$schema": DIALECT, **job, "oneOf": kinds}


def brand_schema(stages: Sequence[Stage]) -> dict[str, Any]:
    """The schema of brand.yaml: its tokens, and a section for each of `stages`."""
    sections = _sections(stages)
    brand = _object(BrandKit, sections)
    graphics = _properties(sections.get("composite", {}))
    templates = _properties(brand["properties"]["templates"])
    templates |= {name: graphics[name] for name in templates if name in graphics}
    return {"$schema": DIALECT, **brand}


def _sections(stages: Sequence[Stage]) -> dict[str, Any]:
    return {stage.name: _section(stage.Settings, inspect.getdoc(stage) or "") for stage in stages}


def _properties(part: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object that can be null."""
    inner: dict[str, Any] = next(
        (member["properties"] for member in part.get("anyOf", (part,)) if "properties" in member), {}
    )
    return inner


def _timelines(shared: Mapping[str, Any]) -> dict[str, Any]:
    """The keys `timeline`, `over` and `timelines` of a job."""
    tracks = {
        "timeline": _track(TIMELINE, shared, "the segments of a programme, in order"),
        "over": _nullable(_track(OVER, shared, "clips and stills over the timeline")),
    }
    programme = _object(ProgrammeEntry, shared)
    programme["properties"] |= tracks
    several = {
        "type": "object",
        "additionalProperties": {"anyOf": [tracks["timeline"], programme]},
        "description": "several programmes, by name",
    }
    return {**tracks, "timeline": _nullable(tracks["timeline"]), "timelines": _nullable(several)}


def _track(kinds: Mapping[str, type[SegmentEntry]], shared: Mapping[str, Any], about: str) -> dict[str, Any]:
    """A list of segments of some kinds."""
    entries = [_segment(kind, model, shared) for kind, model in kinds.items()]
    items = {"anyOf": entries}
    return {"type": "array", "items": items, "minItems": 1, "maxItems": SEGMENTS, "description": about}


def _segment(kind: str, model: type[SegmentEntry], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A segment, with the sections that it can have."""
    return _object(model, {name: shared[name] for name in SECTIONS_OF[kind] if name in shared})


def _entry(shared: Mapping[str, Any]) -> dict[str, Any]:
    """A deliverable, whose preset is in `preset` or in its `for`."""
    entry, axes = _object(DeliverableEntry, shared), _object(EntryAxes, {})
    known = {"enum": list(resources.names("presets"))}
    entry["properties"]["preset"] |= known
    entry["properties"]["for"] = _nullable(axes)
    for member in axes["properties"]["preset"]["anyOf"]:
        if "items" in member:
            member["items"] |= known
    listed = {
        "properties": {
            "for": {"type": "object", "required": ["preset"], "properties": {"preset": {"type": "array"}}}
        }
    }
    return {
        **entry,
        "required": ["name"],
        "oneOf": [{"required": ["preset"]}, {"required": ["for"], **listed}],
    }


def _object(model: type[Settings], shared: Mapping[str, Any]) -> dict[str, Any]:
    made = _inlined(model.model_json_schema(), {})
    own = {
        key: part if key in made.get("required", ()) else _nullable(part)
        for key, part in made["properties"].items()
    }
    return {**made, "properties": {**own, **shared}}


def _section(model: type[Settings], about: str) -> dict[str, Any]:
    """One section; its description is its model's docstring or its stage's."""
    made = _in_part(_inlined(model.model_json_schema(), {}))
    if "shorthand" in vars(model):  # a word can stand for the map
        made = {"anyOf": [made, {"type": "string"}]}
    described = model.__dict__.get("__doc__") or about
    return _nullable(
        {**made, "description": inspect.cleandoc(described).split("\n")[0]} if described else made
    )


def _inlined(part: Any, known: Mapping[str, Any]) -> Any:
    """The schema with its references inlined, and without the titles that pydantic derives from keys."""
    if isinstance(part, list):
        return [_inlined(item, known) for item in part]
    if not isinstance(part, dict):
        return part
    known = part.get("$defs", known)
    if "$ref" in part:
        named = known[part["$ref"].rsplit("/", 1)[1]]
        return _inlined({**named, **{key: value for key, value in part.items() if key != "$ref"}}, known)
    if _COLOUR in str(part.get("pattern", "")):
        part = {**part, "pattern": _COLOUR_OR_ROLE}
    return {
        key: {name: _inlined(inner, known) for name, inner in value.items()}
        if key == "properties"
        else _inlined(value, known)
        for key, value in part.items()
        if key not in ("$defs", "title")
    }


def _in_part(part: dict[str, Any]) -> dict[str, Any]:
    """An object of which any key can be missing or null; items of lists are complete: lists replace."""
    kept = {
        key: value
        for key, value in part.items()
        if key not in ("required", "oneOf", "discriminator", "properties")
    }
    if "properties" in part:
        kept["properties"] = {key: _nullable(_in_part(value)) for key, value in part["properties"].items()}
    if members := part.get("anyOf") or part.get("oneOf"):
        kept["anyOf"] = [_in_part(member) for member in members]
    return kept


def _nullable(part: dict[str, Any]) -> dict[str, Any]:
    null = {"type": "null"}
    about = {key: value for key, value in part.items() if key in ("description", "default")}
    bare = {key: value for key, value in part.items() if key not in about}
    members = bare["anyOf"] if set(bare) == {"anyOf"} else [bare]
    return {"anyOf": members if null in members else [*members, null], **about}

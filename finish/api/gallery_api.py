"""Galleries from Python: caption styles and title templates on a clip, vertical and wide."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from finish import resources
from finish.api.job_api import require_all_planned
from finish.api.loading import load, one_clip_job
from finish.engine.engine import Engine
from finish.engine.plan_pictures import readable
from finish.engine.selection import select_one
from finish.errors import PathError, SpecError
from finish.model import Deliverable, Document, Job, Programme
from finish.near_names import choices
from finish.review import sheet as sheets
from finish.review import style_sheet
from finish.review.design_gallery import SECONDS, DesignEntry, gallery_page
from finish.review.limits import without_limits
from finish.stages import STAGES
from finish.stages.captions.typesetting import style_file
from finish.stages.composite.titles.title_template import TitleTemplate, read_template
from finish.storage import cleanup
from finish.storage.publish import write_whole

SHAPES: Final = ("tiktok", "youtube")  # the destinations of a gallery: a vertical frame, and a wide one
_FROM, _UNTIL = Fraction(3, 10), SECONDS - Fraction(3, 10)  # s in which a title shows
_CARD: Final = Fraction(3)  # s of an end card


@dataclass(frozen=True)
class TitleSummary:
    """A packaged title template: its name, what it is, and what it is for."""

    name: str
    kind: str
    about: str


def title_templates() -> tuple[TitleSummary, ...]:
    """The packaged title templates, by kind and name."""
    templates = {name: _template(name) for name in resources.names("titles")}
    rows = (TitleSummary(name, template.kind, template.about) for name, template in templates.items())
    return tuple(sorted(rows, key=lambda row: (row.kind, row.name)))


def titles(
    clip: str | Path, target: Path, names: Sequence[str] = (), brand: str | Path | None = None
) -> Path:
    """Write a page (.html) of a clip with title templates on it, moving, vertical and wide; returns its path.

    `names` are packaged templates (default: all). With a `brand` (its brand.yaml), its colours and fonts are
    those of the titles. SpecError for an unknown name, PathError for a missing clip.
    """
    if target.suffix.lower() != ".html":
        raise PathError(f"{target.name} isn't a page: previews move", "name a .html file")
    chosen = _known(names)
    sections = {name: _sample_section(name, _template(name)) for name in chosen}
    programmes = _planned_titles(Path(clip), sections, brand)
    groups: dict[str, list[DesignEntry]] = {}
    for row in title_templates():
        if row.name in sections:
            text = _yaml({"composite": sections[row.name]})
            entry = DesignEntry(row.name, row.about, text, programmes[row.name])
            groups.setdefault(f"{row.kind[0].upper()}{row.kind[1:]}", []).append(entry)
    details = (f"{len(sections)} templates", "click one for its YAML")
    write_whole(target, gallery_page(Path(clip).name, details, tuple(groups.items())))
    return target


def styles(
    clip: str | Path, target: Path, names: Sequence[str] = (), captions: str = "", preset: str = ""
) -> Path:
    """Write a sheet of a clip framed for a destination, with captions in each style; returns its path.

    A .png is a picture of a few moments, by default framed for tiktok. A .html page has moving previews, by
    default vertical and wide. `names` are the styles (default: all packaged ones); `captions` is a caption
    file (default: a few sample lines).
    """
    sheets.form(target)
    chosen = tuple(dict.fromkeys(names or resources.names("styles")))
    moves = target.suffix.lower() == ".html"
    presets = (preset,) if preset else SHAPES
    file = {"file": captions} if captions else {}
    variants = [
        select_one(one_clip_job(clip, [one], {"captions": {"style": style, **file}}).job)
        for style in chosen
        for one in (presets if moves else presets[:1])
    ]
    with cleanup.scratch("finish-store-") as folder:
        programmes = _planned(Job("styles", folder, style_sheet.style_variants(variants)))
        if not moves:
            sheets.write(style_sheet.page(chosen, programmes), target)
            return target
        count = len(programmes) // len(chosen)
        entries = [
            DesignEntry(
                Path(style).parent.name if style.endswith(".yaml") else style,
                _style_title(variant),
                _yaml({"captions": {"style": style}}),
                tuple(programmes[number * count : (number + 1) * count]),
            )
            for number, (style, variant) in enumerate(zip(chosen, variants[::count], strict=True))
        ]
        details = (f"{len(entries)} caption styles", "click one for its YAML")
        write_whole(target, gallery_page(Path(clip).name, details, (("Caption styles", entries),)))
    return target


def _style_title(deliverable: Deliverable) -> str:
    settings: Any = deliverable.settings["captions"]
    return style_file.read(settings.style).title


def _template(name: str) -> TitleTemplate:
    path = resources.entry("titles", name)
    return read_template(Document(path, path.read_bytes()))


def _known(names: Sequence[str]) -> tuple[str, ...]:
    known = resources.names("titles")
    for name in names:
        if name not in known:
            raise SpecError(f'unknown title template "{name}"', choices(name, known))
    return tuple(dict.fromkeys(names or known))


def _sample_section(name: str, template: TitleTemplate) -> Mapping[str, Any]:
    """The section of a job that shows a template with its own sample words."""
    stated = {key: value for key, value in template.sample.model_dump().items() if value}
    stated |= {"items": list(stated["items"])} if "items" in stated else {}
    if template.kind == "end card":
        lines = "\n".join(filter(None, (stated.pop("title", ""), stated.pop("subtitle", ""))))
        link = {"link": "https://example.org/"} if "code" in template.shows else {}
        return {"end_card": {"template": name, "text": lines, **stated, **link, "seconds": float(_CARD)}}
    if "count" in stated:
        stated["count"] = {"to": stated["count"]}
    at = {"at": [0.5, 0.5]} if template.kind == "callout" else {}
    times = {} if template.kind == "progress" else {"from": float(_FROM), "to": float(_UNTIL)}
    return {"titles": [{"template": name, **stated, **at, **times}]}


def _planned_titles(
    clip: Path, sections: Mapping[str, Mapping[str, Any]], brand: str | Path | None
) -> dict[str, tuple[Programme, ...]]:
    """The pictures of a clip with each template, for each destination."""
    if not clip.is_file():
        raise PathError(f"no such file: {clip}", "name a clip")
    clip = clip.resolve()
    libraries = [clip.parent]
    spec: dict[str, Any] = {"source": str(clip)}
    if brand is not None:
        kit = Path(brand).resolve()
        libraries.append(kit.parent)
        spec["brand"] = str(kit)
    with cleanup.scratch("finish-titles-") as folder:
        spec["libraries"] = [str(library) for library in dict.fromkeys(libraries)]
        spec["deliverables"] = [
            {
                "name": f"{name}-{preset}",
                "preset": preset,
                "composite": dict(section),
                # An end card comes after the clip.
                "pacing": {"trim": "-1" if "end_card" in section else f"-{float(SECONDS):g}"},
            }
            for name, section in sections.items()
            for preset in SHAPES
        ]
        (folder / "job.yaml").write_text(json.dumps(spec), encoding="utf-8")  # JSON is YAML
        job = load(folder, libraries=libraries).job
        unlimited = tuple(without_limits(deliverable) for deliverable in job.deliverables)
        programmes = iter(_planned(replace(job, deliverables=unlimited)))
    return {name: tuple(next(programmes) for _ in SHAPES) for name in sections}


def _planned(job: Job) -> list[Programme]:
    """The planned pictures of all deliverables."""
    engine = Engine(job, STAGES)
    plan = engine.plan(job.deliverables, [stage for stage in STAGES if "video" in stage.touches])
    require_all_planned(plan)
    return [rendering.planned.programme for rendering in readable(plan, engine.renderer).renderings]


def _yaml(section: Mapping[str, Any]) -> str:
    """A section as a job states it."""
    yaml, text = YAML(), StringIO()
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.dump(dict(section), text)
    return text.getvalue()

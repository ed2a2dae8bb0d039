"""Caption styles from Python: their titles, and every key of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from finish import resources
from finish.errors import SpecError
from finish.jobspec import AssetLibrary
from finish.jobspec.spec_tree import Origin, PlacedText, spelled
from finish.media.job_files import JobFiles
from finish.model import Document
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.style_file import read


@dataclass(frozen=True)
class StyleKey:
    """One key of a style: its path, its value as style.yaml would state it, and what it means."""

    key: str
    value: str
    meaning: str


def style_titles() -> dict[str, str]:
    """The packaged caption styles: their titles by name."""
    files = {name: resources.entry("styles", name) for name in resources.names("styles")}
    return {name: read(Document(path, path.read_bytes())).title for name, path in files.items()}


def style_keys(name: str | Path) -> tuple[StyleKey, ...]:
    """Every key of a style; a packaged one by name, or a style.yaml or its folder. SpecError for other names.

    Parts that the style leaves out are listed with their default values.
    """
    current = Path.cwd()
    text = str(name)
    if Path(text).is_dir() and text not in resources.names("styles"):
        text = str(Path(text) / "style.yaml")
    try:
        document = AssetLibrary(JobFiles(Path(current.anchor))).document(
            PlacedText(text, Origin("command line", current)), "styles"
        )
    except ValueError as error:
        raise SpecError(*str(error).split(" — ", 1)) from error
    return tuple(_keys(CaptionStyle, read(document), ""))


def _keys(model: type[BaseModel], style: BaseModel | None, prefix: str) -> Iterator[StyleKey]:
    for name, field in model.model_fields.items():
        key, value = f"{prefix}{name}", getattr(style, name) if style else field.get_default()
        part = next(
            (kind for kind in (field.annotation, *get_args(field.annotation)) if _is_part(kind)), None
        )
        unstated = "" if field.is_required() and style is None else spelled(value)
        yield StyleKey(key, "" if isinstance(value, BaseModel) else unstated, field.description or "")
        if part is not None:
            yield from _keys(part, value, f"{key}.")


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)

"""Small stages with every kind of setting that real ones have, and a job folder without a disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from finish import jobspec
from finish.errors import FinishError
from finish.jobspec.spec_tree import printable
from finish.model import Document, File, Look, Seconds, Settings, StyleFile


class Colour(Settings):
    """Looks, in order."""

    looks: tuple[Look, ...] = ()
    strength: Annotated[float, Field(ge=0, le=1, description="how much of the looks")] = 1.0
    levels: Literal["keep", "legal"] = "keep"


class Key(Settings):
    model_config = ConfigDict(populate_by_name=True)

    start: Annotated[Seconds, Field(alias="from")]
    x: Annotated[float, Field(ge=0, lt=1)]


class Keys(Settings):
    at: Annotated[tuple[Key, ...], Field(min_length=1, max_length=3)]


class Reframe(Settings):
    follow: Literal["subject", "centre", "pad", "none"] | Keys = Field("centre", title="mode")
    calm: Annotated[float, Field(gt=0)] = 1.0


class Captions(Settings):
    """Captions, burnt in and as sidecars."""

    file: File | None = None
    burn: bool = True
    sidecar: tuple[Literal["srt", "vtt"], ...] = ()
    position: Literal["auto", "top", "bottom"] = "bottom"
    lines: Annotated[int, Field(ge=1, le=2)] = 2
    title: Annotated[str, Field(max_length=8)] = ""
    style: Annotated[StyleFile, Field(validate_default=True)] = "clean"  # type: ignore[assignment]
    margins: dict[str, float] = Field(default_factory=dict)
    rules: Literal["note", "require"] = "note"


class Sound(Settings):
    target: Literal["social", "r128", "a85", "podcast"] | Annotated[float, Field(ge=-40, le=-5)] = "social"
    fade: Seconds | None = None
    low: float = 0
    high: float = 1
    accept: Literal["exact", "achievable"] = "exact"

    @model_validator(mode="after")
    def _ordered(self) -> Sound:
        if self.low > self.high:
            raise ValueError("low stands above high")
        return self


def _stage(name: str, settings: type[Settings]) -> Any:
    return SimpleNamespace(
        name=name, Settings=settings, questions=lambda settings: (), plan=lambda *args: args[1]
    )


STAGES = tuple(
    _stage(name, model)
    for name, model in {"colour": Colour, "reframe": Reframe, "captions": Captions, "sound": Sound}.items()
)


@dataclass(frozen=True)
class Paper:
    """Files that exist on paper only: a job folder without a disk."""

    files: Mapping[str, bytes]
    root: Path = Path("/job")
    opened: list[str] = field(default_factory=list)

    def certificate(self) -> None:
        return None

    def find(self, name: str, base: Path) -> Path:
        path = base / name
        if str(path.relative_to(self.root)) not in self.files:
            raise ValueError(f'no such file: "{printable(name, 200)}"')
        return path

    def has(self, name: str, base: Path) -> bool:
        return str((base / name).relative_to(self.root)) in self.files

    def match(self, pattern: str, base: Path) -> dict[str, Path]:
        if matches := {
            name: self.root / name for name in sorted(self.files) if PurePosixPath(name).match(pattern)
        }:
            return matches
        raise ValueError(f'no file matches "{pattern}"')

    def document(self, name: str, base: Path) -> Document:
        self.opened.append(name)
        path = self.find(name, base)
        return Document(path, self.files[str(path.relative_to(self.root))])

    def library(self, name: str, base: Path) -> Paper:
        return self


def load(text: str | bytes, **files: str) -> jobspec.LoadedJob:
    """The job that `text` states, beside hero.mp4, hero.srt, and `files` (brand="…" is brand.yaml)."""
    data = text if isinstance(text, bytes) else text.encode()
    held = {f"{name}.yaml": content.encode() for name, content in files.items()}
    paper = Paper({"job.yaml": data, "hero.mp4": b"", "hero.srt": b"1", "b.srt": b"2", **held})
    return jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)


def mistakes(text: str | bytes, **files: str) -> list[str]:
    """Every mistake of that job, line by line; it has at least one."""
    try:
        load(text, **files)
    except FinishError as wrong:
        assert wrong.exit_code == 2
        return str(wrong).splitlines()
    raise AssertionError("no mistake was found")


GOOD = """\
source: hero.mp4
deliverables:
  - {name: one, preset: tiktok}
"""


def section(text: str) -> str:
    """A valid job with one more line, the fourth."""
    return f"{GOOD}{text}\n"

"""The clips of a job, and its exceptions for single clips."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Any, Final

from pydantic import Field

from finish.jobspec import name_fields
from finish.jobspec.asset_library import Files
from finish.jobspec.entries import opened
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.spec_tree import Node, printable
from finish.jobspec.stated_edit import StatedEdit
from finish.jobspec.validation import validated
from finish.model import Rate, Settings
from finish.units import composed

CLIPS: Final = 2_000  # house limit; split a larger batch into several jobs
_WILDCARDS: Final = frozenset("*?[")
_NUMBERED: Final = re.compile(r"%\d*d")


@dataclass(frozen=True)
class SourceClip:
    """One clip: its name on disk without suffix, and its path; None if there is none (reported already).

    A programme of several clips has the name of its timeline, and the path of its first clip.
    """

    stem: str
    path: Path | None
    edit: StatedEdit | None = None

    @property
    def label(self) -> str:
        """The clip as messages name it."""
        if self.edit:
            return self.stem
        return printable(self.path.name if self.path else self.stem)


class ClipExceptions(Settings):
    """The settings that differ for one clip."""

    encode: Any = None


class ImageSequenceEntry(Settings):
    """Numbered pictures as one clip."""

    pictures: str = Field(description="their names with %04d for the number, such as media/shot.%04d.png")
    rate: Annotated[Rate, Field(ge=1, le=240)] = Field(description="pictures a second")
    start: Annotated[int, Field(ge=0)] | None = Field(
        None, description="the number of the first picture; by default the lowest"
    )


def clips(tree: Node, files: Files, report: Report) -> tuple[SourceClip, ...]:
    """The clips that `source` names, each once, in its order and in the natural order of its patterns."""
    source = tree.at("source")
    if source is None:
        return ()
    by_path: dict[Path | str, SourceClip] = {}
    for node in source.value if isinstance(source.value, tuple) else (source,):
        for clip in named_clips(node, files, report):
            by_path.setdefault(clip.path or clip.stem, clip)
    if len(by_path) > CLIPS:
        hint = f"a job takes at most {CLIPS} clips; split it into several"
        report.add(source.origin, f"{len(by_path)} clips", hint)
        return ()
    _refuse_alike(tuple(by_path.values()), source, report)
    return tuple(by_path.values())


def named_clips(node: Node, files: Files, report: Report) -> tuple[SourceClip, ...]:
    """The clips that one path, pattern or map of numbered pictures names."""
    if node.at("pictures"):
        return (_numbered(node, files, report),)
    if not isinstance(node.value, str):
        return ()
    return tuple(
        SourceClip(PurePath(name).stem, path) for name, path in _matched(node, files, report).items()
    )


def exceptions(
    tree: Node, clips: Sequence[SourceClip], sections: tuple[str, ...], report: Report
) -> dict[str, Node]:
    """The exceptions that `clips` states, by the clip's name on disk without suffix."""
    stated = tree.at("clips")
    stems = {composed(clip.stem): clip.stem for clip in clips}
    exceptions: dict[str, Node] = {}
    for stem, node in (stated.entries if stated else {}).items():
        clip, place = stems.get(composed(stem), ""), node.key or node.origin
        if stems and not clip:
            report.add(place, f'unknown clip "{printable(stem)}"', choices(stem, stems.values()))
        elif clip in exceptions:
            report.add(place, f"stated twice (first at {exceptions[clip].origin.place})", "keep one")
        elif node.value is not None and validated(opened(ClipExceptions, sections), node, report):
            exceptions[clip] = node
    return exceptions


def _numbered(node: Node, files: Files, report: Report) -> SourceClip:
    """The clip made of numbered pictures."""
    pattern = node.entries["pictures"]
    stem = _stem(PurePath(str(pattern.value)))
    entry = validated(ImageSequenceEntry, node, Report(report.job))  # mistakes are in the report already
    if entry is None:
        return SourceClip(stem, None)
    try:
        path = files.pictures(entry.pictures, pattern.origin.folder, entry.rate, entry.start)
    except ValueError as error:
        report.add(pattern.origin, str(error))
        return SourceClip(stem, None)
    return SourceClip(stem, path)


def _stem(pattern: PurePath) -> str:
    """The name of numbered pictures: `shot` for `media/shot.%04d.png` and for `media/shot/%04d.png`."""
    return (
        re.sub(r"[ ._-]*%\d*d", "", pattern.name).removesuffix(pattern.suffix)
        or pattern.parent.name
        or "clip"
    )


def _missing_file(name: str, message: str) -> tuple[str, str]:
    """What is wrong with a name that no file has: one of numbered pictures has no rate."""
    if not _NUMBERED.search(name):
        return message, ""
    return (
        "numbered pictures need a rate",
        f"write in a job file: source: {{pictures: {printable(name, 200)}, rate: 24}}",
    )


def _matched(node: Node, files: Files, report: Report) -> Mapping[str, Path | None]:
    """The files that one text under `source` names: the file of exactly that name, or all that match it."""
    name, base = str(node.value), node.origin.folder
    is_pattern = bool(_WILDCARDS & set(name))
    try:
        return {name: files.find(name, base)}
    except ValueError as error:
        if not is_pattern:
            report.add(node.origin, *_missing_file(name, str(error)))
            return {name: None}
    try:
        return dict(files.match(name, base))
    except ValueError as error:
        report.add(node.origin, str(error))
        return {}


def _refuse_alike(clips: tuple[SourceClip, ...], source: Node, report: Report) -> None:
    """Report clips whose names are the same in plain letters, because these name the deliverables."""
    labels: dict[str, list[str]] = {}
    for clip in clips:
        labels.setdefault(name_fields.plain_letters(clip.stem).casefold(), []).append(clip.label)
    for letters, alike in labels.items():
        if len(alike) > 1:
            report.add(source.origin, *_alike_text(letters, alike))


def _alike_text(letters: str, alike: list[str]) -> tuple[str, str]:
    """The message for clips whose names are the same in plain `letters`, and its hint."""
    count = len(alike)
    if len({composed(label) for label in alike}) == 1:
        message = f'"{alike[0]}" exists {count} times, with names that differ only in how accents are encoded'
        return f"{message} (composed, decomposed)", "rename one"
    hint = "rename one, or give each its own job"
    if count == 2:
        return f'"{alike[0]}" and "{alike[1]}" would both be "{letters}" in a name', hint
    return f'"{alike[0]}", "{alike[1]}" and {count - 2} more would all be "{letters}" in a name', hint

"""Which clips a job is made of, and what it says of single ones."""

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
from finish.jobspec.validation import validated
from finish.model import Rate, Settings
from finish.units import composed

CLIPS: Final = 2_000  # house limit; a batch of more is several jobs
_WILD: Final = frozenset("*?[")
_NUMBERED: Final = re.compile(r"%\d*d")


@dataclass(frozen=True)
class SourceClip:
    """One clip: its name without suffix as it is on disk, and where it lies; None when that is a mistake, told already."""

    stem: str
    path: Path | None

    @property
    def label(self) -> str:
        """The clip as an error names it."""
        return printable(self.path.name if self.path else self.stem)


class ClipExceptions(Settings):
    """What one clip has otherwise."""

    encode: Any = None


class ImageSequenceEntry(Settings):
    """Numbered pictures as one clip."""

    pictures: str = Field(description="their names with %04d where the number stands, as media/shot.%04d.png")
    rate: Annotated[Rate, Field(ge=1, le=240)] = Field(description="how many are shown a second")
    start: Annotated[int, Field(ge=0)] | None = Field(
        None, description="the number of the first; the lowest there is if left out"
    )


def clips(tree: Node, files: Files, report: Report) -> tuple[SourceClip, ...]:
    """The clips that `source` names, in its order and the natural order of its patterns; each file once."""
    source = tree.at("source")
    if source is None:
        return ()
    found: dict[Path | str, SourceClip] = {}
    for node in source.value if isinstance(source.value, tuple) else (source,):
        if node.at("pictures"):
            clip = _numbered(node, files, report)
            found.setdefault(clip.path or clip.stem, clip)
        elif isinstance(node.value, str):
            for name, path in _meant(node, files, report).items():
                found.setdefault(path or name, SourceClip(PurePath(name).stem, path))
    if len(found) > CLIPS:
        report.add(source.origin, f"{len(found)} clips", f"a job takes at most {CLIPS}; make it several")
        return ()
    _refuse_alike(tuple(found.values()), source, report)
    return tuple(found.values())


def exceptions(
    tree: Node, found: Sequence[SourceClip], sections: tuple[str, ...], report: Report
) -> dict[str, Node]:
    """What `clips` says of each clip, by the clip's name without suffix as it is on disk."""
    stated = tree.at("clips")
    stems = {composed(clip.stem): clip.stem for clip in found}
    said: dict[str, Node] = {}
    for stem, node in (stated.entries if stated else {}).items():
        meant = stems.get(composed(stem), "")
        if stems and not meant:
            report.add(node.key or node.origin, f'no clip "{printable(stem)}"', choices(stem, stems.values()))
        elif meant in said:
            report.add(
                node.key or node.origin, f"stated twice (first at {said[meant].origin.place})", "keep one"
            )
        elif node.value is not None and validated(opened(ClipExceptions, sections), node, report):
            said[meant] = node
    return said


def _numbered(node: Node, files: Files, report: Report) -> SourceClip:
    """The clip that numbered pictures are."""
    stated = node.entries["pictures"]
    stem = _called(PurePath(str(stated.value)))
    asked = validated(
        ImageSequenceEntry, node, Report(report.job)
    )  # what is wrong in it is in the report already
    if asked is None:
        return SourceClip(stem, None)
    try:
        return SourceClip(stem, files.pictures(asked.pictures, stated.origin.folder, asked.rate, asked.start))
    except ValueError as wrong:
        report.add(stated.origin, str(wrong))
        return SourceClip(stem, None)


def _called(pattern: PurePath) -> str:
    """`media/shot.%04d.png` is `shot`, and `media/shot/%04d.png` too."""
    return (
        re.sub(r"[ ._-]*%\d*d", "", pattern.name).removesuffix(pattern.suffix)
        or pattern.parent.name
        or "clip"
    )


def _with_rate(name: str, wrong: str) -> tuple[str, str]:
    """What is wrong with a name; one of numbered pictures lacks their rate."""
    if not _NUMBERED.search(name):
        return wrong, ""
    return (
        "numbered pictures need a rate",
        f"in a job file: source: {{pictures: {printable(name, 200)}, rate: 24}}",
    )


def _meant(node: Node, files: Files, report: Report) -> Mapping[str, Path | None]:
    """The files that one text under `source` means: the file of exactly that name, or all that match it."""
    name, base = str(node.value), node.origin.folder
    wild = bool(_WILD & set(name))
    try:
        return {name: files.find(name, base)}
    except ValueError as wrong:
        if not wild:
            report.add(node.origin, *_with_rate(name, str(wrong)))
            return {name: None}
    try:
        return dict(files.match(name, base))
    except ValueError as wrong:
        report.add(node.origin, str(wrong))
        return {}


def _refuse_alike(found: tuple[SourceClip, ...], source: Node, report: Report) -> None:
    """Clips whose names read the same in plain letters, which is what deliverables are named by."""
    alike: dict[str, list[str]] = {}
    for clip in found:
        alike.setdefault(name_fields.plain_letters(clip.stem).casefold(), []).append(clip.label)
    for letters, shown in alike.items():
        if len(shown) > 1 and len({composed(each) for each in shown}) == 1:
            what = f'"{shown[0]}" exists {len(shown)} times, with names that differ only in how accents are encoded'
            report.add(source.origin, f"{what} (composed, decomposed)", "rename one")
        elif len(shown) > 1:
            rest = f" and {len(shown) - 2} more" if len(shown) > 2 else ""
            message = f'"{shown[0]}" and "{shown[1]}"{rest} would both be "{letters}" in a name'
            report.add(
                source.origin,
                message.replace("both", "all") if rest else message,
                "rename one, or give each a job of its own",
            )

"""Which clips a job is made of, and what it says of single ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

from finish.model import Settings
from finish.spec import names
from finish.spec.check import checked
from finish.spec.entries import opened
from finish.spec.library import Files
from finish.spec.report import Report, choices
from finish.spec.tree import Node, printable

CLIPS: Final = 2_000  # house limit; a batch of more is several jobs
_WILD: Final = frozenset("*?[")


@dataclass(frozen=True)
class Clip:
    """One clip: its name without suffix as it is on disk, and where it lies; None when that is a mistake, told already."""

    stem: str
    path: Path | None

    @property
    def shown(self) -> str:
        """The clip as an error names it."""
        return printable(self.path.name if self.path else self.stem)


class Exceptions(Settings):
    """What one clip has otherwise."""

    encode: Any = None


def clips(tree: Node, files: Files, report: Report) -> tuple[Clip, ...]:
    """The clips that `source` names, in its order and the natural order of its patterns; each file once."""
    source = tree.at("source")
    if source is None:
        return ()
    found: dict[Path | str, Clip] = {}
    for node in source.value if isinstance(source.value, tuple) else (source,):
        if isinstance(node.value, str):
            for name, path in _meant(node, files, report).items():
                found.setdefault(path or name, Clip(PurePath(name).stem, path))
    if len(found) > CLIPS:
        report.add(source.origin, f"{len(found)} clips", f"a job takes at most {CLIPS}; make it several")
        return ()
    _refuse_alike(tuple(found.values()), source, report)
    return tuple(found.values())


def exceptions(tree: Node, found: Sequence[Clip], sections: tuple[str, ...], report: Report) -> dict[str, Node]:
    """What `clips` says of each clip, by the clip's name without suffix."""
    stated = tree.at("clips")
    stems = [clip.stem for clip in found]
    said = {}
    for stem, node in (stated.entries if stated else {}).items():
        if stems and stem not in stems:
            report.add(node.key or node.origin, f'no clip "{printable(stem)}"', choices(stem, stems))
        elif node.value is not None and checked(opened(Exceptions, sections), node, report):
            said[stem] = node
    return said


def _meant(node: Node, files: Files, report: Report) -> Mapping[str, Path | None]:
    """The files that one text under `source` means: the file of exactly that name, or all that match it."""
    name, base = str(node.value), node.origin.folder
    wild = bool(_WILD & set(name))
    try:
        return {name: files.find(name, base)}
    except ValueError as wrong:
        if not wild:
            report.add(node.origin, str(wrong))
            return {name: None}
    try:
        return dict(files.match(name, base))
    except ValueError as wrong:
        report.add(node.origin, str(wrong))
        return {}


def _refuse_alike(found: tuple[Clip, ...], source: Node, report: Report) -> None:
    """Clips whose names read the same in plain letters, which is what deliverables are named by."""
    alike: dict[str, list[str]] = {}
    for clip in found:
        alike.setdefault(names.plain(clip.stem).casefold(), []).append(clip.shown)
    for letters, shown in alike.items():
        if len(shown) > 1:
            rest = f" and {len(shown) - 2} more" if len(shown) > 2 else ""
            message = f'"{shown[0]}" and "{shown[1]}"{rest} would both be "{letters}" in a name'
            report.add(source.origin, message.replace("both", "all") if rest else message, "rename one, or give each a job of its own")

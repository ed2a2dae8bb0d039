"""A job file, its brand and its presets as one Job, or every mistake at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field

from finish.errors import PathError, SpecError
from finish.jobspec import name_fields, presets, sources
from finish.jobspec.asset_library import AssetLibrary, Files
from finish.jobspec.entries import Codes, opened, variants
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.name_register import Register
from finish.jobspec.origins import OriginLabels, SettingOrigin, rows
from finish.jobspec.resolver import ResolvedDeliverable, Resolver
from finish.jobspec.sources import SourceClip, exceptions
from finish.jobspec.spec_tree import Node, Origin, printable
from finish.jobspec.validation import validated
from finish.jobspec.yaml_parser import parse
from finish.model import Job, Preset, Settings, Stage, UnreadableDeliverable

JOB_FILE: Final = "job.yaml"
FILES: Final = 10_000  # of one job; house limit: days of work for any machine
_ADDRESS: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/\x00-\x1f]+)*/?")
_LATER: Final = ("timeline",)  # designed, not built yet: refused by name


def _address(text: str) -> str:
    if text and not _ADDRESS.fullmatch(text):
        raise ValueError(
            "isn't an address in object storage — write s3://BUCKET/FOLDER; files are in out/ as well"
        )
    return text


class JobFile(Settings):
    """One job: a clip or several, and the files to make of each."""

    job: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "", description="its title; its folder's name if left out"
    )
    version: Annotated[str | int, AfterValidator(name_fields.valid_version)] | None = Field(
        None, description="{version} in names, as v3"
    )
    brand: str = Field("", description="a file with the brand's own sections, as brand/brand.yaml")
    libraries: tuple[str, ...] = Field(
        (), description="further folders that paths may lead into, where whoever runs the job allows them"
    )
    source: (
        str
        | sources.ImageSequenceEntry
        | Annotated[tuple[str | sources.ImageSequenceEntry, ...], Field(min_length=1)]
    ) = Field(
        description="the clip, as media/hero.mp4, or several, as media/*.mp4 or a list; "
        "numbered pictures as {pictures: media/shot.%04d.png, rate: 24}"
    )
    deliver: Annotated[str, AfterValidator(_address)] = Field(
        "", description="where finished files go besides out/: s3://BUCKET/FOLDER"
    )
    accept: Codes = Field((), description="codes of notes that need no action in any deliverable, as alpha")
    clips: dict[str, Any] | None = None
    encode: Any = None
    deliverables: Annotated[tuple[Any, ...], Field(min_length=1, max_length=500)]


class Brand(Settings):
    """A brand's own sections: defaults for every job that names it."""


@dataclass(frozen=True)
class LoadedJob:
    """A job that holds together, and where each of its values came from."""

    job: Job
    made: tuple[ResolvedDeliverable, ...] = field(repr=False)
    # Whether everything that the job reads lies in its own folder: no library, no object storage.
    self_contained: bool = field(default=False, repr=False)

    @property
    def presets(self) -> Mapping[str, Preset]:
        """The destinations that the job names."""
        return {each.shelf.name: each.shelf.preset for each in self.made}

    def explain(self, name: str) -> tuple[SettingOrigin, ...]:
        """Every effective value of the deliverable of that name, with who said so; FinishError when there is none, or it cannot be."""
        found = next((each for each in self.made if each.deliverable.name == name), None)
        if unmade := next((each for each in self.job.unmade if each.name == name), None):
            raise unmade.error
        if found is None:
            hint = choices(name, [each.deliverable.name for each in self.made])
            raise SpecError(f'no deliverable "{printable(name)}"', hint, where=self.job.where)
        models: dict[str, BaseModel] = {**found.deliverable.settings, "delivery": found.deliverable.delivery}
        labels = {f"presets/{found.shelf.name}.yaml": found.shelf.label}
        told = OriginLabels(labels, found.library)
        return tuple(
            row
            for section, model in models.items()
            for row in rows(model, found.trees[section], section, told)
        )

    def warnings(self, today: date) -> tuple[str, ...]:
        """What is odd about the job on that day: presets last checked over a year ago."""
        return presets.outdated(self.presets, today)


def load(path: Path, stages: Sequence[Stage], open_folder: Callable[[Path], Files]) -> LoadedJob:
    """The job at `path`, a job file or the folder of one; nothing of its media is read.

    `open_folder` makes the files of a folder readable and no others. FinishError with every mistake, each with its place.
    """
    folder, name = (path, JOB_FILE) if os.path.isdir(path) else (path.parent, path.name)
    try:
        files = open_folder(folder)
        data = files.document(name, files.root).data
    except ValueError as error:
        raise _no_job(path, error) from error
    report = Report(name)
    tree = parse(data, Origin(name, files.root), report)
    if tree is not None:
        return assemble(tree, stages, files, report)
    report.settle()
    raise AssertionError("a file that cannot be read on has a mistake")


def _no_job(path: Path, error: ValueError) -> PathError:
    name, hint = printable(str(path), 200), "`finish new FOLDER` makes a job folder"
    if not _exists(path):
        return PathError(f"No such file: {name}", hint)
    return PathError(f"{name} isn't a job: {error}", hint)


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a name that no file can have
        return False


def assemble(
    tree: Node, stages: Sequence[Stage], files: Files, report: Report, folder: Path | None = None
) -> LoadedJob:
    """The job that `tree` states, wherever it was stated; its deliverables go below `folder` (that of `files` by default)."""
    sections = tuple(stage.name for stage in stages)
    tree = _without_later(tree, report)
    head = validated(opened(JobFile, sections), tree, report)
    files = _with_libraries(tree, files, report)
    clips = sources.clips(tree, files, report)
    version = _as_written(tree.at("version")) if getattr(head, "version", None) else ""
    register = Register(report, len(clips) > 1, {"version": version} if version else {})
    layers = (tree, _brand(tree, sections, files, report))
    desk = Resolver(
        tuple(stages),
        AssetLibrary(files, clips=tuple(each.path for each in clips if each.path)),
        report,
        layers,
        register,
    )
    found = _made(desk, tree, clips, sections)
    report.settle()
    root = folder or files.root
    made = tuple(each for each in found if isinstance(each, ResolvedDeliverable))
    unmade = tuple(each for each in found if isinstance(each, UnreadableDeliverable))
    name = tree.at("job")
    title = str(name.value) if name and name.value else root.name
    deliver = str(getattr(head, "deliver", ""))
    job = Job(title, root, tuple(each.deliverable for each in made), tree.origin.file, unmade, deliver)
    inside = folder is None and not tree.at("libraries") and not any(map(_has_address, layers))
    return LoadedJob(job, made, inside)


def _has_address(node: Node | None) -> bool:
    """Whether a text in a tree could be an address in object storage."""
    if node is None or isinstance(node.value, str):
        return node is not None and "://" in str(node.value)
    inner = node.value if isinstance(node.value, tuple) else node.entries.values()
    return any(map(_has_address, inner))


def _made(
    desk: Resolver, tree: Node, clips: Sequence[SourceClip], sections: tuple[str, ...]
) -> list[ResolvedDeliverable | UnreadableDeliverable | None]:
    """Every deliverable of every clip, clip by clip, in the order in which they are listed."""
    entries = tree.at("deliverables")
    listed = entries.value if entries and isinstance(entries.value, tuple) else ()
    outlines = [desk.outline(each) for node in listed for each in variants(node, sections, desk.report)]
    desk.check_layers(outlines)
    otherwise = exceptions(tree, clips, sections, desk.report)
    if entries and len(clips) * len(outlines) > FILES:
        much = f"{len(outlines)} files of each of {len(clips)} clips"
        desk.report.add(entries.origin, much, f"a job makes at most {FILES}; make it several")
        return []
    return [
        desk.made(desk.excepted(each, otherwise[clip.stem]) if clip.stem in otherwise else each, clip)
        for clip in clips
        for each in outlines
    ]


def _as_written(node: Node | None) -> str:
    """A number with the zeros before it."""
    return (node.written or str(node.value)) if node else ""


def _without_later(tree: Node, report: Report) -> Node:
    for key in _LATER:
        if node := tree.at(key):
            report.add(node.key or node.origin, "cannot be done yet", 'name one clip under "source"')
    return tree.without(*_LATER) if tree.entries else tree


def _with_libraries(tree: Node, files: Files, report: Report) -> Files:
    stated = tree.at("libraries")
    for node in stated.value if stated and isinstance(stated.value, tuple) else ():
        if isinstance(node.value, str):
            try:
                files = files.library(node.value, node.origin.folder)
            except ValueError as wrong:
                report.add(node.origin, str(wrong))
    return files


def _brand(tree: Node, sections: tuple[str, ...], files: Files, report: Report) -> Node | None:
    node = tree.at("brand")
    if node is None or not isinstance(node.value, str):
        return None
    try:
        document = files.document(node.value, node.origin.folder)
    except ValueError as wrong:
        report.add(node.origin, str(wrong))
        return None
    brand = parse(document.data, Origin(printable(node.value, 200), document.path.parent), report)
    if brand is not None:
        validated(opened(Brand, sections), brand, report)
    return brand

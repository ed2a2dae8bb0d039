"""A job file, its brand and its presets as one `Job`, or every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from finish.errors import PathError, SpecError
from finish.jobspec import presets, sources
from finish.jobspec.approvals import ApprovedDefaults, KeptApproval, read_approval
from finish.jobspec.asset_library import AssetLibrary, Files
from finish.jobspec.brand_departures import with_departures
from finish.jobspec.brand_loader import load_brand
from finish.jobspec.brand_rules import BrandRules, keep_brand
from finish.jobspec.brand_tokens import BrandTokens
from finish.jobspec.brand_words import expiring
from finish.jobspec.entries import opened, variants
from finish.jobspec.job_entry import JobFile, TimelineJobFile
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.name_register import Register
from finish.jobspec.origins import OriginLabels, SettingOrigin, rows, segment_rows
from finish.jobspec.resolver import ResolvedDeliverable, Resolver
from finish.jobspec.sources import SourceClip, exceptions
from finish.jobspec.spec_tree import Node, Origin, printable
from finish.jobspec.timelines import TimelineReader
from finish.jobspec.validation import validated
from finish.jobspec.wording import Wording
from finish.jobspec.yaml_parser import parse
from finish.model import Job, Preset, Stage, UnreadableDeliverable

JOB_FILE: Final = "job.yaml"
FILES: Final = 10_000  # of one job; house limit: days of work for any machine
_TIMELINES: Final = ("timeline", "timelines")  # what a job can state instead of a source


@dataclass(frozen=True)
class LoadedJob:
    """A valid job, and the origin of each of its values."""

    job: Job
    resolved: tuple[ResolvedDeliverable, ...] = field(repr=False)
    # Whether everything that the job reads is in its own folder: no library, no object storage.
    self_contained: bool = field(default=False, repr=False)
    brand: LoadedBrand | None = field(default=None, repr=False)
    wording: Wording | None = field(default=None, repr=False)

    @property
    def presets(self) -> Mapping[str, Preset]:
        """The destinations that the job names."""
        return {one.destination.name: one.destination.preset for one in self.resolved}

    def explain(self, name: str) -> tuple[SettingOrigin, ...]:
        """Every effective value of a deliverable, with its origin.

        FinishError if the job has no deliverable of that name, or can't make it.
        """
        if unmade := next((one for one in self.job.unmade if one.name == name), None):
            raise unmade.error
        by_name = {one.deliverable.name: one for one in self.resolved}
        if name not in by_name:
            message = f'unknown deliverable "{printable(name)}"'
            raise SpecError(message, choices(name, by_name), where=self.job.where)
        one = by_name[name]
        models: dict[str, BaseModel] = {**one.deliverable.settings, "delivery": one.deliverable.delivery}
        files = {one.destination.tree.origin.file: one.destination.label}
        labels = OriginLabels(files, one.library)
        edit = one.deliverable.edit
        segments = segment_rows(one.stated, edit, labels) if one.stated and edit else ()
        settings = (rows(model, one.trees[section], section, labels) for section, model in models.items())
        return with_departures((*segments, *chain.from_iterable(settings)), one.departures)

    def warnings(self, today: date) -> tuple[str, ...]:
        """Warnings about the job on a day: presets that were last checked more than a year before, and
        licences of the brand that have expired or will soon."""
        files = frozenset(file.path for one in self.job.deliverables for file in one.files)
        licences = expiring(self.brand, files, today) if self.brand else ()
        return (*presets.outdated(self.presets, today), *licences)


def load(
    path: Path,
    stages: Sequence[Stage],
    open_folder: Callable[[Path], Files],
    *,
    approved: bool = True,
    untranslated: bool = False,
) -> LoadedJob:
    """The job at `path`, a job file or its folder. No media file is read.

    `open_folder` makes the files of one folder readable, and no others. Unless `approved`, the job's approval
    is left out. With `untranslated`, a text that is missing in a language, or doesn't fit, isn't a mistake.
    FinishError with every mistake and its place.
    """
    folder, name = (path, JOB_FILE) if os.path.isdir(path) else (path.parent, path.name)
    try:
        files = open_folder(folder)
        data = files.document(name, files.root).data
    except ValueError as error:
        raise _no_job(path, error) from error
    report = Report(name)
    tree = parse(data, Origin(name, files.root), report)
    approval = read_approval(files, name, report) if approved else None
    if tree is not None:
        return assemble(tree, stages, files, report, approval=approval, untranslated=untranslated)
    report.settle()
    raise AssertionError("a file that can't be parsed has a mistake")


def _no_job(path: Path, error: ValueError) -> PathError:
    name, hint = printable(str(path), 200), "run `finish new FOLDER` to create a job folder"
    if not _exists(path):
        return PathError(f"No such file: {name}", hint)
    return PathError(f"{name} isn't a job: {error}", hint)


def _exists(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a name that no file can have
        return False


def assemble(  # noqa: PLR0913 (all but four named and optional)
    tree: Node,
    stages: Sequence[Stage],
    files: Files,
    report: Report,
    folder: Path | None = None,
    *,
    approval: KeptApproval | None = None,
    untranslated: bool = False,
) -> LoadedJob:
    """The job that `tree` states. Its deliverables go to `folder`, by default the root of `files`."""
    sections = tuple(stage.name for stage in stages)
    tree = _one_kind(tree, report)
    has_timeline = any(_states(tree, key) for key in _TIMELINES)
    head = validated(opened(TimelineJobFile if has_timeline else JobFile, sections), tree, report)
    files = _with_libraries(tree, files, report)
    brand = load_brand(tree, stages, files, report)
    if brand:
        tokens = BrandTokens(brand)
        tree = tokens.named(tree, stages, report)
        brand = replace(brand, tree=tokens.named(brand.tree, stages, report))
        keep_brand(brand, approval, tree, report)
    title = _title(tree, folder or files.root)
    library = AssetLibrary(files, designs=approval.changed_designs if approval else {})
    reader = TimelineReader(library, stages, report)
    clips = reader.programmes(tree, title) if has_timeline else sources.clips(tree, files, report)
    version = _as_written(tree.at("version")) if getattr(head, "version", None) else ""
    register = Register(report, len(clips) > 1, {"version": version} if version else {})
    layers = (tree, brand.tree if brand else None)
    if not has_timeline:
        remedy = f'{library.remedy} under "clips"'
        library = replace(library, clips=tuple(clip.path for clip in clips if clip.path), remedy=remedy)
    defaults = approval.defaults(stages) if approval else ApprovedDefaults()
    rules = BrandRules(brand, tree, tuple(stages), report) if brand else None
    wording = Wording(files, report, untranslated)
    resolver = Resolver(
        tuple(stages), library, report, layers, register, wording, approval, defaults, brand=rules
    )
    changes = reader.exceptions(tree) if has_timeline else exceptions(tree, clips, sections, report)
    results = _resolved(resolver, tree, clips, changes)
    report.settle()
    root = folder or files.root
    resolved = tuple(one for one in results if isinstance(one, ResolvedDeliverable))
    unmade = tuple(one for one in results if isinstance(one, UnreadableDeliverable))
    deliver = str(getattr(head, "deliver", ""))
    deliverables = tuple(one.deliverable for one in resolved)
    record = approval.document if approval else None
    known = brand.digest if brand else ""
    job = Job(title, root, deliverables, tree.origin.file, unmade, deliver, record, known)
    self_contained = folder is None and not tree.at("libraries") and not any(map(_has_address, layers))
    return LoadedJob(job, resolved, self_contained, brand, wording)


def _has_address(node: Node | None) -> bool:
    """Whether a tree contains a text that could be an address in object storage."""
    if node is None or isinstance(node.value, str):
        return node is not None and "://" in str(node.value)
    inner = node.value if isinstance(node.value, tuple) else node.entries.values()
    return any(map(_has_address, inner))


def _resolved(
    resolver: Resolver, tree: Node, clips: Sequence[SourceClip], changes: Mapping[str, Node]
) -> list[ResolvedDeliverable | UnreadableDeliverable | None]:
    """Every deliverable of every clip, clip by clip, in the order of the list."""
    entries = tree.at("deliverables")
    listed = entries.value if entries and isinstance(entries.value, tuple) else ()
    report, sections = resolver.report, tuple(stage.name for stage in resolver.stages)
    drafts = [resolver.draft(variant) for node in listed for variant in variants(node, sections, report)]
    resolver.check_layers(drafts)
    if entries and len(clips) * len(drafts) > FILES:
        message = f"{len(drafts)} files of each of {len(clips)} clips"
        report.add(entries.origin, message, f"a job makes at most {FILES} files; split it into several")
        return []
    return [
        resolver.resolved(
            resolver.with_exception(draft, changes[clip.stem]) if clip.stem in changes else draft, clip
        )
        for clip in clips
        for draft in drafts
    ]


def _as_written(node: Node | None) -> str:
    """A number with its leading zeros."""
    return (node.written or str(node.value)) if node else ""


def _title(tree: Node, root: Path) -> str:
    """The name of the job: the one that it states, or that of its folder."""
    name = tree.at("job")
    return str(name.value) if name and name.value else root.name


def _one_kind(tree: Node, report: Report) -> Node:
    """The job with only the first of `timeline`, `timelines` and `source`; several are a mistake."""
    stated = [key for key in (*_TIMELINES, "source") if _states(tree, key)]
    for key in stated[1:]:
        node = tree.entries[key]
        hint = f"keep {stated[0]} or {key}"
        report.add(node.key or node.origin, f"can't be stated together with {stated[0]}", hint)
    if _states(tree, "over") and "timeline" not in stated:
        over = tree.entries["over"]
        hint = "state it under the name of the timeline" if "timelines" in stated else "add a timeline"
        report.add(over.key or over.origin, "needs a timeline beside it", hint)
    unused = stated[1:]
    if _states(tree, "clips") and stated and stated[0] in _TIMELINES:
        clips = tree.entries["clips"]
        hint = "write the settings into the segment of the clip"
        report.add(clips.key or clips.origin, "can't be used with a timeline", hint)
        unused.append("clips")
    return tree.without(*unused) if unused else tree


def _states(tree: Node, key: str) -> bool:
    """Whether a job states a key; null states nothing."""
    node = tree.at(key)
    return node is not None and node.value is not None


def _with_libraries(tree: Node, files: Files, report: Report) -> Files:
    stated = tree.at("libraries")
    for node in stated.value if stated and isinstance(stated.value, tuple) else ():
        if isinstance(node.value, str):
            try:
                files = files.library(node.value, node.origin.folder)
            except ValueError as error:
                report.add(node.origin, str(error))
    return files

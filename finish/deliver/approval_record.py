"""A job's approval (what it was first published with), and what a plan makes compared with it."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import LiteralScalarString

from finish import analysis, resources
from finish.deliver.companion_files import approval_path
from finish.deliver.documents import ApprovedStreams
from finish.jobspec import packaged_preset
from finish.jobspec.approvals import read_approval
from finish.jobspec.mistakes import Report
from finish.jobspec.setting_defaults import setting_defaults
from finish.media.ffmpeg import ffmpeg_program
from finish.media.job_files import JobFiles
from finish.model import Analyser, Approval, Deliverable, Document, Job, PlannedDeliverable, Source, Stage
from finish.planning.render_plan import Rendering
from finish.storage.platform import folder_lock
from finish.storage.publish import write_whole
from finish.units import digest

_HEAD: Final = (
    "The presets, styles and defaults with which this job was first published. A newer version of finish\n"
    "keeps them. `finish upgrade` shows what would change, and `finish upgrade --yes` replaces this file.\n"
    "Keep it with the job file."
)


def record_published(job: Job, deliverables: Sequence[Deliverable], stages: Sequence[Stage]) -> None:
    """Add to a job's approval what it lacks for these published deliverables.

    The file is read again, because another run or an upgrade may have written it. SpecError if it can't be
    read any more.
    """
    path = approval_path(job)
    if path is None or not deliverables:
        return
    with folder_lock(path.parent):
        known = _on_disk(job)
        approval = with_published(known, deliverables, stages, job.brand)
        if approval != known:
            write_approval(path, approval)


def _on_disk(job: Job) -> Approval | None:
    report = Report(job.where)
    kept = read_approval(JobFiles(job.folder), job.where, report)
    report.settle()
    return kept.document if kept else None


def with_published(
    approval: Approval | None, deliverables: Sequence[Deliverable], stages: Sequence[Stage], brand: str = ""
) -> Approval:
    """The approval of a job after these deliverables are published; only what it lacks is added."""
    known = approval or Approval(finish=version("finish"))
    presets = {deliverable.delivery.preset for deliverable in deliverables}
    documents = [document for deliverable in deliverables for document in deliverable.documents]
    return known.model_copy(
        update={
            "brand": known.brand or brand,
            "presets": {
                **{name: packaged_preset(name).text for name in _packaged("presets", presets)},
                **known.presets,
            },
            "styles": {**_designs("styles", documents), **known.styles},
            "titles": {**_designs("titles", documents), **known.titles},
            "looks": {**_looks(documents), **known.looks},
            "defaults": {**setting_defaults(stages), **known.defaults},
            "analysers": {**analyser_versions(), **known.analysers},
        }
    )


@cache
def analyser_versions() -> Mapping[str, int]:
    """The version of every packaged analyser, by name."""
    for module in pkgutil.walk_packages(analysis.__path__, f"{analysis.__name__}."):
        import_module(module.name)
    kinds = (kind for kind in _kinds() if kind.__module__.startswith(f"{analysis.__name__}."))
    return {kind.__name__: kind.version for kind in sorted(kinds, key=lambda kind: kind.__name__)}


def write_approval(path: Path, approval: Approval) -> None:
    """Write an approval, whole or not at all."""
    values = approval.model_dump(mode="json")
    document = CommentedMap(
        {key: value for key, value in values.items() if value or key not in ("brand", "titles")}
    )
    document.yaml_set_start_comment(_HEAD)
    for part in [part for part in ("presets", "styles", "titles") if part in document]:
        texts = sorted(document[part].items())
        document[part] = {name: LiteralScalarString(text) for name, text in texts}
    yaml, text = YAML(), StringIO()
    yaml.width = 4096
    yaml.dump(document, text)
    write_whole(path, text.getvalue().encode())


def approved_streams(
    rendering: Rendering, decided: Mapping[str, Any], defaults: Mapping[str, Any]
) -> ApprovedStreams:
    """Digests of a planned file's inputs and streams.

    `decided` are the decisions of its plan, by stage, and `defaults` the recorded defaults. The picture is
    that of the plan before it is optimised together with the job's other deliverables.
    """
    planned = rendering.planned
    programme, delivery = planned.programme, planned.deliverable.delivery
    shared = any(settings.together for settings in planned.deliverable.sections)
    return ApprovedStreams(
        inputs=_inputs(planned, decided, defaults),
        picture=programme.picture.encoded(delivery.picture.encoding(programme.rate)).key,
        # The sound of a clip that shares a gain depends on the other clips of the job.
        sound="" if shared else rendering.sound.key,
        files=digest("files", *(f"{file.suffix}:{digest(file.content)}" for file in programme.files)),
        finish=version("finish"),
        ffmpeg=ffmpeg_program.version(),
    )


def _inputs(planned: PlannedDeliverable, decided: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    """The digest of the clips, spec, files, decisions and defaults; "" for what no spec states."""
    deliverable = planned.deliverable
    if not deliverable.spec_digest:
        return ""
    files = [file.digest for file in deliverable.files if not _is_packaged_look(file)]
    stated = [json.dumps(values, sort_keys=True, default=str) for values in (decided, defaults)]
    sources = (source.digest for source in planned.programme.sources)
    return digest("inputs", *sources, deliverable.spec_digest, *files, *stated)


def _kinds() -> Iterator[type[Analyser[Any]]]:
    """Every class of analysers."""
    pending: list[type[Analyser[Any]]] = Analyser.__subclasses__()
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        yield kind


def _packaged(kind: str, names: set[str]) -> list[str]:
    """The names that are of packaged entries."""
    return sorted(names & set(resources.names(kind)))


def _designs(kind: str, documents: Sequence[Document]) -> dict[str, str]:
    """The texts of the packaged designs of a kind among documents, by name."""
    folder = resources.folder(kind)
    return {
        document.path.parent.name: document.data.decode()
        for document in documents
        if document.path.parent.parent == folder
    }


def _looks(documents: Sequence[Document]) -> dict[str, str]:
    """The digests of packaged looks among documents, by name."""
    folder = resources.folder("luts")
    return {document.path.stem: document.digest for document in documents if document.path.parent == folder}


def _is_packaged_look(file: Document | Source) -> bool:
    """Whether a file is a packaged look, of which an approval has no copy."""
    return file.path.is_relative_to(resources.folder("luts"))

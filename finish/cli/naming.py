"""How a command line names jobs and deliverables: `JOB [NAME…]`, the same way for every verb."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finish import api
from finish.cli import completion
from finish.errors import EXIT_FAILED, EXIT_KEPT, FinishError, SpecError, several

if TYPE_CHECKING:
    from finish.jobspec import LoadedJob

_YAML = (".yaml", ".yml")

JobsAndNames = Annotated[
    list[str],
    typer.Argument(
        metavar="JOB [NAME]...",
        help="job folders or job files; any other word names deliverables, with patterns such as 'studio-*'",
        autocompletion=completion.deliverables,
    ),
]
Job = Annotated[str, typer.Argument(metavar="JOB", help="a job folder or a job file")]
JobOrClip = Annotated[str, typer.Argument(metavar="JOB|CLIP", help="a job folder, a job file, or a clip")]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME]...",
        help="deliverables, with patterns such as 'studio-*'; without one, the first or all",
        autocompletion=completion.deliverables,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="the same as NAME (repeatable)", autocompletion=completion.deliverables),
]
AllowLibrary = Annotated[
    list[Path] | None,
    typer.Option(
        "--allow-library",
        metavar="DIR",
        help="let the job read this folder too, if it lists it under `libraries` (repeatable)",
    ),
]
Presets = Annotated[
    str,
    typer.Option(
        "--for", help="destinations of a clip, such as tiktok,youtube", autocompletion=completion.presets
    ),
]
Preset = Annotated[str, typer.Option("--for", help="the destination", autocompletion=completion.presets)]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line, for programs")]
AtCluster = Annotated[
    str, typer.Option("--cluster", help="run on a Dask cluster: tcp://host:8786, or local:2 for two workers")
]


@dataclass(frozen=True)
class JobArguments:
    """The jobs (or clips) of a command line, and the names that say which of their deliverables are meant."""

    jobs: tuple[str, ...]
    names: tuple[str, ...]


def jobs_and_names(words: Sequence[str], only: Sequence[str] | None = None) -> JobArguments:
    """The first word is a job; of the others those that are a path, or exist as one. The rest are names."""
    jobs = [words[0], *(word for word in words[1:] if _is_path(word))]
    names = [word for word in words[1:] if not _is_path(word)]
    return JobArguments(tuple(jobs), (*names, *(only or ())))


def _is_path(word: str) -> bool:
    return os.sep in word or Path(word).suffix.lower() in _YAML or os.path.exists(word)


def is_media(path: Path) -> bool:
    """Whether a path means a clip and no job: a file that isn't YAML."""
    return path.is_file() and path.suffix.lower() not in _YAML


def load_job(target: str, allow: Sequence[Path] | None = None) -> LoadedJob:
    """The job in a folder or job file, which may read those libraries too; FinishError for a clip."""
    path = Path(target)
    if is_media(path):
        raise SpecError(f"{target} is a clip, not a job", f"run: finish run {target} --for tiktok,youtube")
    return api.load(path, libraries=allow or ())


def load_job_or_clip(target: str, preset: str, allow: Sequence[Path] | None = None) -> LoadedJob:
    """The same; of a clip, the job that frames it for one destination."""
    return api.quick(target, [preset]) if is_media(Path(target)) else api.load(target, libraries=allow or ())


def split_list(text: str) -> tuple[str, ...]:
    """`tiktok, youtube` as names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def for_each(
    job: LoadedJob, names: Sequence[str], output: Path | None, write: Callable[[str, Path | None], None]
) -> int:
    """Call `write` with the name and the file of every deliverable that is meant: of the first one without names.

    Of several, each name goes into its file's. Reports what can't be made, makes the rest, and returns the exit code.
    """
    if not names:
        write("", output)
        return EXIT_KEPT
    from finish.engine.selection import select

    selection = select(job.job, names)
    meant = [deliverable.name for deliverable in selection.deliverables]
    if len(selection.clips) == 1:
        if selection.errors:
            raise several(selection.errors)
        write(meant[0], output)
        return EXIT_KEPT
    errors = list(selection.errors)
    for name in meant:
        try:
            write(name, output.with_name(f"{output.stem}-{name}{output.suffix}") if output else None)
        except FinishError as error:
            errors.append(error)
    return report_errors(errors)


def report_errors(errors: Iterable[FinishError]) -> int:
    """Write why some of a job can't be made; the exit code that this gives."""
    code = EXIT_KEPT
    for error in errors:
        sys.stderr.write(f"{error}\n")
        code = EXIT_FAILED
    return code

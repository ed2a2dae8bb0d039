"""Jobs and deliverables on a command line: `JOB [NAME…]`, the same for every verb."""

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
        help="job folders or job files; other words are names of deliverables or patterns such as 'studio-*'",
        autocompletion=completion.deliverables,
    ),
]
Job = Annotated[str, typer.Argument(metavar="JOB", help="a job folder or a job file")]
JobOrClip = Annotated[str, typer.Argument(metavar="JOB|CLIP", help="a job folder, a job file, or a clip")]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME]...",
        help="names of deliverables or patterns such as 'studio-*'; default: the first, or all",
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
        help="let the job read this folder if it lists it under `libraries` (repeatable)",
    ),
]
Presets = Annotated[
    str,
    typer.Option(
        "--for", help="destinations of a clip, such as tiktok,youtube", autocompletion=completion.presets
    ),
]
Preset = Annotated[str, typer.Option("--for", help="the destination", autocompletion=completion.presets)]
AsJson = Annotated[bool, typer.Option("--json", help="write one JSON object per line, for programs")]
AtCluster = Annotated[
    str, typer.Option("--cluster", help="run on a Dask cluster: tcp://host:8786, or local:2 for two workers")
]


@dataclass(frozen=True)
class JobArguments:
    """The jobs or clips of a command line, and the names and patterns of deliverables."""

    jobs: tuple[str, ...]
    names: tuple[str, ...]


def jobs_and_names(words: Sequence[str], only: Sequence[str] | None = None) -> JobArguments:
    """Split words: the first is a job, and so is every other word that is a path. The rest are names."""
    jobs = [words[0], *(word for word in words[1:] if _is_path(word))]
    names = [word for word in words[1:] if not _is_path(word)]
    return JobArguments(tuple(jobs), (*names, *(only or ())))


def _is_path(word: str) -> bool:
    """Whether a word has a slash or a YAML suffix, or exists as a file."""
    return os.sep in word or Path(word).suffix.lower() in _YAML or os.path.exists(word)


def is_media(path: Path) -> bool:
    """Whether a path is a clip rather than a job: a file that isn't YAML."""
    return path.is_file() and path.suffix.lower() not in _YAML


def load_job(target: str, allow: Sequence[Path] | None = None) -> LoadedJob:
    """The job in a folder or job file, allowed to read some libraries; SpecError for a clip."""
    path = Path(target)
    if is_media(path):
        raise SpecError(f"{target} is a clip, not a job", f"run: finish run {target} --for tiktok,youtube")
    return api.load(path, libraries=allow or ())


def load_job_or_clip(target: str, preset: str, allow: Sequence[Path] | None = None) -> LoadedJob:
    """The job in a folder or job file; for a clip, a job that frames it for one destination."""
    return api.quick(target, [preset]) if is_media(Path(target)) else api.load(target, libraries=allow or ())


def split_list(text: str) -> tuple[str, ...]:
    """The names in a list such as `tiktok, youtube`."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def for_each(
    job: LoadedJob, names: Sequence[str], output: Path | None, write: Callable[[str, Path | None], None]
) -> int:
    """Call `write` with the name and the output file of every selected deliverable; by default, the first.

    With several, the name of each is added to its output file's. Errors are reported without stopping the
    others; returns the exit code.
    """
    if not names:
        write("", output)
        return EXIT_KEPT
    from finish.engine.selection import select

    selection = select(job.job, names)
    selected = [deliverable.name for deliverable in selection.deliverables]
    if len(selection.footage) == 1:
        if selection.errors:
            raise several(selection.errors)
        write(selected[0], output)
        return EXIT_KEPT
    errors = list(selection.errors)
    for name in selected:
        try:
            write(name, output.with_name(f"{output.stem}-{name}{output.suffix}") if output else None)
        except FinishError as error:
            errors.append(error)
    return report_errors(errors)


def report_errors(errors: Iterable[FinishError]) -> int:
    """Write errors to the error channel, one per line; returns the exit code."""
    code = EXIT_KEPT
    for error in errors:
        sys.stderr.write(f"{error}\n")
        code = EXIT_FAILED
    return code

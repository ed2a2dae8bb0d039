"""`finish run`: jobs, or clips with settings on the command line."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finish import api
from finish.cli import completion, naming
from finish.cli.naming import AllowLibrary, AsJson, AtCluster, JobsAndNames, Only, Presets
from finish.cli.recognition import Observation
from finish.errors import EXIT_KEPT, SpecError

if TYPE_CHECKING:
    from finish.cli.batch import Batch
    from finish.engine.plan import Invalidation
    from finish.engine.preview import PreviewRequest
    from finish.jobspec import LoadedJob
    from finish.units import Span

Strict = Annotated[
    bool | None,
    typer.Option("--strict/--no-strict", help="refuse notes that need action (broadcast presets do)"),
]
Redecide = Annotated[
    list[str] | None,
    typer.Option(
        "--redecide",
        help="decide this stage again, such as reframe or sound (repeatable)",
        autocompletion=completion.stages,
    ),
]


Looks = Annotated[
    list[str] | None,
    typer.Option(
        "--look",
        help="with --for: a packaged look by name, or a file (repeatable)",
        autocompletion=completion.looks,
    ),
]
Captions = Annotated[str, typer.Option(help="with --for: a caption file, such as hero.en.srt")]
Style = Annotated[
    str,
    typer.Option(
        help="with --for: a packaged caption style by name, or a file", autocompletion=completion.styles
    ),
]
Lang = Annotated[str, typer.Option(help="with --for: the language of the captions, such as en")]
Logo = Annotated[str, typer.Option(help="with --for: a picture in the corner, PNG or JPEG")]
Music = Annotated[str, typer.Option(help="with --for: a music file, ducked under speech")]
Loudness = Annotated[
    str, typer.Option(help="with --for: exact, or achievable for a target that is out of reach")
]
Accept = Annotated[
    list[str] | None, typer.Option(help="with --for: the code of a note to accept (repeatable)")
]
Save = Annotated[
    Path | None, typer.Option(help="with --for: save clip and settings as a new job folder, and finish that")
]
Draft = Annotated[bool, typer.Option("--draft", help="a fast preview of 540 px in drafts/; not published")]
Range = Annotated[
    str, typer.Option("--range", help="a preview of this time only, such as 12-18 or 1:02-1:10.5, in drafts/")
]
Verify = Annotated[bool, typer.Option("--verify", help="read every clip again, even if it seems unchanged")]


def run(  # noqa: PLR0913, PLR0917 (one option each)
    words: JobsAndNames,
    only: Only = None,
    presets: Presets = "",
    look: Looks = None,
    captions: Captions = "",
    style: Style = "",
    lang: Lang = "",
    logo: Logo = "",
    music: Music = "",
    loudness: Loudness = "",
    accept: Accept = None,
    save: Save = None,
    draft: Draft = False,
    during: Range = "",
    redecide: Redecide = None,
    verify: Verify = False,
    strict: Strict = None,
    allow: AllowLibrary = None,
    cluster: AtCluster = "",
    as_json: AsJson = False,
) -> int:
    """Render, check and publish.

    `finish run JOB` finishes a job folder; `finish run CLIP --for tiktok,youtube` finishes a clip alone.
    """
    arguments = naming.jobs_and_names(words, only)
    sections = _sections(look, captions, style, lang, logo, music, loudness)
    if not presets and (any(sections.values()) or accept or save):
        raise _presets_missing()
    loaders: list[Callable[[], LoadedJob]] = [
        functools.partial(_clip, job, naming.split_list(presets), sections, tuple(accept or ()), save)
        if presets
        else functools.partial(naming.load_job, job, allow)
        for job in arguments.jobs
    ]
    from finish.cli.batch import Batch
    from finish.cli.screen import open_screen
    from finish.cluster.dask_connection import connected_or_none

    invalidation, preview = invalidation_of(redecide, verify=verify), _preview(draft, during)
    plain = not (presets or preview or redecide or verify or cluster)
    observed = Observation.of(arguments.jobs if plain else ())
    with open_screen(as_json) as screen, connected_or_none(cluster) as executor:
        batch = Batch(
            screen,
            arguments.names,
            labelled=len(arguments.jobs) > 1,
            look=preview,
            invalidation=invalidation,
            executor=executor,
            strict=strict,
        )
        batch.run(dict(zip(arguments.jobs, loaders, strict=True)))
        for line in batch.summary():
            screen.line(line)
        _record(observed, batch)
        return batch.exit_code


def _presets_missing() -> SpecError:
    return SpecError(
        "--look, --captions, --style, --lang, --logo, --music, --loudness, --accept, --save need --for",
        "name the destinations, such as --for tiktok,youtube",
    )


def _record(observed: Observation, batch: Batch) -> None:
    """Record the output of a batch that kept all promises and depends on its job folders alone."""
    if batch.exit_code == EXIT_KEPT and batch.self_contained:
        from finish.media.ffmpeg import ffmpeg_program

        observed.keep(batch.screen.transcript, ffmpeg_program.binary())


def invalidation_of(stages: Sequence[str] | None, *, verify: bool = False) -> Invalidation:
    """What a run measures or decides again; SpecError for a stage that doesn't exist."""
    from finish.engine.plan import Invalidation
    from finish.near_names import choices
    from finish.stages import STAGES

    known = [stage.name for stage in STAGES]
    for name in stages or ():
        if name not in known:
            raise SpecError(f"--redecide {name}: no such stage", choices(name, known))
    return Invalidation(tuple(stages or ()), verify)


def _preview(draft: bool, during: str) -> PreviewRequest | None:
    if not (draft or during):
        return None
    from finish.engine.preview import PreviewRequest

    return PreviewRequest(_span(during) if during else None, draft)


def _span(text: str) -> Span:
    """The span of `12-18`; SpecError for other texts."""
    from finish import units

    start, _, end = text.partition("-")
    try:
        span = units.Span(units.seconds(start), units.seconds(end))
    except ValueError as error:
        raise SpecError(f"--range {text!r}: {error}", "write two times, such as 12-18") from error
    if span.end <= span.start:
        raise SpecError(f"--range {text!r} ends before it starts", "write the earlier time first")
    return span


def _sections(  # noqa: PLR0913, PLR0917 (one option each)
    look: Sequence[str] | None, captions: str, style: str, lang: str, logo: str, music: str, loudness: str
) -> dict[str, dict[str, Any]]:
    """The options of a clip as the sections of a job."""
    values: dict[str, dict[str, Any]] = {
        "colour": {"looks": list(look or ())},
        "composite": {"logo": {"file": logo} if logo else None},
        "captions": {"file": captions, "style": style, "lang": lang},
        "mix": {"music": {"file": music} if music else None},
        "sound": {"accept": loudness},
    }
    return {name: {key: value for key, value in keys.items() if value} for name, keys in values.items()}


def _clip(
    clip: str,
    presets: Sequence[str],
    sections: Mapping[str, Mapping[str, Any]],
    accept: Sequence[str],
    save: Path | None,
) -> LoadedJob:
    if save is None:
        return api.quick(clip, presets, sections, accept=accept)
    return api.load(api.save(clip, presets, sections, save, accept=accept))

"""The verbs of design 6, each a few lines over the API."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api, jobspec, units
from finish.cli import caption_verbs as rules
from finish.cli import estimate_text, loudness_verb, lut_verbs, reframe_verbs, sheet_verbs
from finish.cli import preset_table as table
from finish.cli import watch_verb as watching
from finish.cli.batch import AtCluster, Batch, strictly, worst
from finish.cli.exit_codes import ended
from finish.cli.naming import AllowLibrary, Name, OneOnly, Only, of_job, told, which
from finish.cli.screen import screen
from finish.cluster.dask_executor import connected_or_none
from finish.engine.plan import Invalidation
from finish.engine.preview import PreviewRequest
from finish.engine.selection import chosen
from finish.errors import EXIT_BROKEN, EXIT_FAILED, EXIT_KEPT, FinishError, SpecError
from finish.jobspec import LoadedJob
from finish.jobspec.mistakes import choices
from finish.media.doctor import examine
from finish.stages import STAGES
from finish.units import Span

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Raw clips in, verified deliverables out.",
)

AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line, for programs")]
Strict = Annotated[
    bool | None,
    typer.Option("--strict/--no-strict", help="refuse notes that ask for action (broadcast presets do)"),
]
Redecide = Annotated[
    list[str] | None, typer.Option("--redecide", help="decide this stage anew, as reframe or sound")
]


def verb(body: Callable[..., int]) -> Callable[..., None]:
    """A command whose errors are one clear line each, and whose exit code is the one that its body returns."""

    @functools.wraps(body)
    def run(*args: Any, **options: Any) -> None:
        raise typer.Exit(ended(functools.partial(body, *args, **options)))

    return run


@app.command()
@verb
def run(  # noqa: PLR0913, PLR0917 (one option each)
    targets: Annotated[list[str], typer.Argument(help="job folders, job files, or a clip with --for")],
    only: Only = None,
    presets: Annotated[
        str, typer.Option("--for", help="destinations of a clip without a job: tiktok,youtube")
    ] = "",
    look: Annotated[list[str] | None, typer.Option(help="a look for it: one of ours or a .cube file")] = None,
    captions: Annotated[str, typer.Option(help="its captions: .srt, .vtt or .ass")] = "",
    loudness: Annotated[
        str, typer.Option(help="exact, or achievable: what is near where the target is out of reach")
    ] = "",
    save: Annotated[Path | None, typer.Option(help="write a job folder for it and finish that")] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="540 px, encoded fast, into drafts/: never published")
    ] = False,
    during: Annotated[
        str, typer.Option("--range", help="only this time, as 12-18 or 1:02-1:10.5, into drafts/")
    ] = "",
    redecide: Redecide = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="read every clip again, even one that seems unchanged")
    ] = False,
    strict: Strict = None,
    allow: AllowLibrary = None,
    cluster: AtCluster = "",
    as_json: AsJson = False,
) -> int:
    """Finish: render, check, publish."""
    if presets:
        loaders = [
            functools.partial(_clip, clip, _names(presets), _sections(look, captions, loudness), save)
            for clip in targets
        ]
    elif look or captions or save or loudness:
        message = "--look, --captions, --loudness and --save go with --for"
        raise SpecError(message, "name the destinations, as --for tiktok,youtube")
    else:
        loaders = [functools.partial(of_job, target, allow) for target in targets]
    with screen(as_json) as shown, connected_or_none(cluster) as hands:
        anew = _anew(redecide, verify=verify)
        batch = Batch(
            shown, tuple(only or ()), len(targets) > 1, _look(draft, during), anew, hands, strict=strict
        )
        batch.run(dict(zip(targets, loaders, strict=True)))
        for line in batch.summary():
            shown.line(line)
        return batch.exit_code


def _anew(stages: list[str] | None, *, verify: bool = False) -> Invalidation:
    known = [stage.name for stage in STAGES]
    for each in stages or ():
        if each not in known:
            raise SpecError(f"--redecide {each}: no such stage", f"there are {', '.join(known)}")
    return Invalidation(tuple(stages or ()), verify)


def _look(draft: bool, during: str) -> PreviewRequest | None:
    return PreviewRequest(_span(during) if during else None, draft) if draft or during else None


def _span(text: str) -> Span:
    """`12-18` as a range of seconds."""
    start, _, end = text.partition("-")
    try:
        span = Span(units.seconds(start), units.seconds(end))
    except ValueError as wrong:
        raise SpecError(f"--range {text!r}: {wrong}", "write two times, as 12-18") from wrong
    if span.end <= span.start:
        raise SpecError(f"--range {text!r} ends before it starts", "write the earlier time first")
    return span


def _names(text: str) -> tuple[str, ...]:
    """`tiktok, youtube` as names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _sections(look: Sequence[str] | None, captions: str, loudness: str) -> dict[str, dict[str, Any]]:
    return {
        "colour": {"looks": list(look)} if look else {},
        "captions": {"file": captions} if captions else {},
        "sound": {"accept": loudness} if loudness else {},
    }


def _clip(
    clip: str, presets: Sequence[str], sections: dict[str, dict[str, Any]], save: Path | None
) -> LoadedJob:
    if save is None:
        return api.quick(clip, presets, sections)
    return api.load(api.save(clip, presets, sections, save))


@app.command()
@verb
def plan(  # noqa: PLR0913, PLR0917 (one option each)
    jobs: list[str],
    only: Only = None,
    presets: Annotated[str, typer.Option("--for", help="destinations, for a clip")] = "",
    redecide: Redecide = None,
    strict: Strict = None,
    allow: AllowLibrary = None,
    details: Annotated[
        bool, typer.Option("--details", help="the filter graph, every promise and every number")
    ] = False,
    as_json: AsJson = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="only how long it will take, here or on --workers")
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=100_000, help="of a cluster, one thread each")
    ] = 0,
) -> int:
    """What would be rendered, and all that would be promised of it; renders nothing."""
    loaded = {each: api.quick(each, _names(presets)) if presets else of_job(each, allow) for each in jobs}
    if estimate:
        for line in estimate_text.lines(
            {name: api.estimate(each, only or ()) for name, each in loaded.items()}, workers
        ):
            typer.echo(line)
        return EXIT_KEPT
    codes = []
    with screen(as_json) as shown:
        for each in loaded.values():
            job, anew = strictly(each.job, strict), _anew(redecide)
            if as_json:
                found, errors = api.planned(job, only or (), anew=anew)
                shown.planned(job.name, found)
            else:
                text, errors = api.planning(job, only or (), details=details, anew=anew)
                typer.echo(text, nl=False)
            for wrong in errors:
                shown.error(wrong)
            codes += [wrong.exit_code for wrong in errors]
    return worst(codes)


@app.command()
@verb
def validate(jobs: list[str], allow: AllowLibrary = None) -> int:
    """Every mistake in job files, with its line; reads no media."""
    codes = []
    for each in jobs:
        try:
            loaded = of_job(each, allow)
            for missing in dict.fromkeys(one.error for one in loaded.job.unmade):
                sys.stderr.write(f"{missing}\n")
            typer.echo(
                f"{each}: {'not whole' if loaded.job.unmade else 'fine'}, {len(loaded.job.deliverables)} deliverables"
            )
            codes.append(EXIT_FAILED if loaded.job.unmade else EXIT_KEPT)
        except FinishError as wrong:
            sys.stderr.write(f"{wrong}\n")
            codes.append(wrong.exit_code)
    return worst(codes)


@app.command()
@verb
def explain(
    job: str,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="deliverables; all of them by default")
    ] = None,
    only: Only = None,
    allow: AllowLibrary = None,
    why: Annotated[
        bool, typer.Option(help="where the plan differs from what was published, filter by filter")
    ] = False,
) -> int:
    """Every effective setting of a deliverable, and the file and line that it comes from."""
    loaded, asked = of_job(job, allow), (*(names or ()), *(only or ()))
    if why:
        typer.echo(api.why(loaded, asked), nl=False)
        return EXIT_KEPT
    meant = chosen(loaded.job, asked)
    for each in meant.deliverables:
        rows = loaded.explain(each.name)
        keys, values = max(len(row.key) for row in rows), max(len(row.value) for row in rows)
        typer.echo(f"{each.name}:")
        for row in rows:
            typer.echo(f"  {row.key:<{keys}}  {row.value:<{min(values, 40)}}  {row.origin}")
    return told(meant.errors)


@app.command()
@verb
def still(  # noqa: PLR0913, PLR0917 (one option each)
    job: str,
    name: Name = "",
    only: OneOnly = "",
    allow: AllowLibrary = None,
    at: Annotated[str, typer.Option(help="seconds, or minutes:seconds")] = "0",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="the PNG to write")] = None,
) -> int:
    """One exact frame of a deliverable, as PNG."""
    typer.echo(str(api.still(of_job(job, allow), which(name, only), _time(at), output)))
    return EXIT_KEPT


def _time(text: str) -> Fraction:
    try:
        return units.seconds(text)
    except ValueError as wrong:
        raise SpecError(f"--at: {wrong}") from wrong


@app.command()
@verb
def qc(
    file: str, preset: Annotated[str, typer.Option("--for", help="the destination")], as_json: AsJson = False
) -> int:
    """Whether a finished file is what a destination demands, whoever made it."""
    verdicts = api.qc(file, preset)
    with screen(as_json) as shown:
        for each in verdicts:
            shown.line(f"{'kept  ' if each.kept else 'BROKEN'}  {each}")
    return EXIT_KEPT if all(each.kept for each in verdicts) else EXIT_BROKEN


@app.command()
@verb
def new(
    folder: Path,
    clip: Annotated[Path | None, typer.Option(help="copy this clip into it")] = None,
    presets: Annotated[str, typer.Option("--for", help="its destinations")] = "tiktok,youtube",
) -> int:
    """Make a job folder whose own `make` works."""
    for path in api.new(folder, clip, _names(presets)):
        typer.echo(str(path))
    return EXIT_KEPT


@app.command("presets")
@verb
def destinations(
    name: Annotated[str, typer.Argument(help="one of them, with each number's reason and source")] = "",
) -> int:
    """The destinations: frame, rates, codecs, loudness, limits, safe zone, and when they were last checked."""
    known = {shelf.name: shelf for shelf in table.packaged()}
    if name and name not in known:
        raise SpecError(f"no preset {name!r}", f"one of {', '.join(known)}")
    today = date.today()
    for line in table.details(known[name], today) if name else table.listing(tuple(known.values()), today):
        typer.echo(line)
    return EXIT_KEPT


app.command()(verb(watching.watch))
app.command()(verb(sheet_verbs.sheet))
app.command()(verb(sheet_verbs.looks))
app.command()(verb(sheet_verbs.cover))
app.command()(verb(sheet_verbs.scopes))
app.command()(verb(sheet_verbs.edl))
app.command()(verb(loudness_verb.loudness))
app.command()(verb(sheet_verbs.styles))
app.add_typer(rules.verbs(verb), name="captions")
app.add_typer(lut_verbs.verbs(verb), name="lut")
app.add_typer(reframe_verbs.verbs(verb), name="reframe")


@app.command()
@verb
def schema(
    document: Annotated[
        str, typer.Argument(help="`job`, or a document that a run writes: `lock`, `manifest` or `history`")
    ] = "job",
) -> int:
    """Show the JSON Schema of job.yaml, for editors, or of the lock file, the manifest or the history."""
    from finish.deliver.documents import DOCUMENTS, document_schema  # no other verb needs the models

    if document not in ("job", *DOCUMENTS):
        raise SpecError(f'no schema "{document}"', choices(document, ("job", *DOCUMENTS)))
    values = jobspec.schema(STAGES) if document == "job" else document_schema(document)
    typer.echo(json.dumps(values, indent=2, ensure_ascii=False))
    return EXIT_KEPT


@app.command()
@verb
def doctor() -> int:
    """What this machine can and cannot do."""
    findings = examine(Path.cwd())
    for each in findings:
        typer.echo(f"{'ok     ' if each.fine else 'MISSING'}  {each.what:<9} {each.said}")
    return EXIT_KEPT if all(each.fine for each in findings) else EXIT_FAILED

"""The command line: every verb. Each is a few lines over `finish.api`, which is imported when it is used."""

from __future__ import annotations

from typing import Final

import typer

from finish.cli import (
    bench_verbs,
    brand_verbs,
    caption_verbs,
    gallery_verbs,
    loudness_verb,
    lut_verbs,
    plan_verbs,
    provenance_verbs,
    reframe_verbs,
    run_verb,
    sheet_verbs,
    strings_verb,
    tool_verbs,
    upgrade_verb,
    watch_verb,
)
from finish.cli.verb import verb

_ABOUT: Final = """Raw clips in, verified deliverables out.

A job is a folder with a job.yaml; `finish new FOLDER` creates one. A job reads only files in its own folder.
To let it read others, list their folder under `libraries:` in job.yaml, and allow it with --allow-library DIR
or in FINISH_LIBRARIES (folders separated by colons).
"""

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=_ABOUT,
)

for body in (
    run_verb.run,
    plan_verbs.plan,
    plan_verbs.validate,
    plan_verbs.explain,
    sheet_verbs.still,
    tool_verbs.qc,
    tool_verbs.new,
    tool_verbs.presets,
    watch_verb.watch,
    sheet_verbs.sheet,
    sheet_verbs.looks,
    sheet_verbs.cover,
    sheet_verbs.scopes,
    sheet_verbs.edl,
    loudness_verb.loudness,
    gallery_verbs.styles,
    gallery_verbs.titles,
    strings_verb.strings,
    upgrade_verb.upgrade,
    tool_verbs.schema,
    tool_verbs.doctor,
):
    app.command()(verb(body))
for name, group in (
    ("brand", brand_verbs.group(verb)),
    ("captions", caption_verbs.group(verb)),
    ("lut", lut_verbs.group(verb)),
    ("provenance", provenance_verbs.group(verb)),
    ("reframe", reframe_verbs.group(verb)),
    ("bench", bench_verbs.group(verb)),
):
    app.add_typer(group, name=name)

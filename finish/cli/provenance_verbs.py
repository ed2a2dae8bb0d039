"""The verbs for Content Credentials: `provenance show`, `check-certificate` and `rules`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from finish import api
from finish.errors import EXIT_BROKEN, EXIT_KEPT

if TYPE_CHECKING:
    from finish.model.credentials import Credentials, SignedManifest

_STATES: Final = {
    "trusted": "valid, signed with a trusted certificate",
    "untrusted": "valid, signed with a certificate that is on no list of trusted ones",
    "invalid": "not valid: the file or a manifest was changed after signing",
    "damaged": "damaged: the manifests can't be read",
    "remote": "on a server, which isn't asked",
    "unread": "not read: install finish[provenance]",
}
_INTACT: Final = ("trusted", "untrusted")


class _ShowsFiles(TyperGroup):
    """A group whose first word may be a file: `provenance FILE` is `provenance show FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = next((word for word in args if not word.startswith("-")), None)
        if named is not None and named not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


def group(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group; `verb` turns a function into a command."""
    app = typer.Typer(
        cls=_ShowsFiles, no_args_is_help=True, help="Content Credentials: who made a file, and of what."
    )
    app.command()(verb(show))
    app.command("check-certificate")(verb(check_certificate))
    app.command()(verb(rules))
    return app


def show(
    file: Annotated[Path, typer.Argument(help="a media file or a picture")],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> int:
    """Show the chain of manifests of a file: actions, signers, source types, and what is wrong.

    The exit code is 1 if the credentials aren't valid.
    """
    credentials, stated = api.credentials(file), api.stated_source_types(file)
    if as_json:
        value = None if credentials is None else asdict(credentials)
        typer.echo(json.dumps({"file": str(file), "credentials": value, "source_types": stated}, indent=2))
    else:
        for line in _lines(file, credentials, stated):
            typer.echo(line)
    return EXIT_KEPT if credentials is None or credentials.state in _INTACT else EXIT_BROKEN


def check_certificate() -> int:
    """Report what the certificate and the key of the environment lack to sign.

    FINISH_SIGN_CERTIFICATE names the certificates, FINISH_SIGN_KEY or FINISH_SIGN_COMMAND the key.
    """
    problems = api.certificate_problems()
    for problem in problems:
        typer.echo(problem)
    if not problems:
        typer.echo(
            "the certificate can sign; platforms trust it if it leads to a root on the C2PA trust list"
        )
    return EXIT_BROKEN if problems else EXIT_KEPT


def rules() -> int:
    """List what regions and platforms ask for with generated media, with sources. Not legal advice."""
    from finish.stages.disclosure import disclosure_rules

    for law in disclosure_rules.REGIONS:
        typer.echo(f"{law.region}, since {law.applies}: {law.text}\n    source: {law.source}")
    for rule in disclosure_rules.PLATFORMS:
        typer.echo(f"{rule.platform}: {rule.text}\n    source: {rule.source}")
    typer.echo(f"read on {disclosure_rules.CHECKED}")
    if disclosure_rules.is_outdated(date.today()):
        typer.echo("these rules are older than a year: check their sources, or install a newer finish")
    return EXIT_KEPT


def _lines(file: Path, credentials: Credentials | None, stated: tuple[str, ...]) -> Iterator[str]:
    if stated:
        yield f"{file.name}: digital source type in its metadata: {', '.join(stated)}"
    if credentials is None:
        yield f"{file.name}: no Content Credentials"
        return
    yield f"{file.name}: Content Credentials {_STATES[credentials.state]}"
    for problem in credentials.problems:
        yield f"  problem: {problem}"
    by_label = {manifest.label: manifest for manifest in credentials.manifests}
    if credentials.active:
        yield from _chain(credentials.active, by_label, 1, set())


def _chain(
    manifest: SignedManifest, by_label: dict[str, SignedManifest], depth: int, listed: set[str]
) -> Iterator[str]:
    """A manifest and those of its ingredients, indented; each one once, because chains may share or loop."""
    indent = "  " * depth
    signer = f", signed by {manifest.signer}" if manifest.signer else ""
    when = f" at {manifest.time}" if manifest.time else ""
    maker = manifest.generator or "an unknown program"
    yield f"{indent}{manifest.title or manifest.label} made by {maker}{signer}{when}"
    if manifest.label in listed:
        yield f"{indent}  as above"
        return
    listed.add(manifest.label)
    if manifest.actions:
        yield f"{indent}  actions: {', '.join(manifest.actions)}"
    if manifest.source_types:
        yield f"{indent}  digital source type: {', '.join(manifest.source_types)}"
    for ingredient in manifest.ingredients:
        yield f"{indent}  {ingredient.relationship}: {ingredient.title}"
        for problem in ingredient.problems:
            yield f"{indent}    problem when it was added: {problem}"
        inner = by_label.get(ingredient.manifest)
        if inner is not None:
            yield from _chain(inner, by_label, depth + 2, listed)

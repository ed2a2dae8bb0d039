"""The mistakes between the tokens of a brand: contrast, roles, music, and settings that don't exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from finish.errors import FinishError
from finish.jobspec import name_fields
from finish.jobspec.asset_library import Files
from finish.jobspec.brand_tokens import BrandTokens
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.model_shape import kinds_at, known_keys
from finish.jobspec.spec_tree import Node, printable
from finish.model import Stage

# What the rules of the logo mean, though the brand states other keys.
_BY_LOGO: Final = ("composite.logo.file", "composite.logo.height")
RULES: Final = ("never", "naming")  # what `must` can name besides settings


def check_brand(brand: LoadedBrand, stages: Sequence[Stage], files: Files, report: Report) -> None:
    """Report the mistakes between the tokens of a kit."""
    _check_contrast(brand, report)
    for node in _items(brand.token("logos.grounds")):
        _known_role(node, brand.kit.colours, report)
        _check_ground(brand, node, report)
    for kind in ("beds", "stings"):
        named = brand.token(f"music.{kind}")
        for entry in (named.entries if named else {}).values():
            try:
                files.find(str(entry.value), entry.origin.folder)
            except ValueError as error:
                report.add(entry.origin, str(error))
    if (naming := brand.token("naming")) is not None:
        try:
            name_fields.valid_template(str(naming.value))
        except ValueError as error:
            report.add(naming.origin, str(error))
    tokens, known = BrandTokens(brand), {stage.name: stage for stage in stages}
    for node in _items(brand.token("must")):
        _check_must(node, tokens, known, report)


def _check_contrast(brand: LoadedBrand, report: Report) -> None:
    pairs = _items(brand.token("contrast"))
    for pair in pairs:
        for role in _items(pair)[:2]:
            _known_role(role, brand.kit.colours, report)
    for at, ratio, least in brand.kit.failing():
        first, second = brand.kit.contrast[at][:2]
        colours = f"{brand.kit.colours[first]} on {brand.kit.colours[second]}"
        message = f"{first} on {second} ({colours}) has a contrast of {ratio:.2f}:1, less than {least:g}:1"
        report.add(pairs[at].origin, message, "change one of the colours, or delete the pair")


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.value if node is not None and isinstance(node.value, tuple) else ()


def _known_role(node: Node, known: Mapping[str, object], report: Report) -> None:
    if isinstance(node.value, str) and node.value not in known:
        report.add(node.origin, f'unknown colour "{printable(node.value)}"', choices(node.value, known))


def _check_must(node: Node, tokens: BrandTokens, stages: Mapping[str, Stage], report: Report) -> None:
    """Report an item of `must` that doesn't name a setting, or names one that the brand doesn't state."""
    section, *keys = str(node.value).split(".")
    if section in RULES and not keys:
        if tokens.brand.token(section) is None:
            report.add(node.origin, f"the brand states no {section}", "state it, or delete this item")
        return
    if section not in stages:
        message = f'unknown section "{printable(section)}"'
        report.add(node.origin, message, choices(section, (*stages, *RULES)))
        return
    for at, key in enumerate(keys):
        above = kinds_at(stages[section].Settings, keys[:at])
        if not kinds_at(stages[section].Settings, keys[: at + 1]):
            report.add(node.origin, f'unknown setting "{printable(key)}"', choices(key, known_keys(above)))
            return
    if str(node.value) not in _BY_LOGO and not tokens.states(stages[section], keys):
        report.add(node.origin, f"the brand states no {node.value}", "state it, or delete this item")


def _check_ground(brand: LoadedBrand, node: Node, report: Report) -> None:
    """Report a ground of the logo on which none of its variants stands out."""
    colour, logos = brand.kit.colours.get(str(node.value)), brand.kit.logos
    variants = [logo for logo in (logos.light, logos.dark, logos.mark) if logo is not None]
    if colour is None or not variants:
        return
    from finish.stages.composite.ground_contrast import LEAST_LOGO_CONTRAST, contrast_on  # reads pictures

    try:
        best = max(contrast_on(logo, colour) for logo in variants)
    except FinishError as error:  # a picture that can't be read
        report.add(node.origin, str(error))
        return
    if best < LEAST_LOGO_CONTRAST:
        ratio = f"{best:.2f}:1, less than {LEAST_LOGO_CONTRAST:g}:1"
        message = f"no logo stands out on {node.value} ({colour}): {ratio}"
        report.add(node.origin, message, "add another variant of the logo, or delete the ground")

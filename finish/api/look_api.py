"""Looks from Python: examined, drawn, and whole grades baked into one cube."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from finish.api.clip_api import from_python
from finish.errors import LutError, SpecError
from finish.jobspec import AssetLibrary
from finish.jobspec.spec_tree import Origin, PlacedText
from finish.media.job_files import JobFiles
from finish.model import Document
from finish.review import lut_report
from finish.review.lut_report import LookInspection
from finish.stages import colour
from finish.stages.colour.lut_bake import bake, correction_transforms


def inspect_look(name: str) -> LookInspection:
    """What a look is and does: one of ours by name, or a file; FinishError for what is none."""
    return lut_report.inspected(_look(name))


def picture_of_look(name: str) -> bytes:
    """A PNG of a look: the curves of a grey ramp, and a chart of colours before and after."""
    return lut_report.picture(_look(name))


def bake_grade(settings: Mapping[str, Any]) -> tuple[bytes, str]:
    """Settings of the colour stage as one plain `.cube`, and what it holds in words; FinishError for settings that do nothing."""
    asked = _settings(settings)
    looks = asked.looks if asked.strength else ()
    if not looks and not correction_transforms(asked.camera, asked.balance):
        raise SpecError("a grade that does nothing", "name a look, a camera or a balance")
    baked = bake(looks, asked.strength, asked.camera, asked.balance, legal=asked.lut_range == "legal")
    return baked.content(), colour.grade_note(asked, [baked])


def _look(name: str) -> Document:
    """The look as it is, usable or not."""
    here = Path.cwd()
    try:
        return AssetLibrary(JobFiles(Path(here.anchor))).document(
            PlacedText(name, Origin("command line", here)), "luts"
        )
    except ValueError as wrong:
        raise LutError(str(wrong)) from wrong


def _settings(values: Mapping[str, Any]) -> colour.ColourSettings:
    checked = from_python(colour, values)
    assert isinstance(checked, colour.ColourSettings)
    return checked

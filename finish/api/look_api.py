"""Looks from Python: inspected, drawn, and whole grades baked into one `.cube`."""

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
    """Inspect a packaged look by name, or a file; FinishError for a file that isn't a look."""
    return lut_report.inspected(_look(name))


def picture_of_look(name: str) -> bytes:
    """A PNG of a look: the curves of a grey ramp, and a chart of colours before and after."""
    return lut_report.picture(_look(name))


def bake_grade(settings: Mapping[str, Any]) -> tuple[bytes, str]:
    """Bake settings of the colour stage into one plain `.cube`; returns its bytes, and its content in words.

    SpecError for settings that don't change the picture.
    """
    grade = _settings(settings)
    looks = grade.looks if grade.strength else ()
    if not looks and not correction_transforms(grade.camera, grade.balance):
        raise SpecError("this grade doesn't change the picture", "name a look, a camera or a balance")
    baked = bake(looks, grade.strength, grade.camera, grade.balance, legal=grade.lut_range == "legal")
    return baked.content(), colour.grade_note(grade, [baked])


def _look(name: str) -> Document:
    """The look's file, unchecked."""
    current = Path.cwd()
    try:
        return AssetLibrary(JobFiles(Path(current.anchor))).document(
            PlacedText(name, Origin("command line", current)), "luts"
        )
    except ValueError as error:
        raise LutError(str(error)) from error


def _settings(values: Mapping[str, Any]) -> colour.ColourSettings:
    checked = from_python(colour, values)
    assert isinstance(checked, colour.ColourSettings)
    return checked

"""Shell completion of presets, styles, looks, stages, and the deliverables of a job."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

from finish import resources
from finish.errors import FinishError


def presets(incomplete: str) -> list[str]:
    """Presets, also after a comma: `tiktok,you` → `tiktok,youtube`."""
    before, comma, begun = incomplete.rpartition(",")
    listed = before.split(",")
    names = (name for name in resources.names("presets") if name.startswith(begun) and name not in listed)
    return [f"{before}{comma}{name}" for name in names]


def styles(incomplete: str) -> list[str]:
    """Packaged caption styles."""
    return _beginning(resources.names("styles"), incomplete)


def title_templates(incomplete: str) -> list[str]:
    """Packaged title templates."""
    return _beginning(resources.names("titles"), incomplete)


def looks(incomplete: str) -> list[str]:
    """Packaged looks."""
    return _beginning(resources.names("luts"), incomplete)


def stages(incomplete: str) -> list[str]:
    """Stages."""
    from finish.stages import STAGES

    return _beginning((stage.name for stage in STAGES), incomplete)


def deliverables(context: typer.Context, incomplete: str) -> list[str]:
    """The deliverables of the job on the command line; none without one: then the shell completes files."""
    from finish import api

    words = [*_texts(context.params.get("job")), *_texts(context.params.get("words"))]
    names: list[str] = []
    for word in words:
        if Path(word).exists():
            try:
                names += api.load(word).job.clips
            except FinishError:
                continue
    return _beginning(names, incomplete)


def _texts(value: object) -> list[str]:
    """The words in a parameter: one, several or none."""
    if isinstance(value, str):
        return [value]
    return list(map(str, value)) if isinstance(value, list | tuple) else []


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]

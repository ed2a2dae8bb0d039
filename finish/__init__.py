"""Automated post-production finishing: raw clips in, verified deliverables out.

Jobs:
    load(folder)              the job in a folder or job file
    quick(clip, presets)      a job of one clip, without a job file
    plan(job)                 what would be rendered and promised, as text
    run(job)                  render, check and publish; one Outcome for each deliverable
    draft(job)                a small or short version, neither checked nor published
    still, cover, sheet       pictures of a deliverable, without rendering it
    watch_folder(folder)      finish what is dropped into a folder
    qc(file, preset)          check any file against a destination's specification

One clip, stage by stage:
    open("hero.mp4").colour(["warm"]).sound(target="social").render("hero-tiktok.mp4", "tiktok")

Every error is a FinishError, but for Interrupted. Names are imported on first use, so `import finish` costs
next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from finish.lazy_names import lazy_names

if TYPE_CHECKING:
    from finish.api import (
        Clip,
        Delivered,
        Listener,
        Sheet,
        cover,
        draft,
        load,
        open,
        plan,
        qc,
        quick,
        run,
        sheet,
        still,
        watch_folder,
    )
    from finish.deliver.outcome import Event, EventKind, Outcome
    from finish.errors import FinishError, Interrupted
    from finish.jobspec import LoadedJob
    from finish.stages import STAGES

__version__: str
__all__ = [
    "STAGES",
    "Clip",
    "Delivered",
    "Event",
    "EventKind",
    "FinishError",
    "Interrupted",
    "Listener",
    "LoadedJob",
    "Outcome",
    "Sheet",
    "cover",
    "draft",
    "load",
    "open",
    "plan",
    "qc",
    "quick",
    "run",
    "sheet",
    "still",
    "watch_folder",
]

_MODULES: Final = {
    "finish.api": (
        "Clip",
        "Delivered",
        "Listener",
        "Sheet",
        "cover",
        "draft",
        "load",
        "open",
        "plan",
        "qc",
        "quick",
        "run",
        "sheet",
        "still",
        "watch_folder",
    ),
    "finish.deliver.outcome": ("Event", "EventKind", "Outcome"),
    "finish.errors": ("FinishError", "Interrupted"),
    "finish.jobspec": ("LoadedJob",),
    "finish.stages": ("STAGES",),
}
_lazy_name, _names = lazy_names(__name__, _MODULES)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("finish")
    return _lazy_name(name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])

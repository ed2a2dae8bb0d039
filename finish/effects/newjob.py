"""A new job folder: a spec that says what can be said, the places where things go, and a Makefile of its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from finish.effects.publish import write_whole
from finish.effects.store import writing
from finish.errors import FinishError

_MAKEFILE: Final = """# `make` finishes the job; `make plan` shows what would be rendered; `make clean` removes what can be made again.
FINISH ?= {finish}

.PHONY: all plan explain clean
all:
\t$(FINISH) run .
plan:
\t$(FINISH) plan .
explain:
\t$(FINISH) explain .
clean:
\trm -rf .finish
"""

_SPEC: Final = """# What to make of one clip. `finish explain .` shows every setting with its origin; `finish schema` is for editors.
source: media/{clip}

# captions: {{file: captions/{stem}.en.srt, style: clean}}   # clean, boxed, bold-pop; .srt, .vtt or .ass
# colour:   {{looks: [warm], strength: 0.8}}                 # a bare name is one of ours, a path is yours
# sound:    {{target: social}}                               # social, r128, a85, podcast, none
# reframe:  {{follow: subject}}                              # subject, centre, pad, none

deliverables:
{deliverables}
"""


def new_job(folder: Path, clip: Path | None, presets: Sequence[str]) -> tuple[Path, ...]:
    """Make a job folder and fill it; FinishError when `folder` already holds anything. The clip is copied, not moved."""
    if folder.exists() and any(folder.iterdir()):
        raise FinishError("path", f"{folder} is not empty", "name a new folder")
    if clip and not clip.is_file():
        raise FinishError("path", f"no clip {str(clip)!r}", "name a media file")
    name = clip.name if clip else "clip.mp4"
    with writing(folder / "media" / name):
        for part in ("media", "captions", "brand"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        if clip:
            shutil.copyfile(clip, folder / "media" / name)
    listed = "\n".join(f'  - {{name: "{{clip}}-{preset}", preset: {preset}}}' for preset in presets)
    plain = name.isascii() and name.replace("-", "").replace("_", "").replace(".", "").isalnum()
    text = _SPEC.format(clip=name, stem=Path(name).stem, deliverables=listed)
    if not plain:
        text = text.replace(f"source: media/{name}\n", "source: '" + f"media/{name}".replace("'", "''") + "'\n")
    files = {"job.yaml": text, "Makefile": _MAKEFILE.format(finish=f"{sys.executable} -m finish"), ".gitignore": ".finish/\nout/\n"}
    for file, content in files.items():
        write_whole(folder / file, content.encode())
    return tuple(folder / file for file in files)


def gather(folder: Path, clip: Path, sections: Mapping[str, Mapping[str, Any]]) -> tuple[str, dict[str, dict[str, Any]]]:
    """Copy a clip and every file that `sections` name into a new job folder; their names as the job will call them."""
    new_job(folder, clip, ())

    def taken(section: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [taken(section, each) for each in value]
        if isinstance(value, str) and Path(value).is_file() and Path(value).suffix:
            target = folder / section / Path(value).name
            with writing(target):
                shutil.copyfile(value, target)
            return f"{section}/{target.name}"
        return value

    held = {section: {key: taken(section, value) for key, value in settings.items()} for section, settings in sections.items()}
    return f"media/{clip.name}", held

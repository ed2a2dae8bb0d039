"""A new job folder: a commented job spec, folders for media, captions and brand files, and a Makefile."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from filecmp import cmp
from pathlib import Path
from typing import Any, Final

from finish import near_names, resources
from finish.errors import PathError, SpecError, several
from finish.model.yaml_text import yaml_quoted, yaml_scalar
from finish.storage.drafts import writing
from finish.storage.publish import write_whole

_MAKEFILE: Final = """\
# `make` finishes the job; `make plan` shows what a run would render; `make clean` removes the cache. `finish`
# on the PATH comes first, so that the folder works on any machine; then the interpreter that made it.
WRITTEN_BY := {finish}
FINISH ?= $(if $(shell command -v finish 2>/dev/null),finish,$(WRITTEN_BY))

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

_SPEC: Final = """\
# How to finish one clip. `finish explain .` shows each setting and its origin.
# `finish schema` prints the schema for editors.
source: {clip}

# captions: {{file: {captions}, style: clean}}   # clean, boxed, bold-pop; .srt, .vtt or .ass
# colour:   {{looks: [warm], strength: 0.8}}                 # a name is a packaged look, a path your file
# sound:    {{target: social}}                               # social, r128, a85, podcast, none
# reframe:  {{follow: subject}}                              # subject, centre, pad, none

deliverables:
{deliverables}
"""


def new_job(folder: Path, clip: Path | None, presets: Sequence[str]) -> tuple[Path, ...]:
    """Create a job folder, and copy the clip into it; returns the files that were written.

    FinishError, before anything is created, if `folder` isn't empty or is a file, a preset is unknown, or the
    clip doesn't exist.
    """
    _refuse_taken(folder)
    if clip and not _is_file(clip):
        raise PathError(f"no such file: {str(clip)!r}", "name a media file")
    name = _spelt(clip) if clip else "clip.mp4"
    text = _SPEC.format(
        clip=yaml_scalar(f"media/{name}"),
        captions=yaml_scalar(f"captions/{Path(name).stem}.en.srt"),
        deliverables="\n".join(
            f'  - {{name: "{{clip}}-{preset}", preset: {preset}}}' for preset in _known(presets)
        ),
    )
    with writing(folder / "media" / name):
        for part in ("media", "captions", "brand"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        if clip:
            shutil.copyfile(clip, folder / "media" / name)
    # Quoted for the shell, and then for make.
    python = shlex.quote(sys.executable).replace("$", "$$").replace("#", "\\#")
    files = {
        "job.yaml": text,
        "Makefile": _MAKEFILE.format(finish=f"{python} -m finish"),
        ".gitignore": ".finish/\nout/\n",
    }
    for file, content in files.items():
        write_whole(folder / file, content.encode())
    return tuple(folder / file for file in files)


def gather(
    folder: Path, clip: Path, sections: Mapping[str, Mapping[str, Any]]
) -> tuple[str, dict[str, dict[str, Any]]]:
    """Copy a clip and every file that `sections` name into a new job folder.

    Returns the clip's name and the sections, with names relative to the folder.
    """
    new_job(folder, clip, ())

    def gathered(section: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: gathered(section, inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [gathered(section, inner) for inner in value]
        # A bare name is a packaged one, even if a file here has it.
        if isinstance(value, str) and ("/" in value or Path(value).suffix):
            # FILE#ID is one correction of a file.
            name, mark, part = (value, "", "") if _is_file(Path(value)) else value.partition("#")
            if _is_file(Path(name)):
                return f"{section}/{_copied(Path(name), folder / section).name}{mark}{part}"
        return value

    return f"media/{clip.name}", {
        section: gathered(section, settings) for section, settings in sections.items()
    }


def _refuse_taken(folder: Path) -> None:
    """PathError for a folder that isn't empty or can't be created."""
    try:
        if any(folder.iterdir()):
            raise PathError(f"{folder} isn't empty", "name a new folder")
    except FileNotFoundError:
        return
    except OSError as error:  # a file has its name or a parent's; the name is too long; no permission
        raise PathError(
            f"can't create the job folder {folder}: {error.strerror}", "name a new folder"
        ) from error


def _known(presets: Sequence[str]) -> tuple[str, ...]:
    """The presets, each once, without spaces around them; SpecError for unknown ones."""
    names, known = tuple(dict.fromkeys(preset.strip() for preset in presets)), resources.names("presets")
    errors = [
        SpecError(f"unknown preset: {yaml_quoted(name[:60])}", near_names.choices(name, known))
        for name in names
        if name not in known
    ]
    if errors:
        raise several(errors)
    return names


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name is too long
        return False


def _spelt(file: Path) -> str:
    """The name of a file; PathError if job.yaml can't spell it."""
    try:
        file.name.encode()
    except UnicodeEncodeError as error:
        raise PathError(
            f"{str(file)!r}: the file name isn't UTF-8, which job.yaml needs", "rename the file"
        ) from error
    return file.name


def _copied(file: Path, folder: Path) -> Path:
    """The copy of a file in `folder`, numbered if a different file of its name is there."""
    name, number = Path(_spelt(file)), 1
    target = folder / name
    with writing(target):
        while target.exists() and not cmp(file, target, shallow=False):
            number += 1
            target = folder / f"{name.stem}-{number}{name.suffix}"
        if not target.exists():
            shutil.copyfile(file, target)
    return target

"""A new job folder: a spec that says what can be said, the places where things go, and a Makefile of its
own."""

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
from finish.storage.publish import write_whole
from finish.storage.store import writing

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
    """Make a job folder and fill it; the files that were written. The clip is copied, not moved.

    FinishError, before anything is made, when `folder` holds anything or is a file, a preset is unknown, or
    there is no such clip.
    """
    _refuse_taken(folder)
    if clip and not _is_file(clip):
        raise PathError(f"no such file: {str(clip)!r}", "name a media file")
    name = _spelt(clip) if clip else "clip.mp4"
    text = _SPEC.format(
        clip=_scalar(f"media/{name}"),
        captions=_scalar(f"captions/{Path(name).stem}.en.srt"),
        deliverables="\n".join(
            f'  - {{name: "{{clip}}-{preset}", preset: {preset}}}' for preset in _known(presets)
        ),
    )
    with writing(folder / "media" / name):
        for part in ("media", "captions", "brand"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        if clip:
            shutil.copyfile(clip, folder / "media" / name)
    # What the shell would take apart is quoted for it, and what make would, for make.
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
    """Copy a clip and every file that `sections` name into a new job folder; their names as the job will
    call them."""
    new_job(folder, clip, ())

    def taken(section: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: taken(section, each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [taken(section, each) for each in value]
        # A bare name is one of ours, whatever lies here under it.
        if isinstance(value, str) and ("/" in value or Path(value).suffix):
            named, mark, part = (
                (value, "", "") if _is_file(Path(value)) else value.partition("#")
            )  # one correction of a file
            if _is_file(Path(named)):
                return f"{section}/{_copied(Path(named), folder / section).name}{mark}{part}"
        return value

    return f"media/{clip.name}", {section: taken(section, settings) for section, settings in sections.items()}


def _refuse_taken(folder: Path) -> None:
    try:
        if any(folder.iterdir()):
            raise PathError(f"{folder} isn't empty", "name a new folder")
    except FileNotFoundError:
        return
    except OSError as error:  # a file has the name, or one above it; the name is too long; it may not be read
        raise PathError(
            f"can't create the job folder {folder}: {error.strerror}", "name a new folder"
        ) from error


def _known(presets: Sequence[str]) -> tuple[str, ...]:
    """The presets, each once, without the spaces around them in a list."""
    names, known = tuple(dict.fromkeys(preset.strip() for preset in presets)), resources.names("presets")
    errors = [
        SpecError(f"unknown preset: {_quoted(name[:60])}", near_names.choices(name, known))
        for name in names
        if name not in known
    ]
    if errors:
        raise several(errors)
    return names


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # longer than any name can be
        return False


def _spelt(file: Path) -> str:
    """The name of a file, if a job file can spell it."""
    try:
        file.name.encode()
    except UnicodeEncodeError as error:
        raise PathError(
            f"{str(file)!r}: the file name isn't UTF-8, which job.yaml needs", "rename the file"
        ) from error
    return file.name


def _scalar(text: str) -> str:
    """A path as YAML: as it is when it is made of plain letters, else quoted."""
    plain = text.isascii() and text.translate(str.maketrans("", "", "/-_.")).isalnum()
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """Double-quoted, as in YAML 1.2.2 §5.7: every character can be said so, and none ends the line."""
    return (
        '"'
        + "".join(
            char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text
        )
        + '"'
    )


def _copied(file: Path, folder: Path) -> Path:
    """The copy of a file in `folder`, numbered when another of its name is there: two looks may both be
    called x.cube."""
    name, number = Path(_spelt(file)), 1
    target = folder / name
    with writing(target):
        while target.exists() and not cmp(file, target, shallow=False):
            number += 1
            target = folder / f"{name.stem}-{number}{name.suffix}"
        if not target.exists():
            shutil.copyfile(file, target)
    return target

"""Brand kits from Python: written, checked, packed, imported, and drawn as a page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from finish.api.job_api import require_all_planned
from finish.api.loading import load
from finish.brand.brand_folder import survey
from finish.brand.imported_kit import imported_kit
from finish.brand.kit_draft import KitDraft, LeftOut, require_absent
from finish.brand.kit_page import KitFrames, kit_page
from finish.brand.kit_reading import OpenedKit, opened_kit
from finish.brand.new_kit import new_kit
from finish.brand.token_file import read_tokens
from finish.engine.engine import Engine
from finish.engine.plan_pictures import readable
from finish.errors import PathError, SpecError
from finish.jobspec.brand_loader import PACKED
from finish.jobspec.brand_pack import packed
from finish.model.brand_kit import BrandKit
from finish.model.yaml_text import yaml_quoted
from finish.pages.frames import Frame
from finish.review.small_frames import FrameRequest, frames, small
from finish.review.style_sheet import sample
from finish.stages import STAGES
from finish.storage.publish import write_whole


@dataclass(frozen=True)
class WrittenKit:
    """A brand.yaml that was written, and what of the folder or of the tokens it couldn't take."""

    path: Path
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class CheckedKit:
    """A kit without mistakes: its name, its digest, its tokens, and warnings about licences that end."""

    name: str
    digest: str
    kit: BrandKit
    warnings: tuple[str, ...]


def new_brand(folder: str | Path) -> WrittenKit:
    """Write brand.yaml into a folder, from the logos, fonts, music, and looks that it has.

    PathError if the folder has a brand.yaml, or nothing to make one of.
    """
    place = Path(folder)
    files = survey(place)
    require_absent(place)
    if files.empty:
        raise PathError(f"{place} has no logos, fonts, music, or looks", "copy the brand's files into it")
    return _written(new_kit(files), place)


def import_brand(tokens: str | Path, folder: str | Path | None = None) -> WrittenKit:
    """Write brand.yaml from design tokens (DTCG) or brand.json (AdCP), with the logos and fonts of a folder.

    The default folder is that of the tokens. SpecError for a file that is neither; nothing is fetched.
    """
    file = Path(tokens)
    place = file.parent if folder is None else Path(folder)
    if not file.is_file():
        raise PathError(f"No such file: {file}", "name a JSON file of tokens")
    read = read_tokens(file.read_bytes(), file.name)
    place.mkdir(parents=True, exist_ok=True)
    require_absent(place)
    return _written(imported_kit(read, file.name, new_kit(survey(place), read.name)), place)


def _written(draft: KitDraft, folder: Path) -> WrittenKit:
    return WrittenKit(draft.write(folder), draft.left_out)


def check_brand(brand: str | Path, today: date | None = None) -> CheckedKit:
    """Check a kit by itself: a brand.yaml, a folder with one, or a pack; FinishError with every mistake."""
    with opened_kit(Path(brand), today or date.today()) as opened:
        return CheckedKit(opened.title, opened.brand.digest, opened.brand.kit, opened.warnings)


def pack_brand(brand: str | Path, target: str | Path | None = None, *, replace: bool = False) -> Path:
    """Pack a kit into one file; returns its path. The default is `NAME.brand` beside the kit's folder.

    PathError if the target exists with other content, unless it may be replaced.
    """
    with opened_kit(Path(brand), date.today()) as opened:
        try:
            data = packed(opened.brand, opened.files)
        except ValueError as error:
            message, _, hint = str(error).partition(" — ")
            raise SpecError(message, hint) from error
        path = Path(target) if target else opened.folder.parent / f"{_file_name(opened.title)}{PACKED}"
    if path.suffix != PACKED:
        raise PathError(f"{path} isn't a pack", f"end its name in {PACKED}")
    if path.exists() and not replace and path.read_bytes() != data:
        raise PathError(f"{path} exists, and is another kit", "name another file, or replace it")
    write_whole(path, data)
    return path


def _file_name(title: str) -> str:
    letters = "".join(char if char.isalnum() else "-" for char in title.lower())
    return "-".join(part for part in letters.split("-") if part) or "brand"


def brand_sheet(brand: str | Path, target: str | Path, clip: str | Path | None = None) -> Path:
    """Write a page of a kit: colours, type, logos, and, with a clip, its graphics and looks on footage."""
    path = Path(target)
    if path.suffix.lower() != ".html":
        raise PathError(f"{path} can't be written: the page is HTML", "end its name in .html")
    with opened_kit(Path(brand), date.today()) as opened:
        footage = tuple(_footage(opened, Path(clip))) if clip is not None else ()
        write_whole(path, kit_page(opened, footage))
    return path


# Destinations of the frames, and the moments (s) at which graphics, captions, and the end card show.
_SHAPES: Final = {"Vertical": "tiktok", "Wide": "youtube"}
_LENGTH, _GRAPHICS = Fraction(4), Fraction(2)


def _footage(opened: OpenedKit, clip: Path) -> Iterator[KitFrames]:
    """The clip as a job of the brand shows it, tall and wide: graphics with captions, then the end card."""
    clip = clip.resolve()
    if not clip.is_file():
        raise PathError(f"No such file: {clip}", "name a clip")
    with tempfile.TemporaryDirectory(prefix="finish-sheet-") as place:
        folder = Path(place)
        (folder / "sample.vtt").write_bytes(sample().data)
        (folder / "job.yaml").write_text(_job(opened, clip), encoding="utf-8")
        job = load(folder, libraries=(opened.folder, clip.parent)).job
        engine = Engine(job, STAGES)
        plan = engine.plan(job.deliverables, [stage for stage in STAGES if "video" in stage.touches])
        require_all_planned(plan)
        programmes = [one.planned.programme for one in readable(plan, engine.renderer).renderings]
        requests = [FrameRequest(one, one.picture, small(one.frame)) for one in programmes]
        for number, (name, programme) in enumerate(zip(_SHAPES, programmes, strict=True)):
            times = (min(_GRAPHICS, programme.duration / 2), programme.duration - 1)
            pictures = frames(requests, times)
            heads = ("Logo, lower third, captions", "End card")
            stills = [
                Frame(pictures[number, time], head)
                for time, head in zip(times, heads, strict=True)
                if (number, time) in pictures
            ]
            yield KitFrames(f"{name}, on {clip.name}", tuple(stills))


def _job(opened: OpenedKit, clip: Path) -> str:
    kit, title = opened.brand.kit, yaml_quoted(opened.title[:40])
    brand = opened.folder / "brand.yaml"
    card = "{}" if kit.templates.end_card else f"{{text: {title}}}"
    has_logo = kit.logos.light or kit.logos.dark or kit.logos.mark
    graphics: list[Any] = [
        *(["  logo: {}"] if has_logo else []),
        f"  lower_third: {{title: {title}, subtitle: Name and role, from: 0.5, to: {_LENGTH}}}",
        f"  end_card: {card}",
    ]
    deliverables = "\n".join(f"  - {{name: {name}, preset: {name}}}" for name in _SHAPES.values())
    return "\n".join(
        [
            f"libraries: [{yaml_quoted(str(opened.folder))}, {yaml_quoted(str(clip.parent))}]",
            f"brand: {yaml_quoted(str(brand))}",
            f"source: {yaml_quoted(str(clip))}",
            "captions: {file: sample.vtt, lang: en}",
            "composite:",
            *graphics,
            "deliverables:",
            deliverables,
            "",
        ]
    )

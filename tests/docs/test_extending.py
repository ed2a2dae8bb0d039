"""The pages about extending finish: their modules become files, and their examples run with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from clip_files import clip
from pages import DOCS, blocks, name

from finish import api, resources
from finish.jobspec.presets import packaged_preset
from finish.model import Job

EXTENDING = sorted((DOCS / "extending").glob("*.md"))
RUN = [page for page in EXTENDING if any(block.mark == "run" for block in blocks(page, "python"))]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a short clip."""
    monkeypatch.chdir(tmp_path)
    clip(tmp_path / "hero.mp4", seconds=0.4)
    return tmp_path


@pytest.mark.render
@pytest.mark.parametrize("page", RUN, ids=name)
def test_the_code_of_a_page_runs(page: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(place)
    modules = [block for block in blocks(page, "python") if block.mark.startswith("module: ")]
    for block in modules:
        (place / block.mark.removeprefix("module: ")).write_text(block.text)
    scope: dict[str, Any] = {"__name__": "page"}
    try:
        for block in blocks(page, "python"):
            if block.mark == "run":
                exec(compile(block.text, str(page), "exec"), scope)
    finally:
        for block in modules:
            sys.modules.pop(Path(block.mark.removeprefix("module: ")).stem, None)


def test_every_python_block_is_run() -> None:
    marks = {block.mark.split(":")[0] for page in EXTENDING for block in blocks(page, "python")}
    assert len(RUN) >= 6 and marks == {"module", "run"}


def the(page: str, mark: str) -> tuple[str, str]:
    """The name and the text of the only block of a page with this mark."""
    (block,) = [each for each in blocks(DOCS / "extending" / page) if each.mark.startswith(f"{mark}: ")]
    return block.mark.removeprefix(f"{mark}: "), block.text


def test_the_destination_of_the_page_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    preset, text = the("destination.md", "preset")
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / f"{preset}.yaml").write_text(text)
    library = resources.folder
    monkeypatch.setattr(resources, "folder", lambda name: folder if name == "presets" else library(name))
    loaded = packaged_preset(preset)
    assert str(loaded.delivery.frame) == "1080x1920" and loaded.preset.limits.seconds_max == 60
    assert isinstance(api.quick("hero.mp4", [preset]).job, Job)


def test_the_style_of_the_page_can_be_used(place: Path) -> None:
    _, text = the("style.md", "style")
    for folder in ("brand", "captions", "media"):
        (place / folder).mkdir()
    (place / "hero.mp4").rename(place / "media" / "hero.mp4")
    (place / "brand" / "style.yaml").write_text(text)
    (place / "captions" / "hero.en.srt").write_text("1\n00:00:00,000 --> 00:00:00,300\nHi\n")
    (place / "job.yaml").write_text(
        "source: media/hero.mp4\ncaptions: {file: captions/hero.en.srt, style: brand/style.yaml}\n"
        'deliverables: [{name: "{clip}", preset: square}]\n'
    )
    (deliverable,) = api.load(place).job.deliverables
    assert deliverable.settings["captions"].styled.title == "Neon"  # type: ignore[attr-defined]


def test_the_title_of_the_page_can_be_used(place: Path) -> None:
    name, text = the("title.md", "title")
    folder = place / "titles" / name
    folder.mkdir(parents=True)
    (folder / "template.yaml").write_text(text)
    (place / "job.yaml").write_text(
        f"source: hero.mp4\ncomposite: {{titles: [{{template: titles/{name}/template.yaml, kicker: New, "
        "title: Kettle, from: 0, to: 2}]}\ndeliverables: [{name: a, preset: square}]\n"
    )
    (deliverable,) = api.load(place).job.deliverables
    (title,) = deliverable.settings["composite"].titles  # type: ignore[attr-defined]
    assert title.design.shows == ("kicker", "title")

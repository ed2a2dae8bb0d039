"""The tutorial, from nothing to a revision: its files are written and its commands run, in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from clip_files import clip
from pages import DOCS, ROOT, Block, blocks

FINISH = f'finish() {{ "{sys.executable}" -m finish "$@"; }}'


def done(block: Block, place: Path) -> str:
    """The output of a block of commands; each must exit with 0."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    script = f"set -e\n{FINISH}\n{block.text}"
    result = subprocess.run(
        ["bash", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{block.text}\n{result.stdout}{result.stderr}"
    return result.stdout + result.stderr


@pytest.mark.render
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    clip(tmp_path / "hero.mp4", size="320x180", seconds=4.3)
    outputs = {}
    runs = []
    for block in blocks(DOCS / "tutorial.md"):
        if block.mark.startswith("file: "):
            path = tmp_path / block.mark.removeprefix("file: ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        elif block.language == "bash":
            output = done(block, tmp_path)
            outputs[block.text.splitlines()[-1]] = output
            runs += [output] if block.text == "finish run spring\n" else []
    out = tmp_path / "spring" / "out"
    names = {"hero-square.mp4", "hero-youtube.mp4", "hero-youtube.en.srt", "manifest.json"}
    assert names <= {path.name for path in out.iterdir()}
    assert (tmp_path / "sheet.html").stat().st_size > 10_000
    assert "to render" in outputs["finish plan spring"] and "captions" in outputs["finish plan spring"]
    assert "a finished file" in (out / "hero-youtube.en.srt").read_text()
    assert len(runs) == 3 and "rendering" in runs[0] and "rendering" not in runs[1]
    assert json.loads((out / "manifest.json").read_text())

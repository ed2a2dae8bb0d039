"""The bench's own command: its output is reproducible, and it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from render_jobs import ONE, folder

from bench.clip import Bed
from bench.expert import as_ours, expert

pytestmark = pytest.mark.render


def test_the_experts_command_is_said_with_its_graph_and_makes_the_file(tmp_path: Path) -> None:
    place = folder(tmp_path / "job", f"source: hero.mp4\nsound: {{accept: achievable}}\n{ONE}", seconds=1.0)
    side = expert(Bed(place, place / "hero.mp4", tmp_path, ("youtube",)), as_ours)
    command, name, graph = side.commands
    assert name.rstrip(":") in command and "scale" in graph
    side.run()
    assert (tmp_path / "expert" / "done.mp4").stat().st_size > 1000

"""What a command line accepts: jobs and names, clip options, guesses, completion, and the keys of a style."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import finish
from finish import api, resources
from finish.cli import completion
from finish.cli.naming import jobs_and_names
from finish.cli.run_verb import _sections
from finish.cli.verbs import app
from finish.errors import FinishError, SpecError

JOB = "source: media/*.mp4\ndeliverables: [{name: '{clip}-{preset}', for: {preset: [tiktok, youtube]}}]\n"


@pytest.fixture(autouse=True)
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "job/media").mkdir(parents=True)
    (tmp_path / "job/job.yaml").write_text(JOB)
    for name in ("studio-1", "studio-2", "street"):
        (tmp_path / f"job/media/{name}.mp4").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "job"


def said(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    return done.output


def test_words_are_jobs_where_they_are_paths_and_names_otherwise() -> None:
    Path("other.yaml").touch()
    words = ["job", "studio-*", "./gone", "other.yaml", "hero.v2"]
    asked = jobs_and_names(words, ["street-tiktok"])
    assert asked.jobs == ("job", "./gone", "other.yaml")
    assert asked.names == ("studio-*", "hero.v2", "street-tiktok")


def test_patterns_choose_deliverables() -> None:
    assert said("validate", "job") == "job: 6 deliverables valid\n"
    assert said("validate", "job", "studio-*") == "job: 4 deliverables valid\n"
    assert said("validate", "job", "--only", "street-tiktok") == "job: 1 deliverable valid\n"
    assert 'no deliverable "street-tiktk" — did you mean "street-tiktok"?' in said(
        "validate", "job", "street-tiktk", code=2
    )


@pytest.mark.parametrize(
    ("arguments", "guess"),
    [
        (["presets", "reels"], 'did you mean "facebook-reels" or "instagram-reels"?'),
        (["run", "job", "--redecide", "refram"], 'did you mean "reframe"?'),
        (["styles", "boxd"], 'did you mean "boxed"?'),
        (["lut", "inspect", "wram"], 'did you mean "warm"?'),
        (["schema", "manifst"], 'did you mean "manifest"?'),
        (["plan", "job/media/street.mp4", "--for", "tiktk"], 'did you mean "tiktok"?'),
    ],
)
def test_a_mistyped_name_is_guessed(arguments: list[str], guess: str) -> None:
    assert guess in said(*arguments, code=2)


def test_the_options_of_a_clip_are_the_sections_of_a_job() -> None:
    assert _sections(["warm"], "a.srt", "boxed", "en", "logo.png", "bed.wav", "achievable") == {
        "colour": {"looks": ["warm"]},
        "composite": {"logo": {"file": "logo.png"}},
        "captions": {"file": "a.srt", "style": "boxed", "lang": "en"},
        "mix": {"music": {"file": "bed.wav"}},
        "sound": {"accept": "achievable"},
    }
    assert not any(_sections(None, "", "", "", "", "", "").values())
    assert "need --for" in said("run", "job", "--style", "boxed", code=2)


def test_a_clip_with_accepted_notes_is_saved_as_a_job_that_says_the_same(job: Path) -> None:
    Path("hero.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHi\n")
    sections = {"captions": {"file": "hero.srt", "style": "boxed", "lang": "en"}}
    clip = job / "media/street.mp4"
    quick = api.quick(clip, ["tiktok"], sections, accept=["alpha"]).job.deliverables[0]
    saved = api.load(api.save(clip, ["tiktok"], sections, Path("kept"), accept=["alpha"])).job.deliverables[0]
    assert quick.accept == saved.accept == ("alpha",) and quick.name == saved.name
    assert saved.settings["captions"].lang == quick.settings["captions"].lang == "en"  # type: ignore[attr-defined]


def test_a_style_lists_every_key_with_its_value_and_meaning() -> None:
    keys = {row.key: row for row in api.style_keys("boxed")}
    assert keys["box"].meaning and keys["box.colour"].value.startswith("#") and keys["size"].value
    assert keys["outline.width"].meaning == "em", "a part that the style leaves out is listed too"
    assert all(row.meaning for row in keys.values())
    lines = said("styles", "boxed").splitlines()
    assert len(lines) == len(keys) and lines[0].split()[0] == "title"
    path = resources.entry("styles", "boxed")
    assert said("styles", str(path)) == said("styles", str(path.parent)) == said("styles", "boxed")
    assert "boxed" in said("styles")


def test_the_shell_is_offered_names() -> None:
    assert completion.presets("tik") == ["tiktok"]
    assert completion.presets("tiktok,tik") == [] and "tiktok,youtube" in completion.presets("tiktok,you")
    assert completion.styles("box") == ["boxed"] and completion.looks("war") == ["warm"]
    assert completion.stages("refr") == ["reframe"]
    environment = {
        "_FINISH_COMPLETE": "complete_bash",
        "COMP_WORDS": "finish plan job stu",
        "COMP_CWORD": "3",
    }
    offered = CliRunner().invoke(app, [], env=environment, prog_name="finish").output.split()
    assert offered == ["studio-1-tiktok", "studio-1-youtube", "studio-2-tiktok", "studio-2-youtube"]


def test_a_draft_refuses_a_span_that_ends_before_it_starts() -> None:
    with pytest.raises(SpecError, match="ends before it starts"):
        finish.draft(finish.load("job"), span=(4, 2))


def test_a_template_that_is_no_job_is_refused() -> None:
    with pytest.raises(FinishError, match="isn't a job folder"):
        finish.watch_folder("job", template="job/media", once=True)

"""Every verb and every API function, for a deliverable in every state: all report the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import clip
from typer.testing import CliRunner

import finish
from finish import api
from finish.cli.verbs import app
from finish.errors import FinishError
from finish.jobspec import LoadedJob

pytestmark = pytest.mark.render

JOB = """source: media/*.mp4
reframe: {follow: centre}
captions: {file: "captions/{clip}.{lang}.srt"}
sound: {target: none}
encode: {size: 96x96, picture: {speed: ultrafast}}
clips: {cut: {pacing: {cut: ["0-60"]}}}
deliverables: [{name: "{clip}-{lang}", preset: square, for: {lang: [en]}}]
"""

# What is requested, and a part of what every verb reports about it: "" where nothing is wrong.
STATES = {
    "fine-en": "",
    "f*-en": "",
    "bare-en": 'no such file: "captions/bare.en.srt"',
    "text-en": "media/text.mp4",
    "cut-en": "pacing keeps nothing of a clip",
    "fien-en": 'has no deliverable "fien-en" — did you mean "fine-en"? (cut-en, fine-en, text-en, bare-en)',
    "studio-*": 'matches "studio-*" — choose from: cut-en, fine-en, text-en, bare-en',
}

VERBS: dict[str, list[str]] = {
    "plan by name": ["plan", ".", "NAME"],
    "plan": ["plan", ".", "--only", "NAME"],
    "plan as JSON": ["plan", ".", "--only", "NAME", "--json"],
    "estimate": ["plan", ".", "--estimate", "--only", "NAME"],
    "explain": ["explain", ".", "NAME"],
    "explain only": ["explain", ".", "--only", "NAME"],
    "why": ["explain", ".", "NAME", "--why"],
    "still": ["still", ".", "NAME", "--at", "0.1", "-o", "s.png"],
    "still only": ["still", ".", "--only", "NAME", "-o", "s.png"],
    "sheet by name": ["sheet", ".", "NAME", "-o", "s.html"],
    "sheet": ["sheet", ".", "--only", "NAME", "-o", "s.html"],
    "cover": ["cover", ".", "--only", "NAME", "-o", "c.png"],
    "cover by name": ["cover", ".", "NAME", "-o", "c.png"],
    "scopes": ["scopes", ".", "--only", "NAME", "-o", "x.png"],
    "edl": ["edl", ".", "--only", "NAME", "-o", "x.edl"],
    "loudness": ["loudness", ".", "--only", "NAME"],
    "reframe show": ["reframe", "show", ".", "--only", "NAME", "-o", "r.png"],
    "validate": ["validate", ".", "NAME"],
    "loudness by name": ["loudness", ".", "NAME"],
    "run by name": ["run", ".", "NAME"],
    "draft": ["run", ".", "--draft", "--only", "NAME"],
    "run": ["run", ".", "--only", "NAME"],
}
# What a verb doesn't look at can't fail it: an estimate plans nothing, an explanation reads no clip, loudness
# ignores cuts …
BLIND = {
    "cut-en": {"estimate", "explain", "explain only", "scopes", "validate"},
    "text-en": {"explain", "explain only", "validate"},
}

API: dict[str, Callable[[LoadedJob, str], object]] = {
    "run": lambda job, name: _raised(finish.run(job, [name])),
    "plan": lambda job, name: finish.plan(job, [name]),
    "why": lambda job, name: api.why(job, [name]),
    "still": lambda job, name: finish.still(job, name, Fraction(0), Path("s.png")),
    "cover": lambda job, name: api.cover(job, name, Path("c.png")),
    "sheet": lambda job, name: _raised(api.sheet([job], Path("s.html"), [name])),
    "edit_list": api.edit_list,
    "crops": lambda job, name: api.crops(job, Path("r.png"), [name]),
    "scopes": lambda job, name: api.scopes(job, name, Path("x.png")),
    "loudness": api.loudness,
    "estimate": lambda job, name: api.estimate(job, [name]),
}


def _raised(found: object) -> object:
    errors = (
        [outcome.error for outcome in found if outcome.error]
        if isinstance(found, tuple)
        else getattr(found, "errors", ())
    )
    if errors:
        raise errors[0]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four clips: a good one, one without captions, one that is a text file, and one cut completely."""
    place = tmp_path_factory.mktemp("states")
    (place / "captions").mkdir()
    (place / "media").mkdir()
    clip(place / "media/fine.mp4", size="96x96", seconds=0.4)
    for name in ("bare", "cut"):
        shutil.copy(place / "media/fine.mp4", place / f"media/{name}.mp4")
    (place / "media/text.mp4").write_text("not a clip")
    for name in ("fine", "cut", "text"):
        (place / f"captions/{name}.en.srt").write_text("1\n00:00:00,000 --> 00:00:00,400\nHi\n")
    (place / "job.yaml").write_text(JOB)
    return place


@pytest.fixture(autouse=True)
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", STATES)
def test_every_verb_says_the_same_of_a_deliverable_in_every_state(verb: str, name: str) -> None:
    done = CliRunner().invoke(app, [name if word == "NAME" else word for word in VERBS[verb]])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    output, wrong = done.output, "" if verb in BLIND.get(name, ()) else STATES[name]
    assert "internal error" not in output and "Error:" not in output
    assert done.exit_code == (2 if wrong else 0), output
    assert wrong.replace('"', '\\"') in output or wrong in output


@pytest.mark.parametrize("function", API)
@pytest.mark.parametrize("name", STATES)
def test_every_function_raises_the_same_of_a_deliverable_in_every_state(function: str, name: str) -> None:
    wrong = "" if function in BLIND.get(name, ()) else STATES[name]
    try:
        API[function](finish.load("."), name)
    except FinishError as error:
        assert wrong and wrong in str(error)
    else:
        assert not wrong


@pytest.mark.parametrize("verb", VERBS)
def test_of_all_deliverables_what_can_be_made_is_and_the_rest_is_told(verb: str) -> None:
    words = [word for word in VERBS[verb] if word not in ("NAME", "--only")]
    done = CliRunner().invoke(app, words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "internal error" not in done.output and done.exit_code in (0, 2)
    if verb in ("plan", "explain", "sheet", "run"):
        assert done.exit_code == 2 and STATES["bare-en"] in done.output
        assert (STATES["text-en"] in done.output) is (verb != "explain")


def test_several_are_a_file_each() -> None:
    """The pattern matches four deliverables, of which three have captions.

    Other verbs of one picture do the same.
    """
    done = CliRunner().invoke(app, ["still", ".", "*-en", "-o", "p.png"])
    assert done.exit_code == 2 and STATES["bare-en"] in done.output and STATES["cut-en"] in done.output
    assert Path("p-fine-en.png").read_bytes()[1:4] == b"PNG" and not Path("p.png").exists()
    done = CliRunner().invoke(app, ["edl", ".", "fine-en", "--only", "text-en", "-o", "e.edl"])
    assert done.exit_code == 2 and Path("e-fine-en.edl").exists() and not Path("e-text-en.edl").exists()


def test_one_is_one() -> None:
    with pytest.raises(
        FinishError, match='"\\*-en" matches 4 deliverables — name one of them: cut-en, fine-en'
    ):
        finish.still(finish.load("."), "*-en", Fraction(0))


def test_a_pattern_where_one_clip_is_meant_is_refused() -> None:
    for words in (["looks", "media/*.mp4", "-o", "l.png"], ["styles", "media/*.mp4", "-o", "l.png"]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 2 and "media/*.mp4 matches 4 clips — name one" in done.output, done.output
    with pytest.raises(FinishError, match="matches 4 clips"):
        finish.open("media/*.mp4").explain()


def test_a_job_is_taken_with_the_origins_of_its_values_or_without() -> None:
    loaded = finish.load(".")
    assert finish.plan(loaded, ["fine-en"]) == finish.plan(loaded.job, ["fine-en"])

"""The command line: broken clips in a batch, hostile names, exit codes, JSON, and every verb."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import clip
from command_line import ENVIRONMENT, SOURCE, cli, complaint, files, inside
from render_jobs import ONE, flashes, folder, pictures

import finish

pytestmark = pytest.mark.render


# -- clips -----------------------------------------------------------------------------------------


def damaged(path: Path) -> None:
    """Half a second of pictures, overwritten in the middle."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = b"\xa5" * 20_000
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    """A complete index; half of the listed data is missing."""
    clip(path, seconds=2.0, extra=("-movflags", "+faststart"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def listed(path: Path) -> None:
    """A playlist that FFmpeg considers safe: it names a good clip in its own folder."""
    path.rename(path.with_name("other.mp4"))
    path.write_text("ffconcat version 1.0\nfile other.mp4\n")


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n../good/hero.mp4\n#EXT-X-ENDLIST\n"
CLIPS = {
    "empty": (lambda path: path.write_bytes(b""), "hero.mp4 is empty (0 bytes)"),
    "truncated": (
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        "hero.mp4 can't be read as a clip",
    ),
    "cut short": (cut_short, "hero.mp4 is damaged: the file is cut off: "),
    "text": (lambda path: path.write_text("this is no film\n" * 200), "hero.mp4 can't be read as a clip"),
    "m3u8": (lambda path: path.write_text(PLAYLIST), "hero.mp4 can't be read as a clip"),
    "ffconcat": (listed, "hero.mp4 can't be read as a clip"),
    "damaged": (damaged, "hero.mp4 is damaged: its picture is damaged (at 0"),
    "sound": (lambda path: path.write_bytes(path.with_name("hero.m4a").read_bytes()), "has no picture"),
    "missing": (lambda path: path.unlink(), 'no such file: "hero.mp4"'),
    "folder": (lambda path: (path.unlink(), path.mkdir()), '"hero.mp4" is a folder'),
    "loop": (lambda path: (path.unlink(), path.symlink_to(path)), "is a link to itself"),
    "outside": (
        lambda path: (path.unlink(), path.symlink_to(path.parents[1] / "good/hero.mp4")),
        "is outside the job folder",
    ),
}


@pytest.fixture(scope="module")
def batch(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, dict[str, str]], subprocess.CompletedProcess[str]]:
    """One run of several jobs with broken clips, between two jobs with good clips."""
    place = tmp_path_factory.mktemp("batch")
    names = ["good", *CLIPS, "last"]
    folder(place / "good", SOURCE + ONE, seconds=0.6)
    for name in names[1:]:
        shutil.copytree(place / "good", place / name)
    clip(place / "sound/hero.m4a", seconds=0.6, extra=("-vn",))
    for name, (spoil, _) in CLIPS.items():
        spoil(place / name / "hero.mp4")
    before = {name: files(place / name) for name in names}
    return place, before, cli("run", *names, cwd=place)


@pytest.mark.parametrize("name", CLIPS)
def test_a_broken_clip_is_one_clear_line_and_publishes_nothing(
    name: str, batch: tuple[Path, dict[str, dict[str, str]], object]
) -> None:
    place, before, done = batch
    assert isinstance(done, subprocess.CompletedProcess)
    (told,) = (line for line in done.stderr.splitlines() if line.startswith(f"{name}: "))
    assert CLIPS[name][1] in told and " — " in told
    after = files(place / name)
    assert {known: after[known] for known in before[name]} == before[name]
    assert not [path for path in after if path.startswith("out/") or "drafts" in path]


def test_broken_jobs_do_not_stop_the_others(
    batch: tuple[Path, object, subprocess.CompletedProcess[str]],
) -> None:
    place, _, done = batch
    assert done.returncode == 2
    told = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert sorted(told) == sorted(CLIPS) and told[0] == "missing", (
        "one line each, what is wrong with a job first"
    )
    assert (place / "good/out/done.mp4").exists() and (place / "last/out/done.mp4").exists()
    assert "done    good/done" in done.stdout and "done    last/done" in done.stdout


# -- names -----------------------------------------------------------------------------------------

HOSTILE = [
    r"we ird, [x]: it's;100%\q=1",
    "-dash",
    "new\nline %03d",
    "$(touch pwned)`x` ünïcödé 片 \U0001f3ac",
]


def test_hostile_names_of_clips_and_folders_are_only_names(tmp_path: Path) -> None:
    """Folder, clip, and captions have the name, and so do the store, the drafts, and every filter's file.

    The job burns captions in.
    """
    for at, name in enumerate(HOSTILE):
        place = folder(tmp_path / name, seconds=0.6)
        (place / "hero.mp4").rename(place / f"{name}.mp4")
        (place / "hero.en.srt").rename(place / f"{name}.srt")
        source, captions = (json.dumps(f"{name}.{suffix}", ensure_ascii=False) for suffix in ("mp4", "srt"))
        (place / "job.yaml").write_text(
            f"source: {source}\ncaptions: {{file: {captions}}}\n" + ONE.replace("done", f"done-{at}")
        )
    done = cli("run", "--", *HOSTILE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(HOSTILE), "nothing was made beside them"
    for at, name in enumerate(HOSTILE):
        assert sorted(path.name for path in (tmp_path / name / "out").iterdir()) == [
            f"done-{at}.mp4",
            "manifest.json",
        ]
        still = finish.still(finish.load(tmp_path / name).job, f"done-{at}", Fraction(1, 4))
        assert still.parent == tmp_path / name / "out" and len(pictures(still)) == 1


def test_a_hostile_clip_without_a_job_gets_a_plain_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clip(tmp_path / "-we ird, [x]: it's;100%.mp4", seconds=0.2)
    done = inside("run", "--for", "youtube", "--", "-we ird, [x]: it's;100%.mp4")
    assert done.exit_code == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").glob("*.mp4")] == ["we-ird-x-it-s-100-youtube.mp4"]


# -- exit codes, JSON, the other verbs -------------------------------------------------------------


def test_a_loudness_out_of_reach_is_refused_before_anything_is_rendered_and_json_is_only_json(
    tmp_path: Path,
) -> None:
    place = folder(tmp_path / "job", "source: clip.mov\nsound: {accept: exact}\n" + ONE)
    flashes(place / "clip.mov", seconds=1)
    done = cli("run", str(place), "--json")
    assert done.returncode == 1 and done.stderr == ""
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [event for event in events if event["event"] in ("render", "check")]
    assert not any(event.get("file") for event in events)
    assert "loudness: " in done.stdout and "out of reach" in done.stdout
    assert not list((place / "out").glob("*.mp4")) and not list((place / ".finish" / "store").rglob("*.mp4"))


def test_a_loudness_out_of_reach_is_delivered_as_near_as_it_comes_to_social_destinations(
    tmp_path: Path,
) -> None:
    place = folder(tmp_path / "job", "source: clip.mov\n" + ONE)
    flashes(place / "clip.mov", seconds=1)
    done = cli("run", str(place), "--json")
    assert done.returncode == 0 and done.stderr == ""
    result = json.loads(done.stdout.splitlines()[-1])
    (loudness,) = (each for each in result["promises"] if each["name"] == "loudness")
    assert loudness["kept"] and loudness["measured"] < -15
    assert any(note["code"] == "loudness-out-of-reach" and note["level"] == "act" for note in result["notes"])


def test_a_mistake_in_a_job_is_json_too(tmp_path: Path) -> None:
    place = folder(
        tmp_path / "job", SOURCE + ONE.replace("preset: youtube", "preset: yuotube, captons: {}"), seconds=0.2
    )
    done = inside("run", str(place), "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 2 and done.stderr == ""
    assert {event["event"] for event in events} == {"error"} and len(events) == 2
    assert all(event["where"].startswith("job.yaml:") and event["code"] == "spec" for event in events)


def test_a_new_job_is_finished_by_its_own_make(tmp_path: Path) -> None:
    if not shutil.which("make"):
        pytest.skip("needs make")
    clip(tmp_path / "it's: my clip.mp4", seconds=0.2)
    done = cli("new", "spring launch", "--clip", "it's: my clip.mp4", "--for", "youtube", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    place = tmp_path / "spring launch"
    made = subprocess.run(
        ["make", "-C", str(place)], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert made.returncode == 0, made.stderr
    assert [path.name for path in (place / "out").glob("*.mp4")] == ["it-s-my-clip-youtube.mp4"]
    assert (tmp_path / "it's: my clip.mp4").exists()
    refused = inside("new", str(place))
    assert refused.exit_code == 2 and "isn't empty" in complaint(refused)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = folder(tmp_path_factory.mktemp("ready") / "job", SOURCE + ONE, seconds=0.6)
    assert inside("run", str(place)).exit_code == 0
    return place


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["validate", "{job}"], "1 deliverable valid"),
        (["explain", "{job}"], "preset youtube ("),
        (["explain", "{job}", "done"], "delivery.frame"),
        (["schema"], '"$schema"'),
        (["doctor"], "ok       FFmpeg"),
        (["plan", "{job}"], "done.mp4: "),
        (["plan", "{job}", "--details"], "promise: loudness -14.1 to -13.9 LUFS"),
        (["plan", "{job}", "--json"], '"accepted": "-14.1 to -13.9"'),
        (["--help"], "still"),
    ],
)
def test_a_verb_that_has_nothing_to_complain_about_exits_with_0(
    arguments: list[str], says: str, ready: Path
) -> None:
    before = people(ready)
    done = inside(*(argument.format(job=ready) for argument in arguments))
    assert done.exit_code == 0 and says in done.stdout and done.stderr == "", done.output
    assert people(ready) == before


def people(place: Path) -> dict[str, str]:
    """The files of a job outside its store, whose answers may be kept at any time."""
    return {name: digest for name, digest in files(place).items() if not name.startswith(".finish/")}


def test_a_still_takes_under_two_seconds(ready: Path) -> None:
    """CPU-seconds of the program and its FFmpeg processes; wall time depends on other work of the machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = cli("still", str(ready), "done", "--at", "0.3", "-o", str(ready / "still.png"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0 and len(pictures(ready / "still.png")) == 1
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 6, (
        "the goal is 2 s on an idle machine"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (
            ["qc", "{job}/out/done.mp4", "--for", "youtube"],
            1,
            "BROKEN  frame size: 320x180, promised 1920x1080",
        ),
        (["qc", "{job}/out/none.mp4", "--for", "youtube"], 2, "no such file"),
        (["run", "{job}/hero.mp4"], 2, "--for tiktok,youtube"),
        (["run", "{job}", "--only", "don"], 2, 'did you mean "done"?'),
        (["run", "{job}", "--look", "warm"], 2, "--for"),
        (["run", "{job}/hero.mp4", "--for", "youtube", "--look", "warn"], 2, 'did you mean "warm"?'),
        (["still", "{job}", "done", "--at", "9"], 2, "ends at 0:00.60"),
        (["still", "{job}", "done", "--at", "-1"], 2, "isn't a time"),
        (["run", "{job}/nowhere"], 2, "No such file: "),
    ],
)
def test_a_verb_that_cannot_says_why(arguments: list[str], code: int, says: str, ready: Path) -> None:
    done = inside(*(argument.format(job=ready) for argument in arguments))
    assert done.exit_code == code and says in done.output
    assert code != 2 or says in complaint(done)

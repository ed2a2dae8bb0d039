"""Each kind of mistake with the exact message that a user reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_stages import GOOD, STAGES, Paper, load, mistakes, section

from finish import jobspec, resources
from finish.errors import FinishError

TOP = (
    "job, version, brand, libraries, source, deliver, accept, timeline, over, timelines, clips, encode, "
    "deliverables, colour, reframe, captions, sound"
)

FIELDS = "clip, preset, aspect, lang, version"
CLIP = (
    'add "source: …" (the clip, such as media/hero.mp4, or several, such as media/*.mp4 or a list; '
    "numbered pictures as {pictures: media/shot.%04d.png, rate: 24})"
)
PRESETS = ", ".join(resources.names("presets"))

KINDS = {
    # what the fourth line states → the message about it
    'reframe: {follow: "subjet"}': (
        '4:19  reframe.follow: unknown mode "subjet" — did you mean "subject"? (subject, centre, pad, none)'
    ),
    "reframe: {follow: nobody-there}": (
        '4:19  reframe.follow: unknown mode "nobody-there" — use one of: subject, centre, pad, none'
    ),
    "reframe: {follow: 3}": "4:19  reframe.follow: must be one of subject, centre, pad, none, not 3",
    "reframe: {follow: {at: []}}": "4:24  reframe.follow.at: is empty — add at least one item",
    "reframe: {follow: {at: [{from: 0, x: 1}]}}": (
        "4:38  reframe.follow.at[0].x: 1 is out of range — use at least 0 and less than 1"
    ),
    "reframe: {follow: {at: [{x: 0.5}]}}": '4:25  reframe.follow.at[0].from: missing — add "from: …"',
    "reframe: {follow: {att: []}}": '4:20  reframe.follow.att: unknown key — did you mean "at"? (at)',
    "reframe: {follow: {att: null}}": '4:20  reframe.follow.att: unknown key — did you mean "at"? (at)',
    "reframe: {calm: 0}": "4:17  reframe.calm: 0 is out of range — use more than 0",
    "color: {strength: 1}": f'4:1  color: unknown key — did you mean "colour"? ({TOP})',
    "colour: {strengh: 1}": (
        '4:10  colour.strengh: unknown key — did you mean "strength"? (looks, strength, levels)'
    ),
    "colour: {strengh: null}": (
        '4:10  colour.strengh: unknown key — did you mean "strength"? (looks, strength, levels)'
    ),
    "colour: {strength: 1.5}": "4:20  colour.strength: 1.5 is out of range — use 0 to 1",
    "colour: {strength: high}": '4:20  colour.strength: must be a number, not "high"',
    'colour: {strength: "1"}': '4:20  colour.strength: must be a number, not "1" — remove the quotes',
    "colour: {strength: true}": "4:20  colour.strength: must be a number, not true",
    "colour: {strength: 9:16}": '4:20  colour.strength: must be a number, not "9:16"',
    "colour: {strength: .nan}": ("4:20  colour.strength: .nan isn't a finite number — use a finite number"),
    "colour: {strength: -.inf}": ("4:20  colour.strength: -.inf isn't a finite number — use a finite number"),
    "colour: {strength: 1e999}": (
        "4:20  colour.strength: the number 1e999 is too large — if it is text, put it in quotes"
    ),
    f"colour: {{strength: {'9' * 5000}}}": (
        f"4:20  colour.strength: the number {'9' * 20}… is too large — if it is text, put it in quotes"
    ),
    "colour: {looks: warm}": '4:17  colour.looks: must be a list, not "warm" — write [warm]',
    "colour: {looks: [1]}": "4:18  colour.looks[0]: must be a file name, not 1",
    "colour: warm": '4:9  colour: must be a map, not "warm" — use the keys looks, strength, levels',
    "captions: {file: nowhere.srt}": '4:18  captions.file: no such file: "nowhere.srt"',
    "captions: {burn: no}": '4:18  captions.burn: must be true or false, not "no" — write false',
    "captions: {burn: 1}": "4:18  captions.burn: must be true or false, not 1 — write true",
    "captions: {sidecar: [srt, vt]}": (
        '4:27  captions.sidecar[1]: unknown sidecar "vt" — did you mean "vtt"? (srt, vtt)'
    ),
    "captions: {lines: 1.5}": "4:19  captions.lines: must be a whole number, not 1.5",
    "captions: {lines: 3}": "4:19  captions.lines: 3 is out of range — use 1 to 2",
    "captions: {title: 12}": '4:19  captions.title: must be text, not 12 — put it in quotes: "12"',
    "captions: {title: far too long}": "4:19  captions.title: is too long: 12 characters — use at most 8",
    "captions: {margins: {left: wide}}": '4:28  captions.margins.left: must be a number, not "wide"',
    "sound: {target: loud}": (
        '4:17  sound.target: unknown target "loud" — use one of: social, r128, a85, podcast'
    ),
    "sound: {target: socal}": (
        '4:17  sound.target: unknown target "socal" — did you mean "social"? (social, r128, a85, podcast)'
    ),
    "sound: {target: -50}": "4:17  sound.target: -50 is out of range — use -40 to -5",
    "sound: {fade: soon}": (
        "4:15  sound.fade: 'soon' isn't a time: write seconds or [hours:]minutes:seconds, "
        "such as 83.5 or 1:23.5"
    ),
    "sound: {low: 2}": "4:8  sound: low stands above high",
    "encode: {size: 1080}": "4:16  encode.size: '1080' isn't a size: write WIDTHxHEIGHT, such as 1080x1920",
    "encode: {size: 1081x1920}": (
        "4:16  encode.size: 1081x1920 is out of range — use even sides of 64 to 4096 px"
    ),
    "encode: {rate: 1e9}": "4:16  encode.rate: 1000000000 is out of range — use 1 to 240",
    "encode: {rate: '1e999999999'}": "4:16  encode.rate: isn't a frame rate — write 25, 29.97 or 30000/1001",
    "encode: {rate: 12}": "4:16  encode.rate: 12 is out of range — TikTok takes 23 to 60 frames a second",
    "encode: {picture: {crf: 60}}": "4:25  encode.picture.crf: 60 is out of range — use 0 to 40",
    "encode: {picture: {crf: true}}": "4:25  encode.picture.crf: must be a number, not true",
    "encode: {picture: {codec: libx265}}": (
        "4:20  encode.picture.codec: unknown key — use one of: crf, max_rate, speed, gop"
    ),
    "encode: {picture: {speed: fastt}}": (
        '4:27  encode.picture.speed: unknown speed "fastt" — did you mean "fast"? '
        "(ultrafast, superfast, veryfast, faster, fast, medium, slow, slower)"
    ),
    "encode: {sound: {bit_rate: 32}}": "4:28  encode.sound.bit_rate: 32 is out of range — use 64 to 512",
    "encode: {safe: {left: 900, right: 300}}": (
        "4:16  encode.safe: leaves no space for text in 1080x1920 — make it smaller"
    ),
    "encode: {safe: {left: -1}}": "4:23  encode.safe.left: -1 is out of range — use at least 0",
    "over: []": "4:1  over: needs a timeline beside it — add a timeline",
    "clips: [a.mp4]": "4:8  clips: must be a map, not a list",
    "clips: {heor: {}}": '4:9  clips.heor: unknown clip "heor" — did you mean "hero"? (hero)',
    "clips: {hero: {sounds: {}}}": (
        "4:16  clips.hero.sounds: unknown key — "
        'did you mean "sound"? (encode, colour, reframe, captions, sound)'
    ),
    "clips: {hero: {sound: {target: loud}}}": (
        '4:32  clips.hero.sound.target: unknown target "loud" — use one of: social, r128, a85, podcast'
    ),
    "clips: {hero: {encode: {size: 3x3}}}": (
        "4:31  clips.hero.encode.size: 3x3 is out of range — use even sides of 64 to 4096 px"
    ),
    "clips: {012: {}}": '4:9  clips: a key must be text, not 012 — write "012"',
    "version: 1.5": '4:10  version: must be text or a whole number, not 1.5 — put it in quotes: "1.5"',
    "version: v 3": (
        '4:10  version: "v 3" can\'t be used in a file name — use at most 20 letters and digits, such as v3'
    ),
    "version: -3": (
        '4:10  version: "-3" can\'t be used in a file name — use at most 20 letters and digits, such as v3'
    ),
    'captions: {file: "{clip}.{lang}.srt"}': (
        '4:18  captions.file: "{lang}" has no value — add "for: {lang: [en, de]}" to the deliverable'
    ),
    'captions: {file: "{clip}.en.srt"}': (
        '4:18  captions.file: no such file: "hero.en.srt" — add it, or name another file under "clips"'
    ),
    "job: ''": "4:6  job: is empty — add at least one character",
    "brand: nowhere.yaml": '4:8  brand: no such file: "nowhere.yaml"',
    "brand: [a]": "4:8  brand: must be text or a map, not a list — use the keys file, digest",
    "libraries: shared": '4:12  libraries: must be a list, not "shared" — write [shared]',
}


@pytest.mark.parametrize("line", KINDS)
def test_each_kind_of_mistake_in_its_own_words(line: str) -> None:
    assert mistakes(section(line)) == [f"job.yaml:{KINDS[line]}"]


ENTRIES = {
    "{name: two, preset: tiktk}": (
        f'4:25  deliverables[1].preset: unknown preset "tiktk" — did you mean "tiktok"? ({PRESETS})'
    ),
    "{name: two}": '4:5  deliverables[1].preset: missing — add "preset: …" (the destination)',
    "{preset: tiktok}": (
        '4:5  deliverables[1].name: missing — add "name: …" '
        "(file name; takes {clip}, {preset}, {aspect}, {lang} and {version})"
    ),
    "{name: ONE, preset: tiktok}": (
        '4:12  deliverables[1].name: "ONE" is also the name of deliverables[0] (job.yaml:3) — '
        "use names that differ by more than case"
    ),
    '{name: "{clpi}", preset: tiktok}': (
        f'4:12  deliverables[1].name: unknown field "{{clpi}}" — did you mean "clip"? ({FIELDS})'
    ),
    "{name: ../up, preset: tiktok}": (
        '4:12  deliverables[1].name: "/" can\'t be used in a file name — use A-Z a-z 0-9 . _ -'
    ),
    "{name: .hidden, preset: tiktok}": (
        '4:12  deliverables[1].name: a name can\'t begin with "." — begin with a letter or a digit'
    ),
    "{name: -rf, preset: tiktok}": (
        '4:12  deliverables[1].name: a name can\'t begin with "-" — begin with a letter or a digit'
    ),
    f"{{name: {'a' * 101}, preset: tiktok}}": (
        "4:12  deliverables[1].name: the name has 101 characters — use at most 100"
    ),
    f'{{name: "{"{preset}" * 20}", preset: youtube}}': (
        "4:12  deliverables[1].name: the name has 140 characters — use at most 100"
    ),
    "{name: two, preset: tiktok, reframe: {follow: subjet}}": (
        '4:51  deliverables[1].reframe.follow: unknown mode "subjet" — '
        'did you mean "subject"? (subject, centre, pad, none)'
    ),
    "{name: two, preset: tiktok, sounds: {}}": (
        '4:33  deliverables[1].sounds: unknown key — did you mean "sound"? '
        "(name, preset, for, only, accept, territory, encode, colour, reframe, captions, sound)"
    ),
    '{name: "two-{lang}", preset: tiktok}': (
        '4:12  deliverables[1].name: "{lang}" has no value — add "for: {lang: [en, de]}" to the deliverable'
    ),
    '{name: "two-{version}", preset: tiktok}': (
        '4:12  deliverables[1].name: "{version}" has no value — add "version: v1" to the job'
    ),
    "{name: two, preset: tiktok, for: {lang: [en, de]}}": (
        '4:12  deliverables[1].name: "two" would name several files — add {lang} to it'
    ),
    ('{name: "two-{lang}", for: {lang: [en, de], preset: [tiktok, youtube]}}'): (
        '4:12  deliverables[1].name: "two-{lang}" would name several files — add {preset} to it'
    ),
    ('{name: "two-{lang}", preset: tiktok, for: {lang: [en, de, EN]}}'): (
        '4:54  deliverables[1].for.lang: "EN" is listed twice — keep one'
    ),
    ('{name: "two-{lang}", preset: tiktok, for: {lang: [english]}}'): (
        '4:55  deliverables[1].for.lang[0]: unknown language "english" — '
        "write a BCP 47 tag, such as en or pt-BR"
    ),
    "{name: two, preset: tiktok, for: {lang: []}}": (
        "4:45  deliverables[1].for.lang: is empty — add at least one item"
    ),
    "{name: two, preset: tiktok, for: {lang: en}}": (
        '4:45  deliverables[1].for.lang: must be a list, not "en" — write [en]'
    ),
    "{name: two, preset: tiktok, for: {langs: [en]}}": (
        '4:39  deliverables[1].for.langs: unknown key — did you mean "lang"? (lang, preset)'
    ),
    "{name: two, preset: tiktok, for: [en]}": (
        "4:38  deliverables[1].for: must be a map, not a list — use the keys lang, preset"
    ),
    "{name: two, preset: tiktok, for: {preset: [youtube]}}": (
        "4:39  deliverables[1].for.preset: stated twice (first at job.yaml:4) — keep one"
    ),
    "{name: two, for: {preset: [tiktk]}}": (
        f'4:32  deliverables[1].for.preset[0]: unknown preset "tiktk" — did you mean "tiktok"? ({PRESETS})'
    ),
    "youtube": '4:5  deliverables[1]: must be a map, not "youtube" — use the keys '
    "name, preset, for, only, accept, territory, encode, colour, reframe, captions, sound",
    "": (
        "4:4  deliverables[1]: must be a map, not null — "
        "use the keys name, preset, for, only, accept, territory, encode, colour, reframe, captions, sound"
    ),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_kind_of_mistake_in_a_deliverable(entry: str) -> None:
    assert mistakes(f"{GOOD}  - {entry}\n") == [f"job.yaml:{ENTRIES[entry]}"]


HEADS = {
    "[a]": [f"job.yaml:1:1  must be a map, not a list — use the keys {TOP}"],
    "": ["job.yaml  the file is empty — state a source and its deliverables"],
    "job: x": [
        f"job.yaml:1:1  source: missing — {CLIP}",
        'job.yaml:1:1  deliverables: missing — add "deliverables: …"',
    ],
    "sorce: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]": [
        f'job.yaml:1:1  sorce: unknown key — did you mean "source"? ({TOP})'
    ],
    "source: hero.mp4\ndeliverables: []": ["job.yaml:2:15  deliverables: is empty — add at least one item"],
    "source: hero.mp4\ndeliverables: {name: a}": ["job.yaml:2:15  deliverables: must be a list, not a map"],
    "source:\ndeliverables: [{name: a, preset: tiktok}]": [f"job.yaml:1:1  source: missing — {CLIP}"],
    "source: '*.mov'\ndeliverables: [{name: a, preset: tiktok}]": [
        'job.yaml:1:9  source: no file matches "*.mov"'
    ],
    "source: [a.mp4, hero.mp4, '?.mov']\ndeliverables: [{name: a, preset: tiktok}]": [
        'job.yaml:1:10  source[0]: no such file: "a.mp4"',
        'job.yaml:1:27  source[2]: no file matches "?.mov"',
        'job.yaml:2:23  deliverables[0].name: "a" would name several files — add {clip} to it',
    ],
    "source: []\ndeliverables: [{name: a, preset: tiktok}]": [
        "job.yaml:1:9  source: is empty — add at least one item"
    ],
    "source: 3\ndeliverables: [{name: a, preset: tiktok}]": [
        'job.yaml:1:9  source: must be text or a map or a list, not 3 — put it in quotes: "3"'
    ],
    "source: [hero.mp4, 3]\ndeliverables: [{name: a, preset: tiktok}]": [
        'job.yaml:1:20  source[1]: must be text or a map, not 3 — put it in quotes: "3"'
    ],
}


@pytest.mark.parametrize("text", HEADS)
def test_what_a_job_cannot_do_without(text: str) -> None:
    assert mistakes(text) == HEADS[text]


def test_every_mistake_of_a_job_and_its_brand_is_told_at_once_and_once() -> None:
    text = """\
job: spring
brand: brand.yaml
source: heor.mp4
captions: {file: gone.srt}
colour: {strength: 7}
deliverables:
  - {name: a, preset: tiktok}
  - {name: A, preset: youtube, sound: {target: lowd}}
  - {name: c, preset: facetube, encode: {size: 3x3}}
"""
    assert mistakes(text, brand="captions: {burn: maybe}\nsound: {targt: r128}\n") == [
        'job.yaml:3:9  source: no such file: "heor.mp4"',
        'job.yaml:4:18  captions.file: no such file: "gone.srt"',
        "job.yaml:5:20  colour.strength: 7 is out of range — use 0 to 1",
        (
            'job.yaml:8:12  deliverables[1].name: "A" is also the name of deliverables[0] (job.yaml:7) — '
            "use names that differ by more than case"
        ),
        (
            'job.yaml:8:48  deliverables[1].sound.target: unknown target "lowd" — '
            "use one of: social, r128, a85, podcast"
        ),
        f'job.yaml:9:23  deliverables[2].preset: unknown preset "facetube" — use one of: {PRESETS}',
        ("job.yaml:9:48  deliverables[2].encode.size: 3x3 is out of range — use even sides of 64 to 4096 px"),
        'brand.yaml:1:18  captions.burn: must be true or false, not "maybe"',
        'brand.yaml:2:9  sound.targt: unknown key — did you mean "target"? (target, fade, low, high, accept)',
    ]


def test_a_mistake_that_every_deliverable_outranks_is_still_one() -> None:
    text = """\
source: hero.mp4
sound: {target: lowd}
deliverables:
  - {name: a, preset: tiktok, sound: {target: r128}}
"""
    assert mistakes(text) == [
        'job.yaml:2:17  sound.target: unknown target "lowd" — use one of: social, r128, a85, podcast'
    ]


def test_what_one_layer_leaves_to_another_is_no_mistake() -> None:
    text = """\
source: hero.mp4
sound: {low: 2}
reframe: {follow: {}}
deliverables:
  - {name: a, preset: tiktok, sound: {high: 3}, reframe: {follow: {at: [{from: 1:00, x: 0}]}}}
"""
    (made,) = load(text).job.deliverables
    assert (made.settings["sound"].low, made.settings["sound"].high) == (2, 3)
    assert float(made.settings["reframe"].follow.at[0].start) == 60


def test_a_brand_holds_tokens_and_sections_only() -> None:
    (wrong,) = mistakes(section("brand: brand.yaml"), brand="source: x\n")
    assert wrong.startswith("brand.yaml:1:1  source: unknown key") and "schema, name, colours," in wrong
    assert mistakes(section("brand: brand.yaml"), brand="a: &x 1\n")[1] == (
        "brand.yaml:1:4  a: an anchor (&x) isn't allowed — "
        'delete it and write the value itself, or put text in quotes: a: "&x 1"'
    )


def test_a_broken_brand_does_not_hide_the_jobs_mistakes() -> None:
    assert mistakes(section("brand: brand.yaml\nsound: {fade: soon}"), brand="\t-") == [
        (
            "job.yaml:5:15  sound.fade: 'soon' isn't a time: write seconds or [hours:]minutes:seconds, "
            "such as 83.5 or 1:23.5"
        ),
        "brand.yaml:1:1  the line is indented with a tab — indent with spaces",
    ]


def test_no_job_no_folder() -> None:
    with pytest.raises(FinishError) as wrong:
        jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: Paper({}))
    assert str(wrong.value) == "No such file: /job/job.yaml — run `finish new FOLDER` to create a job folder"
    assert wrong.value.code == "path"


def test_hostile_names_reach_the_terminal_tamed() -> None:
    (line,) = mistakes(section('"\\e[31mred": 1'))
    assert line.startswith('job.yaml:4:1  "\\x1b[31mred": unknown key') and "\x1b" not in line
    (line,) = mistakes(section('reframe: {follow: "\\e]0;\\a"}'))
    assert "\x1b" not in line and "\x07" not in line

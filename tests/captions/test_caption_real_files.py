"""Caption files as other programs write them: what is hidden, timed, open, rolling or placed is read so."""

from __future__ import annotations

from fractions import Fraction

import pytest
from caption_world import document, reading

from finish.stages.captions.cues import Cue, CuePosition, ended
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.formats.sidecar import SidecarOptions, lost_notes, sidecar

HEAD = (
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="en" ttp:frameRate="25"><head><layout>'
    '<region xml:id="up" tts:origin="10% 10%" tts:extent="80% 20%" tts:displayAlign="before"/>'
    '<region xml:id="low" tts:origin="10% 70%" tts:extent="80% 20%" tts:displayAlign="after"/>'
    "</layout></head>"
)


def ttml(body: str) -> tuple[Cue, ...]:
    return read(document(f"{HEAD}{body}</tt>", "a.ttml")).cues


def said(cues: tuple[Cue, ...]) -> list[tuple[float, float, str]]:
    return [(float(cue.start), float(cue.end), cue.text) for cue in cues]


A, B = '<p begin="0s" end="4s">a', '<span begin="3s" end="5s">b</span>'


@pytest.mark.parametrize(
    ("body", "cues"),
    [
        (f'{A}</p><p begin="5s" end="9s" tts:display="none">b</p>', [(0, 4, "a")]),
        (f'{A}<br/><span tts:visibility="hidden">b</span></p>', [(0, 4, "a")]),
        (f'{A}<span tts:opacity="0">b</span></p>', [(0, 4, "a")]),
        (f'<div tts:visibility="hidden">{A}<span tts:visibility="visible">b</span></p></div>', [(0, 4, "b")]),
        (f'<p><span begin="1s" end="3s">a</span><br/>{B}</p>', [(1, 3, "a"), (3, 5, "b")]),
        (f'<p begin="10s" end="40s"><span end="2s">a</span><br/>{B}</p>', [(10, 12, "a"), (13, 15, "b")]),
        (
            '<div timeContainer="seq" end="10s"><p begin="5s" dur="5s">a</p><p begin="5s">b</p></div>',
            [(5, 10, "a")],
        ),
        ('<div timeContainer="seq"><p dur="2s">a</p><p dur="3s">b</p></div>', [(0, 2, "a"), (2, 5, "b")]),
        ('<div begin="2s" dur="3s"><p begin="1s" end="9s">a</p></div>', [(3, 5, "a")]),
        ('<p begin="00:00:01:05" end="50f">a</p>', [(1.2, 2, "a")]),
    ],
)
def test_ttml_shows_what_its_times_and_styles_state(body: str, cues: list[tuple[float, float, str]]) -> None:
    inner = body if body.startswith("<div") else f"<div>{body}</div>"
    assert said(ttml(f"<body>{inner}</body>")) == cues


def test_parts_that_come_in_and_end_together_are_one_cue_with_word_times() -> None:
    (cue,) = ttml('<body><div><p begin="1s" end="4s">a <span begin="1s">b</span></p></div></body>')
    assert (cue.start, cue.end) == (1, 4) and [run.time for run in cue.runs] == [None, 2]


def test_a_ttml_text_without_times_shows_until_the_clip_ends() -> None:
    captions = read(document(f"{HEAD}<body><div><p>a</p></div></body></tt>", "a.ttml"))
    (cue,) = captions.cues
    assert cue.open_end and {note.code for note in captions.notes} == {"captions-open-end"}
    assert ended(captions.cues, Fraction(30))[0].end == 30


def test_a_region_is_a_place_and_the_lowest_one_is_none() -> None:
    up, low = ttml(
        '<body><div><p region="up" begin="0s" end="2s">a</p>'
        '<p region="low" begin="2s" end="4s">b</p></div></body>'
    )
    assert up.position == CuePosition(down=0.1, edge="top") and low.position is None


def test_two_ttml_texts_at_one_time_in_two_regions_are_two_cues() -> None:
    cues = ttml(
        '<body><div><p region="up" begin="0s" end="2s">a</p>'
        '<p region="low" begin="0s" end="2s">b</p></div></body>'
    )
    assert [cue.text for cue in cues] == ["a", "b"]


def test_ruby_readings_are_left_out_with_a_note() -> None:
    ruby = (
        '<span tts:ruby="container"><span tts:ruby="base">山</span><span tts:ruby="text">やま</span></span>'
    )
    captions = read(
        document(f'{HEAD}<body><div><p begin="0s" end="4s">{ruby}に</p></div></body></tt>', "a.ttml")
    )
    assert captions.cues[0].text == "山に" and captions.notes[0].code == "captions-ruby"
    webvtt = reading("WEBVTT\n\n00:00.000 --> 00:04.000\n<ruby>山<rt>やま</rt></ruby>に", "a.vtt")
    assert webvtt.cues[0].text == "山に" and webvtt.notes[0].code == "captions-ruby"


SCC = "Scenarist_SCC V1.0\n\n00:00:01;00{tab}9420 9420 94d0 94d0 c1e2 942f 942f\n\n{last}"


@pytest.mark.parametrize("tab", ["\t", " ", "  "])
def test_scc_is_read_with_blanks_for_tabs_and_without_a_last_erase(tab: str) -> None:
    captions = reading(SCC.format(tab=tab, last=""), "a.scc")
    assert [cue.text for cue in captions.cues] == ["Ab"] and captions.cues[0].open_end
    erased = reading(SCC.format(tab=tab, last=f"00:00:03;00{tab}942c 942c"), "a.scc")
    assert not erased.cues[0].open_end and 2.9 < erased.cues[0].end < 3.1


YOUTUBE = """WEBVTT
Kind: captions

00:00:00.000 --> 00:00:01.400 align:start position:0%
 
now<00:00:00.300><c> we</c><00:00:00.700><c> bake</c>

00:00:01.400 --> 00:00:01.410 align:start position:0%
now we bake
 

00:00:01.410 --> 00:00:03.000 align:start position:0%
now we bake
some<00:00:01.800><c> fresh</c><00:00:02.300><c> bread</c>
"""  # noqa: W293 (a line of one blank is what such files have)


def test_rolling_lines_are_said_once_with_their_word_times() -> None:
    captions = reading(YOUTUBE, "a.vtt")
    assert said(captions.cues) == [(0, 1.41, "now we bake"), (1.41, 3, "some fresh bread")]
    assert [run.time for run in captions.cues[1].runs][1:] == [Fraction("1.8"), Fraction("2.3")]
    assert all(cue.position is None for cue in captions.cues), "a side without a line is nobody's wish"
    assert "captions-rolling" in {note.code for note in captions.notes}


def test_captions_that_repeat_a_word_do_not_roll() -> None:
    times = ("00:00.000 --> 00:01.000", "00:01.000 --> 00:02.000", "00:03.000 --> 00:04.000")
    words = zip(times, ("No.", "No.", "Yes."), strict=True)
    text = "WEBVTT" + "".join(f"\n\n{time}\n{word}" for time, word in words)
    assert [cue.text for cue in reading(text, "a.vtt").cues] == ["No.", "No.", "Yes."]


@pytest.mark.parametrize(
    ("settings", "position"),
    [
        ("", None),
        ("align:start position:0%", None),
        ("line:-1", None),
        ("line:0", CuePosition(0.0, "top")),
        ("line:10%", CuePosition(0.1, "top")),
        ("line:90%,end", CuePosition(0.9, "bottom")),
        ("line:50%,center position:10% align:start", CuePosition(0.5, "middle", 0.1, "left")),
        ("line:0 position:10%,line-left align:center", CuePosition(0.0, "top", 0.1, "left")),
        ("vertical:rl", CuePosition(vertical=True)),
        ("region:fred", CuePosition(0.3, "bottom")),
        ("line:x% size:50%", None),
    ],
)
def test_webvtt_settings_are_places(settings: str, position: CuePosition | None) -> None:
    text = f"WEBVTT\n\nREGION\nid:fred\nviewportanchor:10%,30%\n\n00:01.000 --> 00:02.000 {settings}\nx"
    assert reading(text, "a.vtt").cues[0].position == position


def test_webvtt_voices_and_classes_are_speakers_and_colours() -> None:
    text = (
        "WEBVTT\n\nSTYLE\n::cue(.loud) { color: #0f0 }\n\n00:01.000 --> 00:02.000\n"
        "<v.first Ann Lee><c.loud>A</c> <c.bg_blue.yellow>B</c></v>"
    )
    (cue,) = reading(text, "a.vtt").cues
    assert cue.speaker == "Ann Lee" and [run.colour for run in cue.runs] == ["#00FF00", "", "#FFFF00"]


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n00:03.000 --> 00:04.000\ny", ["x", "y"]),
        ("WEBVTT\n\nNOTE from --> to is checked\n\n00:01.000 --> 00:02.000\nx", ["x"]),
        ("WEBVTT\n00:01.000 --> 00:02.000\nx", ["x"]),
        ("WEBVTT\n\n1\n00:01,000 --> 00:02,000\nx\n \n2\n00:03,000 --> 00:04,000\ny", ["x", "y"]),
        ("WEBVTT\n\n00:01.000-->00:02.000\nx", ["x"]),
        ("WEBVTT\n\nSTYLE\n::cue { }\n00:01.000 --> 00:02.000\nx", ["x"]),
        ("WEBVTT\n\n  \n\n   \n1\n00:01.000 --> 00:02.000\nx", ["x"]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n- 10 o'clock?\n-5 o'clock!", ["- 10 o'clock?\n-5 o'clock!"]),
        ("WEBVTT\n\nSTYLE\n::cue { }\n\n.bar { }\n\n00:01.000 --> 00:02.000\nx", ["x"]),
    ],
)
def test_webvtt_is_read_as_players_read_it(text: str, cues: list[str]) -> None:
    assert [cue.text for cue in reading(text, "a.vtt").cues] == cues


@pytest.mark.parametrize("time", ["00:00:01 --> 00:00:03", "00:01,000 --> 00:03.00", "0:0:1,0 --> 0:0:3:000"])
def test_srt_times_are_read_in_every_common_form(time: str) -> None:
    (cue,) = reading(f"1\n{time}\nx").cues
    assert (cue.start, cue.end) == (1, 3)


@pytest.mark.parametrize(
    ("times", "position"),
    [
        ("00:00:01,000 --> 00:00:03,000 align:start position:0%", None),
        ("00:00:01.000 --> 00:00:03.000 line:0", CuePosition(0.0, "top")),
        ("00:00:01,000 --> 00:00:03,000  X1:100 X2:600 Y1:050 Y2:100", None),
        ("00:00:01.000000 --> 00:00:03.000000", None),
        ("00: 00: 01, 000 --> 00: 00: 03, 000", None),
    ],
)
def test_srt_is_read_with_what_converters_leave_beside_its_times(
    times: str, position: CuePosition | None
) -> None:
    (cue,) = reading(f"1\n{times}\nx").cues
    assert (cue.start, cue.end, cue.position) == (1, 3, position)


def vtt(text: str) -> str:
    return f"WEBVTT\n\n{text}"


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (".loud", "<c.loud>A</c>"),
        ("c.loud", "<c.big.loud>A</c>"),
        ('v[voice="Ann Lee"]', "<v Ann Lee>A"),
        ("v[voice='Ann']", "<v.loud Ann>A</v>"),
    ],
)
@pytest.mark.parametrize("colour", ["rgb(255, 0, 9)", "#F00009", "rgba(255,0,9,0.5)"])
def test_webvtt_styles_colour_classes_and_voices(selector: str, text: str, colour: str) -> None:
    style = f"STYLE\n::cue({selector}) {{ font-size: 2em; color: {colour}; }}"
    (cue,) = reading(vtt(f"{style}\n\n00:01 --> 00:02\n{text}"), "a.vtt").cues
    assert cue.runs[0].colour == ("#F00009" if colour.startswith("#") else "#FF0009")


def test_several_voices_in_one_cue_are_not_given_to_the_first() -> None:
    captions = reading(vtt("00:01.000 --> 00:02.000\n<v Ann>Hi</v>\n<v Bob>Yes"), "a.vtt")
    assert captions.cues[0].speaker == "" and captions.cues[0].text == "Hi\nYes"
    assert [note.code for note in captions.notes] == ["captions-voices"]
    same = reading(vtt("00:01.000 --> 00:02.000\n<v Ann>Hi</v>\n<v Ann>Yes"), "a.vtt")
    assert same.cues[0].speaker == "Ann" and not same.notes


def test_tags_that_webvtt_does_not_have_are_left_out_with_a_note() -> None:
    captions = reading(vtt("00:01.000 --> 00:02.000\nvector<int> and a<b"), "a.vtt")
    assert captions.cues[0].text == "vector and a<b"
    assert [note.code for note in captions.notes] == ["captions-unknown-tags"]


PLACED = (
    "WEBVTT\n\nSTYLE\n::cue(.o) { color: #123456 }\n\n00:01.000 --> 00:03.000 line:20%\n"
    "<v Ann Lee><c.yellow>Hi</c> <c.o><i>yo</i></c> <00:02.000><c.red>x</c>\n"
)


def test_a_vtt_sidecar_keeps_places_speakers_and_colours() -> None:
    cues = reading(PLACED, "a.vtt").cues
    (again,) = reading(sidecar(cues, "vtt", SidecarOptions()).content, "b.vtt").cues
    assert (again.runs, again.position, again.speaker) == (cues[0].runs, cues[0].position, "Ann Lee")
    assert not lost_notes(cues, ("vtt",), SidecarOptions())


def test_a_ttml_sidecar_keeps_places_and_stylings() -> None:
    cues = reading(PLACED, "a.vtt").cues
    (again,) = reading(sidecar(cues, "ttml", SidecarOptions()).content, "b.ttml").cues
    stylings = [
        [(run.colour, run.italic) for run in cue.runs if run.text.strip()] for cue in (again, cues[0])
    ]
    assert stylings[0] == stylings[1] and again.position == cues[0].position


def test_an_srt_sidecar_keeps_thirds_and_colours_and_notes_the_rest() -> None:
    cues = reading(PLACED, "a.vtt").cues
    (again,) = reading(sidecar(cues, "srt", SidecarOptions()).content, "b.srt").cues
    assert again.position == CuePosition(edge="top")
    assert [run.colour for run in again.runs] == [run.colour for run in cues[0].runs]
    (note,) = lost_notes(cues, ("vtt", "srt"), SidecarOptions())
    assert note.code == "sidecar-loses"
    assert "SRT loses the speaker of 1 cue; SRT loses the exact place of 1 cue" in str(note)

"""YAML drops nothing of a job spec silently, and comments stay comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_stages import GOOD, Paper, mistakes
from hypothesis import given, settings
from hypothesis import strategies as st

from finish import jobspec
from finish.errors import FinishError
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Origin
from finish.jobspec.yaml_parser import parse
from finish.model import Document
from finish.model.yaml_text import in_quotes
from finish.stages import STAGES
from finish.stages.captions.typesetting import style_file

ALONE = "; if it is a comment, move it to its own line"


def load(text: str, **files: str) -> jobspec.LoadedJob:
    """A job of the real stages, with `text` from its fourth line on."""
    held = {f"{name}.yaml": content.encode() for name, content in files.items()}
    cue = b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"
    paper = Paper({"job.yaml": f"{GOOD}{text}\n".encode(), "hero.mp4": b"", "hero.srt": cue, **held})
    return jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)


def refused(text: str, **files: str) -> str:
    with pytest.raises(FinishError) as wrong:
        load(text, **files)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("text", "place", "comment", "form"),
    [
        (
            "reframe:\n  background: #FF8800   # the brand's",
            "5:3  reframe.background",
            "#FF8800",
            'background: "#FF8800"',
        ),
        ("reframe:\n  background: # FF8800", "5:3  reframe.background", "#FF8800", 'background: "#FF8800"'),
        (
            "reframe:\n  background:\n    #FF8800\n",
            "5:3  reframe.background",
            "#FF8800",
            'background: "#FF8800"',
        ),
        ("captions:\n  look:\n    colour: #fff", "6:5  captions.look.colour", "#fff", 'colour: "#fff"'),
        (
            "captions:\n  look:\n    outline:\n      colour: #000000",
            "7:7  captions.look.outline.colour",
            "#000000",
            'colour: "#000000"',
        ),
        (
            "composite:\n  end_card:\n    text: We are #1 in bread",
            "6:11  composite.end_card.text",
            "#1 in bread",
            'text: "We are #1 in bread"',
        ),
        (
            "composite:\n  end_card:\n    text: We are # 1",
            "6:11  composite.end_card.text",
            "# 1",
            'text: "We are # 1"',
        ),
        (
            "composite:\n  end_card:\n    text: 2026 #summer # ours",
            "6:11  composite.end_card.text",
            "#summer",
            'text: "2026 #summer"',
        ),
        ("captions:\n  emphasis:\n    - big #sale", "6:7  captions.emphasis[0]", "#sale", '"big #sale"'),
        (
            "captions:\n  emphasis:\n    - sale\n    - #bakery",
            "7:6  captions.emphasis[1]",
            "#bakery",
            '"#bakery"',
        ),
        (
            "captions:\n  emphasis: [sale, #bakery,\n    today]",
            "5:14  captions.emphasis[0]",
            "#bakery",
            '"#bakery"',
        ),
        ("captions:\n  file: take #1.srt", "5:9  captions.file", "#1.srt", 'file: "take #1.srt"'),
        ("job: Spring #3", "4:6  job", "#3", 'job: "Spring #3"'),
    ],
)
def test_what_yaml_reads_as_a_comment_is_refused_where_it_could_belong_to_the_value(
    text: str, place: str, comment: str, form: str
) -> None:
    message = refused(text)
    assert (
        f'job.yaml:{place}: "{comment}" is read as a comment — put it in quotes: {form}{ALONE}'
        in message.splitlines()
    )


@pytest.mark.parametrize(
    "text",
    [
        (
            "captions:\n  file: hero.srt # optional\n  position: auto   # or top, middle\n"
            "  lang: en #english\n  size: 1 #x\n  burn: true #yes"
        ),
        "captions:   #ours\n  file: hero.srt",
        "captions:\n  #file: hero.srt",
        "captions: {file: hero.srt}   #ours",
        (
            'composite:\n  end_card:\n    text: "See you" #soon\n    background: "#FF8800" #ours\n'
            "    seconds: 1 #s"
        ),
        "composite:\n  end_card:\n    text: See you soon   # the client's words",
        "composite:\n  end_card:\n    text: |   # of the client\n      See you",
        "colour:\n  looks: [warm]   #ours\n  strength: 0.8   #not more",
        "colour:\n  looks:\n    - warm   # a note\n    - punch #ours",
        "reframe:\n  follow: centre #or subject\n  background: blur #or a colour",
        "pacing:\n  cut: [0.1-0.2, # the cough\n    0.4-0.5]",
        "captions:\n  file: hero.srt #of the client",
        "captions: # none yet",
        "reframe: #none",
        "job: Spring##3",
        "job: Spring#3",
    ],
)
def test_comments_as_people_write_them_stay_comments(text: str) -> None:
    assert load(text).job.deliverables


def test_a_brand_and_a_style_are_looked_at_too() -> None:
    assert refused("brand: own.yaml", own="reframe:\n  background: #FF8800\n").startswith(
        'own.yaml:2:3  reframe.background: "#FF8800" is'
    )
    with pytest.raises(FinishError) as wrong:
        style_file.read(Document(Path("style.yaml"), b"title: Big #1\nsize: 0.05\nemphasis: #FF8800\n"))
    assert str(wrong.value).splitlines() == [
        'style.yaml:1  title: "#1" is read as a comment — put it in quotes: title: "Big #1"',
        'style.yaml:3  emphasis: "#FF8800" is read as a comment — put it in quotes: emphasis: "#FF8800"',
    ]
    assert (
        style_file.read(
            Document(
                Path("style.yaml"), b"title: Big # one\nsize: 0.05\ncase: upper #caps\nemphasis: # none\n"
            )
        ).case
        == "upper"
    )


TAKEN_APART = {
    "job: - fresh": '4:6  not valid YAML: a list on the line of its key — put it in quotes: job: "- fresh"',
    "job: Bread: fresh": (
        '4:11  not valid YAML: a second ": " in one value — put it in quotes: job: "Bread: fresh"'
    ),
    "job: Now:": '4:9  not valid YAML: a second ": " in one value — put it in quotes: job: "Now:"',
    "job: *bold*": (
        "4:6  job: an alias (*bold*) isn't allowed — "
        'write the value itself, or put text in quotes: job: "*bold*"'
    ),
    "job: *bold* move": (
        "4:6  job: an alias (*bold*) isn't allowed — "
        'write the value itself, or put text in quotes: job: "*bold* move"'
    ),
    "job: & Co": '4:7  not valid YAML: text that begins with "&" or "*" — put it in quotes: job: "& Co"',
    "job: %5": '4:6  not valid YAML: text that begins with "%" — put it in quotes: job: "%5"',
    "job: @us": '4:6  not valid YAML: text that begins with "@" — put it in quotes: job: "@us"',
    "job: `x": '4:6  not valid YAML: text that begins with "`" — put it in quotes: job: "`x"',
    "job: > 50 %": '4:8  not valid YAML: text after "|" or ">" — put it in quotes: job: "> 50 %"',
    "job: ? really": '4:6  not valid YAML: text that begins with "?" — put it in quotes: job: "? really"',
    "job: [Live] here": (
        '4:13  not valid YAML: text follows the end of a value — put it in quotes: job: "[Live] here"'
    ),
    'job: "Best" bread': (
        "4:13  not valid YAML: text follows the end of a value — put it in quotes: job: '\"Best\" bread'"
    ),
    "captions: {title: #FF8800}": (
        "4:1  a # after a space begins a comment, and the rest of the line is lost — "
        'put it in quotes: title: "#FF8800"'
    ),
    "job: We are #1\n  and more": (
        "4:1  a # after a space begins a comment, and the rest of the line is lost — "
        'put it in quotes: job: "We are #1"'
    ),
    "job: 1.10": '4:6  job: must be text, not 1.1 — put it in quotes: "1.10"',
}


@pytest.mark.parametrize("text", TAKEN_APART)
def test_a_line_that_yaml_takes_apart_is_told_as_it_reads_it_whole(text: str) -> None:
    assert mistakes(f"{GOOD}{text}\n") == [f"job.yaml:{TAKEN_APART[text]}"]


def test_a_version_is_as_it_was_written() -> None:
    text = 'source: hero.mp4\nversion: {}\ndeliverables: [{{name: "a-{{version}}", preset: tiktok}}]\n'
    for stated in ("007", "v3", "12", '"010"'):
        paper = Paper({"job.yaml": text.format(stated).encode(), "hero.mp4": b""})
        loaded = jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder, paper=paper: paper)  # type: ignore[misc]
        assert loaded.job.deliverables[0].name == f"a-{stated.strip(chr(34))}"


LETTERS = st.text(st.sampled_from("ab1 #:-*&!%@`'\"[]{},|>?~.\\"), min_size=1, max_size=12)


@settings(max_examples=400, deadline=None)
@given(LETTERS)
def test_a_bare_text_is_read_whole_or_refused(text: str) -> None:
    """Except for comments, and for a number, a truth value, a list, a map, or an empty value."""
    report = Report("job.yaml")
    node = parse(f"a: {text}\nb: 1\n".encode(), Origin("job.yaml", Path("/job")), report)
    value = node.entries.get("a") if node and not report.mistakes else None
    if value is None or not isinstance(value.value, str) or text.lstrip()[:1] in ("'", '"', "|", ">"):
        return
    left = text.strip()[len(value.written) :]
    comment = left[len(value.cut) :].lstrip()
    assert left.startswith(value.cut)
    assert not comment or (comment[0] == "#" and not comment[1:2].isalnum())


VISIBLE = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
)


@settings(max_examples=200, deadline=None)
@given(st.text(VISIBLE, min_size=1, max_size=20))
def test_the_form_in_quotes_is_the_text(text: str) -> None:
    report = Report("job.yaml")
    node = parse(f"a: {in_quotes(text)}\n".encode(), Origin("job.yaml", Path("/job")), report)
    assert not report.mistakes and node is not None and node.entries["a"].value == text

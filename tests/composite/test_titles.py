"""Titles of a job: their settings, when and where they show, and what is kept of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from composite_world import WIDE, delivery, planned, settings
from pydantic import ValidationError

from finish import resources
from finish.errors import FinishError
from finish.model import Document, Programme
from finish.stages.composite.titles.title_settings import Count


def files() -> dict[str, Document]:
    paths = {name: resources.entry("titles", name) for name in resources.names("titles")}
    return {name: Document(path, path.read_bytes()) for name, path in paths.items()}


def titled(*titles: dict[str, Any], **graphics: Any) -> Any:
    return settings(files(), titles=list(titles), **graphics)


HEADLINE = {"template": "headline", "title": "The long way home", "from": 1, "to": 5}


def titles_of(done: Programme) -> list[Any]:
    """The payloads of titles, by their frames."""
    from finish import graph

    images = [node for node in graph.history([done.picture]) if node.name == "image"]
    return [node.arg("file") for node in images]


def test_a_title_shows_from_its_first_frame_to_its_last() -> None:
    done = planned(titled(HEADLINE))
    (payload,) = titles_of(done)
    assert payload.frames == 100 and payload.rate == 25
    assert [mark.label for mark in done.marks] == ["title: The long way home"]
    assert any("overlays that don't show" in promise.name for promise in done.promises)


def test_a_title_is_centred_on_the_frame_where_its_area_allows_it() -> None:
    wide = planned(titled(HEADLINE), delivery(WIDE, {"top": 54, "bottom": 54, "left": 96, "right": 96}))
    (area,) = wide.taken
    assert abs(area.box.left + area.box.right - 1920) <= 2 and abs(area.box.top + area.box.bottom - 1080) <= 2


@pytest.mark.parametrize(
    ("title", "mistake"),
    [
        ({"template": "headline", "from": 1, "to": 4}, "needs title"),
        ({**HEADLINE, "items": ["one"]}, "doesn't show items: it shows kicker, title, subtitle"),
        ({**HEADLINE, "to": 2}, "at least 1.5 s"),
        ({"template": "headline", "title": "a"}, "needs from and to"),
        ({"template": "pointer", "title": "a", "from": 1, "to": 4}, "a callout needs at"),
        ({**HEADLINE, "at": [0.1, 0.1]}, "at is for callouts"),
        (
            {"template": "pointer", "title": "a", "from": 1, "to": 4, "at": [0, 1], "place": "top"},
            "delete place",
        ),
        ({"template": "big-number", "title": "sold", "from": 1, "to": 4}, "needs count"),
        ({**HEADLINE, "title": "two\nlines"}, "line breaks"),
        ({**HEADLINE, "accent": "red"}, "accent"),
        ({"template": "subscribe", "from": 1, "to": 4}, "has no words"),
        ({"template": "nothing", "title": "a"}, "no nothing"),
    ],
)
def test_titles_that_cannot_be_meant(title: dict[str, Any], mistake: str) -> None:
    with pytest.raises(ValidationError, match=mistake):
        titled(title)


def test_a_progress_line_runs_with_the_whole_programme() -> None:
    (payload,) = titles_of(planned(titled({"template": "progress-line"})))
    assert payload.frames == 250


def test_a_title_too_near_to_the_end_is_refused() -> None:
    with pytest.raises(FinishError, match=r"title 1 shows for 1 s until the programme ends, and needs 1.5 s"):
        planned(titled({**HEADLINE, "from": 9, "to": 12}))


def test_words_that_do_not_fit_are_a_mistake_of_the_spec() -> None:
    long = titled({"template": "poster", "title": "Donaudampfschifffahrtsgesellschaft", "from": 1, "to": 4})
    (fit,) = long.text_fits(delivery())
    assert fit.path == ("titles", 0) and "don't fit" in fit.problem


def test_an_end_card_has_a_template_of_its_kind() -> None:
    done = planned(settings(files(), end_card={"template": "end-bold", "text": "Bye\nsoon", "seconds": 3}))
    assert done.frames == 250 + 75
    ground, payload = sorted(titles_of(done), key=lambda one: hasattr(one, "request"))
    assert payload.frames == 75 and ground.opacity == 1
    assert dict(payload.request.content.texts) == {"title": "Bye", "subtitle": "soon"}
    over = settings(files(), end_card={"template": "end-bold", "text": "Bye", "over": "picture"})
    assert any(getattr(one, "opacity", 1) < 1 for one in titles_of(planned(over)))
    with pytest.raises(ValidationError, match="headline is a template of the kind title"):
        settings(files(), end_card={"template": "headline", "text": "Bye"})
    with pytest.raises(ValidationError, match="the template end-bold has no code"):
        settings(files(), end_card={"template": "end-bold", "text": "Bye", "link": "https://example.org"})


def test_a_count_is_written_with_what_stands_around_it() -> None:
    count = Count.model_validate({"to": 1234.5, "decimals": 1, "separator": ".", "prefix": "€ "})
    assert count.written.text(count.end) == "€ 1.234,5"
    assert count.start == 0 and count.seconds == pytest.approx(float(Fraction(3, 2)))

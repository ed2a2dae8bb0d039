"""The steps of a delivery run in their order, until one of them ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from golden.golden_world import CASES, job, planned

from finish.deliver.outcome import Event
from finish.deliver.steps import DeliveryStep, Draft, deliver
from finish.errors import DiskError
from finish.model import CheckResult, Promise, Tolerance

KEPT, BROKEN = (
    CheckResult(Promise("a number", lambda number: number, Tolerance(exactly=1)), measured)
    for measured in (1, 2)
)


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    (rendering,) = planned(job(tmp_path, CASES["tiktok"]), CASES["tiktok"])
    return Draft(rendering, tmp_path / ".draft.mp4", tmp_path / "done.mp4")


class Trace:
    """Steps that record when they run, and the events that were sent."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.sent: list[str] = []

    def step(self, name: str, change: Callable[[Draft], Draft] = lambda draft: draft) -> DeliveryStep:
        def taken(draft: Draft, /) -> Draft:
            self.taken.append(name)
            return change(draft)

        return taken

    def tell(self, event: Event) -> None:
        self.sent.append(event.what)


def fail(_: Draft) -> Draft:
    raise DiskError("no space left")


def published(draft: Draft) -> Draft:
    return replace(draft, published=True)


def test_steps_are_taken_in_their_order(draft: Draft) -> None:
    trace = Trace()
    steps = [trace.step("mux"), trace.step("timecode"), trace.step("publish", published)]
    outcome = deliver(draft, steps, trace.tell)
    assert trace.taken == ["mux", "timecode", "publish"] and trace.sent == ["done"]
    assert outcome.path == draft.target and outcome.exit_code == 0


def test_nothing_with_a_broken_promise_is_published(draft: Draft) -> None:
    trace = Trace()
    check = trace.step("check", lambda draft: replace(draft, results=(KEPT, BROKEN)))
    outcome = deliver(draft, [check, trace.step("publish", published)], trace.tell)
    assert trace.taken == ["check"] and trace.sent == ["broken"]
    assert outcome.path is None and outcome.broken == (BROKEN,) and outcome.exit_code == 1


@pytest.mark.parametrize("is_published", [False, True])
def test_an_error_ends_the_delivery(draft: Draft, is_published: bool) -> None:
    """A deliverable that was published before a later step failed has a path and an error."""
    trace = Trace()
    first = trace.step("publish", published) if is_published else trace.step("mux")
    outcome = deliver(draft, [first, trace.step("next", fail), trace.step("last")], trace.tell)
    assert trace.taken[-1] == "next" and trace.sent == ["failed"]
    assert outcome.path == (draft.target if is_published else None)
    assert outcome.exit_code == 2 and "no space left" in str(outcome.error)

"""An interrupt that arrives while Python finalizes an object is lost and isn't printed; other losses are."""

from __future__ import annotations

import sys

import pytest

from finish.cli import signals
from finish.errors import Interrupted


class Finalized:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


@pytest.mark.parametrize(("error", "printed"), [(Interrupted(), False), (ValueError("lost"), True)])
def test_a_lost_interrupt_is_not_printed(
    error: BaseException, printed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", signals._without_interrupts)
    finalized = Finalized(error)
    del finalized
    assert ("ValueError: lost" in capsys.readouterr().err) is printed

"""A plugin of pytest: runs the tests of a list in the list's order, and keeps the seconds and failures."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

SELECTED: Final = "MUTANTS_SELECTED"  # environment: a JSON list of node ids; without it, all tests run
RESULT: Final = "MUTANTS_RESULT"  # environment: where the seconds and failures are written
_seconds: Final[Counter[str]] = Counter()
_failed: Final[list[str]] = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if place := os.environ.get(SELECTED):
        rank = {test: number for number, test in enumerate(json.loads(Path(place).read_text()))}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in rank])
        items[:] = sorted((item for item in items if item.nodeid in rank), key=lambda item: rank[item.nodeid])


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _failed.append(report.nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration  # type: ignore[assignment]
    if report.failed:
        _failed.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    place = os.environ.get(RESULT)
    if place and not hasattr(session.config, "workerinput"):  # xdist's workers report to their controller
        Path(place).write_text(json.dumps({"seconds": _seconds, "failed": _failed}))

"""Options and fixtures of the whole suite."""

from __future__ import annotations

import os

import pytest
import timing  # a module of the suite
from hypothesis import settings

# Hypothesis' deadline is in wall time, which depends more on a busy machine than on the code.
settings.register_profile("finish", deadline=None)
settings.load_profile("finish")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="write the golden plans instead of comparing with them"
    )
    parser.addoption(
        "--timing", action="store_true", help="run the tests with time budgets alone, and judge them"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--timing`, only the tests that use the `stopwatch` run."""
    if config.getoption("--timing"):
        timed = [item for item in items if "stopwatch" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in timed])
        items[:] = timed


@pytest.fixture
def stopwatch(request: pytest.FixtureRequest) -> timing.Stopwatch:
    return timing.stopwatch(bool(request.config.getoption("--timing")))


@pytest.fixture(autouse=True, scope="session")
def _a_cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the measurements of tests out of the user's estimates."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))

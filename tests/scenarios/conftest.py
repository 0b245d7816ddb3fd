"""The months before the stories begin are laid once; each story goes on with a copy of its own."""

import pytest

from tests.scenarios.story import Story, branch, lay_history


@pytest.fixture(scope="session")
def history(tmp_path_factory):
    return lay_history(tmp_path_factory.mktemp("history"))


@pytest.fixture
def story(history, tmp_path) -> Story:
    return branch(history, tmp_path / "home")


@pytest.fixture(scope="module")
def may(history, tmp_path_factory) -> Story:
    """May 2022 as all departments delivered it."""
    told = branch(history, tmp_path_factory.mktemp("may") / "home")
    told.deliver("2022-05")
    told.run("2022-05")
    return told

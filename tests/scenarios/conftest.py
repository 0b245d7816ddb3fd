"""What departments deliver is laid once; each story goes on with a copy of what it needs."""

from datetime import date

import pytest

from tests.scenarios.changes import all_of, rewritten, visited, with_row
from tests.scenarios.people import FENG, LU, SANJIAO, XIAOLAN, YANG, family_of
from tests.scenarios.story import Story, branch, lay_history


@pytest.fixture(scope="session")
def history(tmp_path_factory):
    return lay_history(tmp_path_factory.mktemp("history"))


@pytest.fixture
def story(history, tmp_path) -> Story:
    """No month was run yet: the first month a story runs is the city's first."""
    return branch(history, tmp_path / "home")


@pytest.fixture(scope="session")
def may(history, tmp_path_factory) -> Story:
    """May 2022, the first month, as all departments delivered it. Not to be changed."""
    told = branch(history, tmp_path_factory.mktemp("may") / "home")
    told.run("2022-05")
    return told


@pytest.fixture(scope="session")
def april(history, tmp_path_factory) -> Story:
    """March and April 2022 were run; Feng was on March's list and visited. Not to be changed.

    Grid staff found the Lus in Xiaolan in March and April, so that two households stand on its list.
    """
    told = branch(history, tmp_path_factory.mktemp("april") / "home")
    move = rewritten(*family_of(LU), town_code=XIAOLAN, community_code="442000118001")
    told.change("towns__living_places", move, ("2022-03", "2022-04", "2022-05"))
    told.run("2022-03")
    found = visited(told.key("2022-03", FENG), date(2022, 4, 18), "not_in_hardship")
    told.change("towns__visits", found, ("2022-04",))
    told.run("2022-04")
    return told


@pytest.fixture
def after_april(april, tmp_path) -> Story:
    """March and April were run; the story goes on with May."""
    return branch(april.place, tmp_path / "home")


@pytest.fixture(scope="session")
def year(april, tmp_path_factory) -> Story:
    """March to August were run. Not to be changed.

    Sanjiao sends its May list back filled in; the Yangs are on dibao from August.
    """
    told = branch(april.place, tmp_path_factory.mktemp("year") / "home")
    told.run("2022-05")
    told.send_back_filled_in("2022-05", SANJIAO, {YANG: ("2022-06-14", "属实已救助", "临时救助")})
    told.run("2022-06", "2022-07")
    granted = {"family_no": "JZF000777", "assistance_type": "dibao", "is_single_person": False}
    roll = [with_row(resident_id=member, started_on=date(2022, 8, 1), monthly_amount_yuan=1160, **granted)
            for member in family_of(YANG)]  # fmt: skip
    told.change("civil_affairs__assistance_roll", all_of(*roll), ("2022-08",))
    told.run("2022-08")
    return told

"""What every test relies on: no test reads or writes the project's own data, none reaches the network."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def home_of_tests(tmp_path_factory):
    """HARDSHIP_HOME of a test that names no other place."""
    home = tmp_path_factory.mktemp("hardship-home")
    given = {
        "HARDSHIP_HOME": str(home),
        "GX_ANALYTICS_ENABLED": "false",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    with pytest.MonkeyPatch.context() as patch:
        # COLUMNS: processes of pytest-xdist have one, and tables would be cut to it
        for name in [n for n in os.environ if n.startswith(("HARDSHIP_", "AIRFLOW")) or n == "COLUMNS"]:
            patch.delenv(name)
        for name, value in given.items():
            patch.setenv(name, value)
        yield home

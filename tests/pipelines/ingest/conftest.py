"""Departments that deliver into a folder of the test."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.pipelines.ingest.delivering import Department

# A busy machine is no failure of a parser.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def insurance(tmp_path):
    """The medical insurance, delivering settlements."""
    return Department(tmp_path)


@pytest.fixture
def department(tmp_path):
    """Any department by the extract it delivers."""
    return lambda extract: Department(tmp_path / extract, extract)

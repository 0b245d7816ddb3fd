"""Departments that deliver into a folder of the test."""

from __future__ import annotations

import pytest

from tests.pipelines.ingest.delivering import Department


@pytest.fixture
def insurance(tmp_path):
    """The medical insurance, delivering settlements."""
    return Department(tmp_path)


@pytest.fixture
def department(tmp_path):
    """Any department by the extract it delivers."""
    return lambda extract: Department(tmp_path / extract, extract)

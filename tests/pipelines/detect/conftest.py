"""A fresh town for every test."""

from __future__ import annotations

import shutil

import pytest
import yaml

from pipelines.lake import Lake
from pipelines.rule import RULES
from tests.pipelines.detect.town import Town


@pytest.fixture
def town(tmp_path):
    """A town without households, in a lake of its own."""
    return Town(Lake(tmp_path))


@pytest.fixture
def changed_rules(tmp_path):
    """A copy of the rules with some kept, statuses changed or values of selection.yaml replaced."""

    def copy(keep=None, status=(), selection=()):
        folder = tmp_path / "changed_rules"
        shutil.copytree(RULES, folder, dirs_exist_ok=True)
        for path in folder.glob("*.yaml"):
            if keep and path.name != "selection.yaml" and path.stem not in keep:
                path.unlink()
        for rule_id, word in dict(status).items():
            path = folder / f"{rule_id}.yaml"
            text = path.read_text(encoding="utf-8")
            assert "status: stable" in text
            path.write_text(text.replace("status: stable", f"status: {word}"), encoding="utf-8")
        if selection:
            path = folder / "selection.yaml"
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            for name, values in dict(selection).items():
                data["parameters"][name]["values"] = values
            path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return folder

    return copy

"""Whatever happens to a run, the last good state is readable and the next run ends where it would have."""

from __future__ import annotations

import random

import pytest

from pipelines.lake import Lake
from tests.faults.disturbing import copy_of, finish, kill_after, lay, small_disk, start, state

KILLS = 4


@pytest.fixture(scope="module")
def landed(tmp_path_factory):
    root = tmp_path_factory.mktemp("landed")
    lay(root)
    return root


@pytest.fixture(scope="module")
def undisturbed(landed):
    """(what an undisturbed run leaves, how long it takes)."""
    seconds = finish(landed)
    return state(landed), seconds


def test_a_run_killed_again_and_again_ends_with_the_same_bytes(landed, undisturbed, tmp_path):
    expected, seconds = undisturbed
    root = copy_of(landed, tmp_path / "city")
    chance = random.Random(1)
    kills = 0
    for _ in range(KILLS):
        kills += kill_after(root, chance.uniform(0.3, 1) * seconds)
        assert state(root).items() <= expected.items()
    assert kills
    finish(root)
    assert state(root) == expected
    Lake(root / "lake").tidy()
    assert state(root) == expected
    rests = [p.name for p in (root / "lake" / ".revisions").rglob("*") if p.name in (".building", ".work")]
    assert rests == []


def test_two_runs_at_once_end_with_the_same_bytes_and_neither_harms_the_other(landed, undisturbed, tmp_path):
    expected, _ = undisturbed
    root = copy_of(landed, tmp_path / "city")
    both = [start(root) for _ in range(2)]
    errors = [process.communicate(timeout=300)[1] for process in both]
    for process, words in zip(both, errors, strict=True):
        assert process.returncode == 0 or "Another run is writing" in words, words
    assert 0 in [process.returncode for process in both]
    assert state(root) == expected


@pytest.mark.parametrize("largest_file", [0, 3_000, 30_000])
def test_a_full_disk_is_said_in_words_and_the_rerun_finishes(landed, undisturbed, tmp_path, largest_file):
    expected, _ = undisturbed
    root = copy_of(landed, tmp_path / "city")
    process = start(root, before=small_disk(largest_file))
    _, words = process.communicate(timeout=300)
    assert process.returncode == 1, words
    assert "could not be written" in words and "Make room" in words
    assert "Traceback" not in words
    assert state(root).items() <= expected.items()
    finish(root)
    assert state(root) == expected


def test_the_month_before_stays_as_it_was_when_the_disk_is_full(landed, undisturbed, tmp_path):
    root = copy_of(landed, tmp_path / "city")
    finish(root)
    before = state(root)
    path = next((root / "landing" / "2022-06").rglob("医保结算明细_202206*"))
    path.write_bytes(path.read_bytes() + path.read_bytes().split(b"\n")[1] + b"\n")
    process = start(root, before=small_disk(3_000))
    process.communicate(timeout=300)
    assert process.returncode == 1
    assert state(root) == before

"""The lake: a partition is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from pipelines.lake import Lake, content_digest
from pipelines.month import Month
from pipelines.problem import HardshipError

MAY, JUNE = Month(2022, 5), Month(2022, 6)

# Everything by which writing touches the disk; a crash is tried before each call of each of them.
STEPS = ("fsync", "replace", "rename", "symlink", "mkdir", "chmod", "unlink")


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def write(lake, text, month=JUNE, table="profiles", inputs=None):
    with lake.write(table, month, inputs or {"from": text}) as folder:
        (folder / "rows.txt").write_text(text)
        (folder / "parts").mkdir()
        (folder / "parts" / "more.txt").write_text(text * 2)


def read(lake, month=JUNE, table="profiles"):
    folder = lake.resolve(table, month)
    if folder is None:
        return None
    rows, more = (folder / "rows.txt").read_text(), (folder / "parts" / "more.txt").read_text()
    assert more == rows * 2, "half of one revision and half of another"
    return rows


# Revisions -----------------------------------------------------------------------------------------


def test_what_was_never_written_is_not_there(lake):
    assert lake.resolve("profiles", JUNE) is None
    assert lake.about("profiles", JUNE) is None
    assert lake.digest("profiles", JUNE) is None
    assert not lake.is_current("profiles", JUNE, {})
    assert lake.months("profiles") == []


def test_what_was_written_is_read_under_its_table_and_month(lake):
    write(lake, "june")
    write(lake, "may", MAY)
    write(lake, "roll", table="parquet/civil_affairs__assistance_roll")
    assert (read(lake), read(lake, MAY)) == ("june", "may")
    assert read(lake, table="parquet/civil_affairs__assistance_roll") == "roll"
    assert lake.months("profiles") == [MAY, JUNE]
    assert (lake.root / "profiles" / "month=2022-06" / "rows.txt").read_text() == "june"


def test_a_month_written_again_is_a_new_revision(lake):
    write(lake, "first")
    write(lake, "second")
    assert read(lake) == "second"
    assert lake.about("profiles", JUNE)["revision"] == 2


def test_the_same_content_is_the_same_revision(lake):
    write(lake, "same", inputs={"rules": 1})
    before = lake.resolve("profiles", JUNE)
    write(lake, "same", inputs={"rules": 2})
    assert lake.resolve("profiles", JUNE) == before
    assert lake.about("profiles", JUNE)["revision"] == 1
    assert lake.is_current("profiles", JUNE, {"rules": 2}), "the newer inputs are remembered"
    assert not lake.is_current("profiles", JUNE, {"rules": 1})


def test_going_back_to_earlier_content_is_told_from_never_having_left_it(lake):
    for text in ("a", "b", "a"):
        write(lake, text)
    assert (read(lake), lake.about("profiles", JUNE)["revision"]) == ("a", 3)


def test_a_reader_that_has_begun_keeps_reading_what_it_began_with(lake):
    write(lake, "first")
    folder = lake.resolve("profiles", JUNE)
    write(lake, "second")
    assert (folder / "rows.txt").read_text() == "first"


def test_a_partition_is_current_only_for_exactly_the_inputs_it_was_made_from(lake):
    write(lake, "x", inputs={"files": {"a.csv": "123"}, "months": (MAY, JUNE)})
    assert lake.is_current("profiles", JUNE, {"months": [str(MAY), str(JUNE)], "files": {"a.csv": "123"}})
    assert not lake.is_current("profiles", JUNE, {"files": {"a.csv": "124"}, "months": (MAY, JUNE)})
    assert not lake.is_current("profiles", MAY, {"files": {"a.csv": "123"}, "months": (MAY, JUNE)})


def test_two_lakes_with_the_same_content_have_the_same_digests(tmp_path):
    one, other = Lake(tmp_path / "one"), Lake(tmp_path / "other")
    write(one, "x", inputs={"run": 1})
    write(other, "first")
    write(other, "x", inputs={"run": 2})
    assert one.digest("profiles", JUNE) == other.digest("profiles", JUNE)


def test_a_file_under_another_name_is_other_content(tmp_path):
    for folder, name in (("one", "a"), ("other", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text("x")
    assert content_digest(tmp_path / "one") != content_digest(tmp_path / "other")


def test_a_whole_lake_can_be_moved(lake, tmp_path):
    write(lake, "june")
    lake.root.rename(tmp_path / "elsewhere")
    assert read(Lake(tmp_path / "elsewhere")) == "june"


# Crashes -------------------------------------------------------------------------------------------


def test_a_stage_that_fails_changes_nothing(lake):
    write(lake, "good", inputs={"rules": 1})
    with pytest.raises(ZeroDivisionError), lake.write("profiles", JUNE, {"rules": 2}) as folder:
        (folder / "rows.txt").write_text("half")
        1 / 0  # noqa: B018
    assert read(lake) == "good"
    assert lake.is_current("profiles", JUNE, {"rules": 1})
    assert lake.months("profiles") == [JUNE]


def test_a_stage_that_fails_the_first_time_leaves_no_partition(lake):
    with pytest.raises(ZeroDivisionError), lake.write("profiles", JUNE, {}):
        1 / 0  # noqa: B018
    assert lake.resolve("profiles", JUNE) is None
    assert lake.months("profiles") == []


def _write_and_die(root, text, die_at, inputs):
    """In a process of its own: writes a partition and dies before its n-th touch of the disk."""
    touched = 0

    def dying(original):
        def step(*args, **kwargs):
            nonlocal touched
            touched += 1
            if touched == die_at:
                os._exit(9)
            return original(*args, **kwargs)

        return step

    for name in STEPS:
        setattr(os, name, dying(getattr(os, name)))
    write(Lake(root), text, inputs=inputs)
    os._exit(0)


def killed_while_writing(lake, text, die_at, inputs=None):
    """Whether the process was killed (it may have finished before its n-th step)."""
    process = multiprocessing.get_context("fork").Process(
        target=_write_and_die, args=(lake.root, text, die_at, inputs)
    )
    process.start()
    process.join(30)
    assert process.exitcode in (0, 9)
    return process.exitcode == 9


@pytest.mark.parametrize("before", [None, "old"])
def test_a_crash_at_any_step_leaves_the_last_good_state(tmp_path, before):
    steps = 0
    seen = set()
    while True:
        steps += 1
        lake = Lake(tmp_path / f"lake{steps}")
        if before:
            write(lake, before)
        was_killed = killed_while_writing(lake, "new", steps)
        seen.add(read(lake))
        assert read(lake) in (before, "new")
        if not was_killed:
            break
        # Whoever comes next finds no lock and no rest in the way.
        write(lake, "newer")
        assert read(lake) == "newer"
        assert [p.name for p in (lake.root / "profiles").iterdir()] == ["month=2022-06"]
    assert seen == {before, "new"}
    assert steps > 12, "the crash was tried at too few steps to prove anything"


def test_a_crash_while_only_the_inputs_are_noted_loses_neither_content_nor_note(tmp_path):
    steps = 0
    while True:
        steps += 1
        lake = Lake(tmp_path / f"lake{steps}")
        write(lake, "same", inputs={"rules": 1})
        was_killed = killed_while_writing(lake, "same", steps, {"rules": 2})
        assert read(lake) == "same"
        assert lake.about("profiles", JUNE)["inputs"] in ({"rules": 1}, {"rules": 2})
        if not was_killed:
            break
    assert lake.is_current("profiles", JUNE, {"rules": 2})


# Locks ---------------------------------------------------------------------------------------------


def test_a_second_run_on_the_same_partition_is_told_to_wait(lake):
    with lake.write("profiles", JUNE, {}) as folder:
        with pytest.raises(HardshipError, match=r"Another run is writing profiles for 2022-06.*run again"):
            write(lake, "second")
        (folder / "parts").mkdir()
        (folder / "rows.txt").write_text("x")
        (folder / "parts" / "more.txt").write_text("xx")
    assert read(lake) == "x"
    write(lake, "third")
    assert read(lake) == "third"


def test_other_tables_and_months_are_written_meanwhile(lake):
    with lake.write("profiles", JUNE, {}):
        write(lake, "may", MAY)
        write(lake, "june", table="matches")
        write(lake, "nested", table="profiles/nested")
    assert (read(lake, MAY), read(lake, JUNE, "matches")) == ("may", "june")


def test_the_lock_ends_with_a_stage_that_fails(lake):
    with pytest.raises(ZeroDivisionError), lake.write("profiles", JUNE, {}):
        1 / 0  # noqa: B018
    write(lake, "again")
    assert read(lake) == "again"


# Care for people's data ----------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_readable_by_their_owner_alone(lake):
    umask = os.umask(0o022)
    try:
        write(lake, "june")
        write(lake, "june", inputs={"noted": "again"})
        lake.secret()
    finally:
        os.umask(umask)
    folder = lake.resolve("profiles", JUNE)
    assert mode(folder) == mode(folder / "parts") == 0o700
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {mode(path) for path in files} == {0o600}
    assert mode(lake.root / ".secret") == 0o600


def test_the_secret_is_made_once_and_differs_between_lakes(lake, tmp_path, monkeypatch):
    monkeypatch.delenv("HARDSHIP_SECRET", raising=False)
    assert lake.secret() == lake.secret()
    assert len(lake.secret()) >= 32
    assert Lake(tmp_path / "other").secret() != lake.secret()
    assert [p.name for p in lake.root.glob(".secret*")] == [".secret"]


def test_a_given_secret_is_used_and_not_written_down(lake, monkeypatch):
    monkeypatch.setenv("HARDSHIP_SECRET", "kept elsewhere")
    assert lake.secret() == b"kept elsewhere"
    assert not (lake.root / ".secret").exists()


# A full disk, and what is no longer needed ---------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left"), OSError("Io error: No space left on device (os error 28)")],
    ids=["numbered", "in words"],
)
def test_a_full_disk_is_told_in_words_and_the_last_good_state_stays(lake, error):
    write(lake, "good")
    with (
        pytest.raises(HardshipError, match=r"profiles for 2022-06 could not be written.*Make room"),
        lake.write("profiles", JUNE, {}),
    ):
        raise error
    assert read(lake) == "good"
    assert [p.name for p in (lake.root / ".revisions/profiles/month=2022-06").iterdir()] == ["r0001"]


def test_a_file_that_is_missing_is_no_full_disk(lake):
    with pytest.raises(FileNotFoundError), lake.write("profiles", JUNE, {}):
        Path("no such file").read_text()


def revisions(lake, table="profiles"):
    return sorted(p.name for p in (lake.root / ".revisions" / table / "month=2022-06").iterdir())


def test_old_revisions_go_but_the_current_and_the_last_few_stay(lake):
    for number in range(6):
        write(lake, f"v{number}")
    removed = lake.tidy(keep=2)
    assert revisions(lake) == ["r0004", "r0005", "r0006"]
    assert [p.name for p in removed] == ["r0003", "r0002", "r0001"]
    assert read(lake) == "v5"
    write(lake, "v6")
    assert read(lake) == "v6"


def test_a_revision_that_a_current_table_was_made_from_stays(lake):
    write(lake, "v0")
    write(lake, "list", table="published", inputs={"profiles": lake.digest("profiles", JUNE)})
    for number in range(1, 4):
        write(lake, f"v{number}")
    lake.tidy(keep=0)
    assert revisions(lake) == ["r0001", "r0004"]


def test_a_revision_that_a_manifest_names_stays(lake):
    write(lake, "v0")
    named = lake.digest("profiles", JUNE)
    with lake.write("published", JUNE, {}) as folder:
        (folder / "manifest.json").write_text(f'{{"profiles": "{named}"}}')
    write(lake, "v1")
    write(lake, "v2")
    lake.tidy(keep=0)
    assert revisions(lake) == ["r0001", "r0003"]


def test_what_crashes_left_behind_goes(tmp_path):
    for steps in range(1, 13):
        lake = Lake(tmp_path / f"lake{steps}")
        write(lake, "old")
        killed_while_writing(lake, "new", steps)
        kept = read(lake)
        lake.tidy()
        assert read(lake) == kept
        assert revisions(lake) in (["r0001"], ["r0001", "r0002"])
        assert not list((lake.root / ".revisions").rglob(".building"))
        if kept == "old":
            assert revisions(lake) == ["r0001"]


def test_what_is_being_written_is_left_alone(lake):
    write(lake, "old")
    with lake.write("profiles", JUNE, {}) as folder:
        (folder / "rows.txt").write_text("new")
        (folder / "parts").mkdir()
        (folder / "parts" / "more.txt").write_text("newnew")
        assert lake.tidy() == []
    assert read(lake) == "new"


def test_an_empty_lake_is_tidy(lake):
    assert lake.tidy() == []

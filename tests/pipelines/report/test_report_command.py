"""`hardship report`: the pages of a published month where one wants them, a plain word where none are."""

from __future__ import annotations

import sys

import pytest

from pipelines import cli

from .conftest import FEW, JUNE, NAMES, read_page


@pytest.fixture
def hardship(capsys, monkeypatch, lake):
    """Runs the command on the published city; returns exit code, output and errors."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hardship", "--lake", str(lake.root), *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


def test_it_prints_where_the_bureaus_page_lies_and_needs_no_screen(hardship, page):
    code, out, errors = hardship("report", "--month", str(JUNE), "--open")
    assert (code, out) == (0, f"{page}\n")
    assert "no browser on a screen here" in errors


def test_exact_counts_are_written_only_where_one_says(hardship, page, tmp_path):
    before = page.read_bytes()
    code, out, _ = hardship(
        "report", "--month", str(JUNE), "--out", str(tmp_path / "exact"), "--withhold-below", "0"
    )
    assert (code, out) == (0, f"{tmp_path / 'exact' / 'report.html'}\n")
    assert read_page(tmp_path / "exact" / "report.html").table("towns-table")[NAMES[FEW]][2] == "3"
    assert page.read_bytes() == before
    assert (tmp_path / "exact").stat().st_mode & 0o077 == 0

    code, _, errors = hardship("report", "--month", str(JUNE), "--withhold-below", "0")
    assert code == 2 and "goes with --out" in errors


def test_a_month_that_is_not_published_is_refused_in_one_sentence(hardship):
    code, _, errors = hardship("report", "--month", "2021-01")
    assert code == 1 and errors.strip() == "2021-01 has no report: it is not published. Run the month first."

"""The clean files that intake is measured with."""

from __future__ import annotations

from tests.bench import intake


def test_every_row_of_the_clean_files_is_accepted(tmp_path):
    assert intake.lay(tmp_path, 500, 60) == {"rows": 560}
    assert intake.bare(tmp_path, 500, 60)["rows"] == 500
    assert intake.settlements(tmp_path, 500, 60)["rows"] == 500
    assert intake.workbook(tmp_path, 500, 60)["rows"] == 60

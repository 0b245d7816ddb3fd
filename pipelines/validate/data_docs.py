"""Data Docs: Great Expectations' pages about a month's validations, built from the stored results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from pipelines.month import Month
from pipelines.validate import expectations  # noqa: F401  registers them by their names


def build_pages(month: Month, results: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Writes a page per extract into `folder`; `results` are gx.json files by extract. Returns the pages."""
    # A name that is a date by itself would be taken for one; the time is the month's, not today's.
    end = datetime(month.end.year, month.end.month, month.end.day, tzinfo=UTC)
    run = RunIdentifier(run_name=f"validate-{month}", run_time=end)
    # Rendered without a site and the stores around it, which take each result apart and together again.
    renderer, view = ValidationResultsPageRenderer(), DefaultJinjaPageView()
    pages = {}
    for extract, path in sorted(results.items()):
        document = renderer.render(_suite_result(json.loads(path.read_text()), run))
        page = (
            folder / "validations" / extract / run.run_name / f"{end:%Y%m%dT%H%M%S.%fZ}" / f"{extract}.html"
        )
        page.parent.mkdir(parents=True)
        page.write_text(view.render(document, show_how_to_buttons=False), encoding="utf-8")
        pages[extract] = page
    return pages


def _suite_result(stored: dict, run: RunIdentifier) -> ExpectationSuiteValidationResult:
    return ExpectationSuiteValidationResult(
        success=stored["success"],
        suite_name=stored["suite_name"],
        statistics=stored["statistics"],
        meta={
            **stored["meta"],
            "batch_kwargs": {"data_asset_name": stored["suite_name"]},
            "run_id": run,
            "validation_time": run.run_time.isoformat(),
        },
        results=[
            ExpectationValidationResult(
                success=result["success"],
                expectation_config=ExpectationConfiguration(**result["expectation_config"]),
                result=result["result"],
                exception_info={
                    "raised_exception": result["error"] is not None,
                    "exception_message": result["error"],
                    "exception_traceback": None,
                },
            )
            for result in stored["results"]
        ],
    )

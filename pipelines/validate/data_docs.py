"""Data Docs: Great Expectations' pages about a month's validations, built from the stored results."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import great_expectations as gx
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from pipelines.month import Month
from pipelines.validate import expectations  # noqa: F401  registers them by their names


def build_pages(month: Month, results: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Writes a page per extract into `folder`; `results` are gx.json files by extract. Returns the pages."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        # The suites stand in the results; a second set of pages would only repeat them.
        "site_section_builders": {"expectations": "None", "profiling": "None"},
    }
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(), data_docs_sites={str(month): site}
        ),
    )
    # A name that is a date by itself would be taken for one; the time is the month's, not today's.
    end = datetime(month.end.year, month.end.month, month.end.day, tzinfo=UTC)
    run = RunIdentifier(run_name=f"validate-{month}", run_time=end)
    for extract, path in sorted(results.items()):
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name=extract),
            run_id=run,
            batch_identifier=extract,
        )
        context.validation_results_store.set(key, _suite_result(json.loads(path.read_text()), run))
    context.build_data_docs(build_index=False)
    shutil.rmtree(folder / "static")  # fonts and films that no page needs
    return {page.stem: page for page in sorted(folder.rglob("*.html"))}


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

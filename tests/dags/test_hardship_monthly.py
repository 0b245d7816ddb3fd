"""The DAG as Airflow reads it: its tasks, its timetable, its month."""

from __future__ import annotations

import itertools
import json
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from pipelines import monthly
from pipelines.contract import load_extracts
from pipelines.month import Month
from pipelines.password import password_of
from pipelines.problem import HardshipError
from tests.dags.conftest import DAGS, outside

HEAVY = ("duckdb", "polars", "pandas", "great_expectations")


def _stage(task) -> str:
    return task.task_id.removeprefix("extract.")


def test_the_dag_runs_the_stages_of_the_flow_in_their_order(dag_module):
    tasks = [_stage(task) for task in dag_module.month_by_month.topological_sort()]
    stages = ["ingest", "validate", "conflicts", "link", "detect", "publish", "report"]
    assert [name for name in tasks if name in stages] == stages
    for before, after in itertools.pairwise(stages):
        later = {_stage(t): t for t in dag_module.month_by_month.tasks}[after]
        assert before in {name.removeprefix("extract.") for name in later.upstream_task_ids}


def test_ingest_and_validate_run_once_for_each_contract(dag_module):
    extracts = dag_module.month_by_month.task_group.get_child_by_label("extract")
    assert extracts._expand_input.value == {"extract": monthly.extract_ids()}
    assert len(monthly.extract_ids()) == len(load_extracts())


def test_no_task_runs_whatever_happened_before_so_that_no_failure_is_hidden(dag_module):
    rules = {task.trigger_rule for task in dag_module.month_by_month.tasks}
    assert rules <= {"all_success", "none_failed"}


def test_reading_the_dag_takes_no_library_that_reads_or_joins_data(tmp_path):
    program = (
        "import json, sys, time; import airflow.sdk; started = time.process_time(); "
        f"sys.path.insert(0, {str(DAGS)!r}); import hardship_monthly; "
        "print(json.dumps([time.process_time() - started, sorted(sys.modules)]))"
    )
    seconds, modules = json.loads(outside(tmp_path, "-c", program).stdout.splitlines()[-1])
    assert not set(HEAVY) & set(modules)
    assert seconds < 2, "the DAG processor reads the file again every half minute"


@pytest.mark.parametrize(
    ("due", "month"),
    [
        ("2022-07-05T22:00:00", "2022-06"),
        ("2022-01-05T22:00:00", "2021-12"),
        # 06:00 on the 1st in Shanghai is still the month before in UTC.
        ("2022-06-30T22:00:00", "2022-06"),
    ],
)
def test_a_scheduled_run_works_on_the_month_before_the_one_it_is_due_in(dag_module, due, month):
    run = SimpleNamespace(
        run_type="scheduled", data_interval_end=datetime.fromisoformat(due).replace(tzinfo=UTC)
    )
    assert str(dag_module._month_of_run({"dag_run": run, "params": {"month": None}})) == month


def test_a_run_by_hand_works_on_the_month_it_is_given(dag_module):
    run = SimpleNamespace(run_type="manual", data_interval_end=None)
    assert dag_module._month_of_run({"dag_run": run, "params": {"month": "2022-06"}}) == Month(2022, 6)


def test_a_run_by_hand_never_takes_the_month_from_the_day_it_was_started_on(dag_module):
    today = SimpleNamespace(run_type="manual", data_interval_end=datetime.now(UTC))
    with pytest.raises(Exception, match=r"by hand needs its month.*2022-06"):
        dag_module._month_of_run({"dag_run": today, "params": {"month": None}})


@pytest.mark.parametrize("wrong", ["2022-13", "2022-6", "202206", "June", "2022-06-01"])
def test_what_is_no_month_is_refused_before_the_run_starts(dag_module, wrong):
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        dag_module.month_by_month.params.get_param("month").resolve(wrong)


def test_the_run_starts_in_shanghai_after_the_last_department_has_delivered(dag_module):
    schedule = dag_module.month_by_month.timetable
    minute, hour, day, month, weekday = schedule.expression.split()
    assert (minute, hour, month, weekday) == ("0", "6", "*", "*")
    assert int(day) > max(contract.delivery_day for contract in load_extracts().values())
    assert str(schedule.timezone) == "Asia/Shanghai" or schedule.timezone.name == "Asia/Shanghai"


def test_the_delivery_day_is_a_setting(tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(DAGS)!r}); import hardship_monthly; "
        "print(hardship_monthly.month_by_month.timetable.expression)"
    )
    tenth = outside(tmp_path, "-c", program, HARDSHIP_DELIVERY_DAY="10")
    assert tenth.stdout.splitlines()[-1] == "0 6 11 * *"
    for wrong in ("31", "0", "fifth"):
        refused = outside(tmp_path, "-c", program, HARDSHIP_DELIVERY_DAY=wrong)
        assert f"HARDSHIP_DELIVERY_DAY is '{wrong}': a day from 1 to 27" in refused.stdout


def test_a_lost_disk_is_tried_again_and_wrong_input_is_not(dag_module):
    for task in dag_module.month_by_month.tasks:
        policy = task.partial_kwargs["retry_policy"] if task.is_mapped else task.retry_policy
        assert policy.evaluate(ConnectionResetError(), 1, 3).action.value == "retry"
        assert policy.evaluate(HardshipError("line 3: no such town"), 1, 3).action.value == "fail"


def test_an_error_nobody_foresaw_is_logged_without_the_id_it_quotes(dag_module):
    number = "44209919770312" + "1018"

    @dag_module._masked
    def stage():
        raise ValueError(f"could not convert {number}")

    with pytest.raises(RuntimeError, match=r"ValueError: could not convert 442099\*+$") as caught:
        stage()
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_the_dag_explains_itself_with_its_runbook(dag_module):
    assert "## Tasks" in dag_module.month_by_month.doc_md
    for task in dag_module.month_by_month.tasks:
        assert f"`{task.task_id}`" in dag_module.month_by_month.doc_md


def test_the_dag_folder_holds_one_dag(dag_module):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(DAGS))
    assert not bag.import_errors
    assert set(bag.dags) == {"hardship_monthly"}
    assert str(DAGS) in sys.path


def test_passwords_of_lists_come_from_the_connection_into_the_tasks_environment(dag_module, monkeypatch):
    for name in ("HARDSHIP_LIST_PASSWORD", "HARDSHIP_PASSWORD_442000109"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
    dag_module.take_passwords()
    assert password_of("442000109") is None
    connection = {
        "conn_type": "generic", "password": "for all towns", "extra": {"password_442000109": "Sanjiao's"},
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_HARDSHIP_LISTS", json.dumps(connection))
    dag_module.take_passwords()
    assert (password_of("442000109"), password_of("442000118")) == ("Sanjiao's", "for all towns")

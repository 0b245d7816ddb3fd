"""The month as an Airflow DAG: the stages of `pipelines.monthly`, ingest and validate once per extract."""

from __future__ import annotations

import functools
import logging
import os
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pendulum
from airflow.sdk import (
    Asset,
    Connection,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    TriggerRule,
    dag,
    get_current_context,
    task,
    task_group,
)
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowSkipException,
)
from dateutil.relativedelta import relativedelta

from pipelines import monthly
from pipelines.month import Month
from pipelines.password import FOR_ALL, FOR_ONE
from pipelines.problem import HardshipError, masked

progress = logging.getLogger("hardship").info

# Modules that read, check or join data are imported by pipelines.monthly when a stage runs, not when
# Airflow parses this file.

TIMEZONE = "Asia/Shanghai"

# The departments deliver until this day of the next month; the run starts in the morning after.
_given = os.environ.get("HARDSHIP_DELIVERY_DAY", "5")
if _given not in map(str, range(1, 28)):  # the day after it must exist in every month
    raise HardshipError(f"HARDSHIP_DELIVERY_DAY is {_given!r}: a day from 1 to 27 is needed.")
DELIVERY_DAY = int(_given)

# Its password, and password_<town code> among its extras, lock the towns' workbooks.
LISTS = "hardship_lists"

PUBLISHED = Asset("hardship_published_lists")

# A file share that is away comes back; wrong input stays wrong until a person acts.
RETRY_ONLY_IO = ExceptionRetryPolicy(
    rules=[RetryRule(OSError, RetryAction.RETRY, reason="files or disk not reachable")],
    default=RetryAction.FAIL,
)


@dag(
    dag_id="hardship_monthly",
    dag_display_name="Households in hardship, month by month",
    schedule=CronTriggerTimetable(
        f"0 6 {DELIVERY_DAY + 1} * *", timezone=TIMEZONE, interval=relativedelta(months=1)
    ),
    start_date=pendulum.datetime(2021, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    params={
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
            title="Month",
            description="The month to compare, for example 2022-06. Scheduled runs take the month before.",
        )
    },
    default_args={
        "owner": "data-engineering",
        "retries": 3,
        "retry_delay": timedelta(minutes=10),
        "retry_policy": RETRY_ONLY_IO,
    },
    tags=["hardship", "monthly"],
    doc_md=(Path(__file__).parent / "README.md").read_text(encoding="utf-8"),
)
def hardship_monthly():
    @task
    @_masked
    def month() -> str:
        """The month of this run, after a check of what would stop it anyway."""
        chosen = _month_of_run(get_current_context())
        monthly.check(chosen, monthly.workplace())
        return str(chosen)

    @task
    def fold(month: str) -> None:
        """The eleven months before; it does not wait for what the departments deliver."""
        monthly.fold(Month.parse(month), monthly.workplace(), progress)

    @task_group
    def extract(month: str, extract: str):
        @task(map_index_template="{{ extract }}")
        @_masked
        def ingest(month: str, extract: str) -> dict[str, int]:
            get_current_context()["extract"] = extract
            take_passwords()
            report = monthly.ingest(Month.parse(month), extract, monthly.workplace(), progress)
            if report is None:
                raise AirflowSkipException(f"{extract} did not arrive for {month}; the month goes on.")
            return {key: report[key] for key in ("rows_in", "accepted", "rejected")}

        @task(map_index_template="{{ extract }}")
        @_masked
        def validate(month: str, extract: str) -> str:
            get_current_context()["extract"] = extract
            verdict = monthly.validate(Month.parse(month), extract, monthly.workplace(), progress)
            if verdict is None or verdict["verdict"] == "held":
                raise AirflowSkipException(f"{extract} is held for {month}; the month goes on without it.")
            return verdict["verdict"]

        ingest(month, extract) >> validate(month, extract)

    # An extract that did not arrive or is held is skipped; only a failure stops the month.
    @task(trigger_rule=TriggerRule.NONE_FAILED)
    @_masked
    def data_docs(month: str) -> None:
        monthly.write_data_docs(Month.parse(month), monthly.workplace(), progress)

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    @_masked
    def conflicts(month: str) -> dict[str, int]:
        """Identities that contradict each other; as counts by kind."""
        return monthly.conflicts(Month.parse(month), monthly.workplace(), progress)

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    @_masked
    def link(month: str) -> None:
        monthly.link(Month.parse(month), monthly.workplace(), progress)

    @task
    @_masked
    def detect(month: str) -> None:
        monthly.detect(Month.parse(month), monthly.workplace(), progress)

    @task(outlets=[PUBLISHED])
    @_masked
    def publish(month: str) -> None:
        take_passwords()
        monthly.publish(Month.parse(month), monthly.workplace(), progress)
        get_current_context()["outlet_events"][PUBLISHED].extra = {"month": month}

    @task
    @_masked
    def report(month: str) -> None:
        """Pages for the bureau and the towns; the lists stand whether it succeeds or not."""
        monthly.report(Month.parse(month), monthly.workplace(), progress)

    @task
    @_masked
    def feedback(month: str) -> None:
        """A file back to each department; its scorecard counts what was published."""
        monthly.feedback(Month.parse(month), monthly.workplace(), progress)

    @task
    @_masked
    def confirm_input(month: str) -> None:
        """Red when a delivered file could not be used; the lists are published all the same."""
        monthly.confirm_input(Month.parse(month), monthly.workplace())

    chosen = month()
    extracts = extract.partial(month=chosen).expand(extract=monthly.extract_ids())
    extracts >> data_docs(chosen)
    linked = link(chosen)
    extracts >> conflicts(chosen) >> linked
    published = publish(chosen)
    [extracts, fold(chosen)] >> linked >> detect(chosen) >> published
    published >> [report(chosen), feedback(chosen), confirm_input(chosen)]


def take_passwords() -> None:
    """Puts the passwords of the connection LISTS, where there is one, into the task's environment."""
    try:
        connection = Connection.get(LISTS)
    except AirflowNotFoundException:
        return
    if connection.password:
        os.environ[FOR_ALL] = connection.password
    for name, password in connection.extra_dejson.items():
        if name.startswith("password_"):
            os.environ[FOR_ONE + name.removeprefix("password_")] = str(password)


def _masked(stage):
    """An error nobody foresaw may quote the row it stumbled over; Airflow logs it without IDs."""

    @functools.wraps(stage)
    def run(*args, **kwargs):
        try:
            return stage(*args, **kwargs)
        except (AirflowException, HardshipError, OSError):
            raise
        except Exception as error:
            text = masked(f"{type(error).__name__}: {error}")
            raise RuntimeError(text).with_traceback(error.__traceback__) from None

    return run


def _month_of_run(context) -> Month:
    """The month asked for; without one, the month before the one a scheduled run is due in."""
    run = context["dag_run"]
    if context["params"]["month"]:
        return Month.parse(context["params"]["month"])
    if run.run_type == "manual" or run.data_interval_end is None:
        raise AirflowFailException(
            'A run started by hand needs its month: trigger it again with {"month": "YYYY-MM"}, '
            'for example {"month": "2022-06"}.'
        )
    due = run.data_interval_end.astimezone(ZoneInfo(TIMEZONE))
    return Month.of(due.date()).plus(-1)


month_by_month = hardship_monthly()

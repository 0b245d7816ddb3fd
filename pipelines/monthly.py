"""The flow of one month, top to bottom. Read this first.

Departments promise (contracts), households are described (link), the law detects (rules), towns
receive (publish) and answer (visits, an extract like any other). The command line and the Airflow
DAG both call the functions below; nothing else runs a stage.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.contract import SCHEMAS
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.processes import beside, two_at_once
from pipelines.workplace import Workplace, home, workplace  # noqa: F401  whoever runs the flow asks it where

# Bytes of files: reading fewer takes less time than starting other processes.
_WORTH_PROCESSES = 64_000_000

Progress = Callable[[str], None]


def extract_ids() -> list[str]:
    """The extracts that departments deliver, one contract each; cheap, for the DAG's parsing."""
    return sorted(path.stem for path in SCHEMAS.glob("*__*.yaml"))


def run(month: Month, place: Workplace, progress: Progress = print) -> None:
    """One month from landing files to published lists.

    Raises HardshipError when the month cannot be published: no landing folder, contracts or rules
    with errors, a required extract that is missing or held. Files that could not be read or that
    no contract claims do not stop the month; they are raised together once it is published.
    """
    bring_up(month, place, progress)
    confirm_input(month, place)


def run_from(first: Month, last: Month, place: Workplace, progress: Progress = print) -> None:
    """The months from `first` to `last` one after another, each on those before it.

    Raises as `run` does; files that could not be used are raised together once all months are published.
    """
    from pipelines.problem import Problems

    months = last.window(last.ordinal - first.ordinal + 1)
    for month in months:
        progress(f"month     {month}")
        bring_up(month, place, progress)
    problems = []
    for month in months:
        try:
            confirm_input(month, place)
        except Problems as error:
            problems += error.problems
    if problems:
        raise Problems(f"{first} to {last} ran without these files", problems)


def bring_up(month: Month, place: Workplace, progress: Progress = print) -> None:
    """All stages of one month; those whose inputs have not changed do nothing."""
    check(month, place)
    fold(month, place, progress)
    take_in_all(month, place, progress)
    link(month, place, progress)
    detect(month, place, progress)
    give_out(month, place, progress)


def check(month: Month, place: Workplace) -> None:
    """What would stop the month anyway, before any file is read."""
    from pipelines import rule

    _contracts()
    rule.load_rules()
    folder = place.landing / str(month)
    was_read = any(place.lake.resolve(f"parquet/{extract}", month) for extract in extract_ids())
    if not folder.is_dir() and not was_read:
        raise HardshipError(
            f"No landing folder {folder}. Put the departments' files for {month} below it "
            f"(<landing>/{month}/<department>/...) or name another place with --landing."
        )


def confirm_input(month: Month, place: Workplace) -> None:
    """Raises Problems naming every delivered file of the month that could not be used."""
    from pipelines.ingest import input_problems
    from pipelines.problem import Problems

    problems = input_problems(_contracts(), month, place.landing, place.lake)
    if problems:
        raise Problems(f"{month} ran without these files", problems)


def fold(month: Month, place: Workplace, progress: Progress = print) -> None:
    """What the eleven months before say, summed once; needs nothing that is delivered for the month.

    Link and feedback do it where it was not done: calling it earlier keeps it off the critical path.
    """
    from pipelines.feedback import tell_shares_before
    from pipelines.link import fold_window

    fold_window(_contracts(), month, place.lake)
    tell_shares_before(_contracts(), month, place.lake)
    progress(f"fold      the eleven months before {month}")


def take_in_all(month: Month, place: Workplace, progress: Progress = print) -> None:
    """Every extract of the month, then what looks at all of them: pages about the checks, and conflicts.

    Of a large delivery two at a time, the largest first. A verdict compares with earlier months only, so the
    extracts of one month do not wait for each other.
    """
    looks = (write_data_docs, conflicts)
    sizes = _delivered_bytes(month, place)
    if sum(sizes.values()) < _WORTH_PROCESSES:
        for extract in sizes:
            take_in(month, extract, place, progress)
        for look in looks:
            look(month, place, progress)
        return
    largest_first = [(take_in, month, e, place) for e in sorted(sizes, key=sizes.get, reverse=True)]
    for lines in two_at_once(_told, largest_first, [(look, month, place) for look in looks]):
        for line in lines:
            progress(line)


def take_in(
    month: Month, extract: str, place: Workplace, progress: Progress = print
) -> tuple[dict | None, dict | None]:
    """One extract from its files to its verdict, in one process; returns the report and the verdict."""
    from pipelines.validate import start_beside

    # Great Expectations takes over a second to start: that passes while files are read.
    report = ingest(month, extract, place, progress, at_work=start_beside)
    return report, validate(month, extract, place, progress)


def ingest(
    month: Month,
    extract: str,
    place: Workplace,
    progress: Progress = print,
    at_work: Callable[[], None] = lambda: None,
) -> dict | None:
    """Files of one extract to typed Parquet, repairs and rejected rows; None when nothing arrived."""
    from pipelines.ingest import ingest

    report = ingest(_contracts()[extract], month, place.landing, place.lake, at_work)
    if report is None:
        progress(f"ingest    {extract}: nothing arrived for {month}")
    else:
        unfilled = report["left_out"].get("not_filled_in")
        progress(
            f"ingest    {extract}: {report['rows_in']:,} rows in, {report['accepted']:,} accepted, "
            f"{report['rejected']:,} rejected"
            + (f", {unfilled:,} not filled in" if unfilled else "")
            + "".join(f"; {text}" for text in report["problems"])
        )
    return report


def validate(month: Month, extract: str, place: Workplace, progress: Progress = print) -> dict | None:
    """The verdict on one extract: accepted, warned or held; None when nothing arrived."""
    from pipelines.emptied import emptied_towns
    from pipelines.validate import validate

    verdict = validate(_contracts()[extract], month, place.lake, emptied_towns(extract, month, place.landing))
    if verdict is not None:
        reasons = "; ".join(reason["en"] for reason in verdict["reasons"])
        progress(f"validate  {extract}: {verdict['verdict']}" + (f" ({reasons})" if reasons else ""))
    return verdict


def write_data_docs(month: Month, place: Workplace, progress: Progress = print) -> None:
    """The month's validation results as pages for a data engineer."""
    from pipelines.validate import write_data_docs

    progress(f"data docs {write_data_docs(_contracts(), month, place.lake)}")


def conflicts(month: Month, place: Workplace, progress: Progress = print) -> dict[str, int]:
    """Identities that contradict each other: whose household waits until a person has found out."""
    from pipelines.conflicts import TABLE, conflicts

    found = conflicts(_contracts(), month, place.landing, place.lake)
    queue = f" in {place.lake.partition(TABLE, month)}" if found else ""
    counts = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in found.items())
    progress(f"conflicts {counts or 'none'} to be answered{queue}")
    return found


def link(month: Month, place: Workplace, progress: Progress = print) -> None:
    """Accepted extracts to residents, households and their profiles."""
    from pipelines.link import link

    counts = link(_contracts(), month, place.lake)
    progress(f"link      {counts['residents']:,} residents in {counts['households']:,} households")


def detect(month: Month, place: Workplace, progress: Progress = print) -> None:
    """Profiles and rules to matches, exclusions, candidates and cases."""
    from pipelines.detect import detect

    counts = detect(month, place.lake)
    progress(
        f"detect    {counts['households_matched']:,} households match a rule: "
        f"{counts['listed']:,} listed, {counts['excluded']:,} not listed, each with one reason"
    )


def give_out(month: Month, place: Workplace, progress: Progress = print) -> None:
    """Lists, tables and pages; of a large delivery what goes back to the departments is made beside them."""
    if sum(_delivered_bytes(month, place).values()) < _WORTH_PROCESSES:
        for stage in (publish, report, feedback):
            stage(month, place, progress)
        return
    with beside(_told, feedback, month, place) as fed_back:
        publish(month, place, progress)
        report(month, place, progress)
        for line in fed_back():
            progress(line)


def publish(month: Month, place: Workplace, progress: Progress = print) -> Path:
    """Candidates and identities to the towns' lists and the analysts' tables; returns their folder.

    Says which later months rest on what this one was before.
    """
    from pipelines.outdated import bring_up_command, mark_outdated
    from pipelines.publish import publish

    publish(_contracts(), month, place.lake)
    folder = place.lake.partition("published", month)
    progress(f"publish   {folder}")
    outdated = mark_outdated(place.lake, place.landing)
    if outdated:
        progress(f"publish   out of date: {', '.join(map(str, outdated))}; {bring_up_command(outdated)}")
    return folder


def report(month: Month, place: Workplace, progress: Progress = print) -> Path:
    """The published month as pages for the bureau and for each town; returns the city's page."""
    from pipelines.report import report

    page = report(month, place.lake)
    progress(f"report    {page}")
    return page


def feedback(month: Month, place: Workplace, progress: Progress = print) -> Path:
    """A file back to each department, with what was wrong in theirs and its scorecard; returns the folder."""
    from pipelines.feedback import feedback

    folder = feedback(_contracts(), month, place.lake)
    progress(f"feedback  {folder}")
    return folder


def ingest_history(months: list[Month], place: Workplace, progress: Progress = print) -> None:
    """Ingests and validates earlier months, oldest first, without publishing them.

    Two processes work on different extracts: a verdict compares with earlier months of the same extract
    and of the registers, which therefore go first; the others are independent of each other.
    """
    months = sorted(months)
    registers = [c.id for c in _contracts().values() if c.keeps_identity]
    others = [extract for extract in extract_ids() if extract not in registers]
    rounds = ([(extract, months, place) for extract in extracts] for extracts in (registers, others))
    for told in two_at_once(_history_of_extract, *rounds):
        progress(f"history   {told}")


def _history_of_extract(extract: str, months: list[Month], place: Workplace) -> str:
    taken_in = [take_in(month, extract, place, progress=lambda _: None) for month in months]
    rows = sum(report["accepted"] for report, _ in taken_in if report is not None)
    verdicts = [verdict["verdict"] for report, verdict in taken_in if report is not None]
    held = f", {verdicts.count('held')} held" if "held" in verdicts else ""
    return f"{extract}: {len(verdicts)} of {len(months)} months, {rows:,} rows{held}"


def _told(stage: Callable, *given) -> list[str]:
    lines: list[str] = []
    stage(*given, lines.append)
    return lines


def _delivered_bytes(month: Month, place: Workplace) -> dict[str, int]:
    from pipelines.ingest import delivered_bytes

    return {i: delivered_bytes(contract, month, place.landing) for i, contract in _contracts().items()}


def _contracts() -> dict:
    from pipelines.contract import load_extracts

    return load_extracts()

"""The report says in counts and words what arrived, and nothing of any person; work is done only once."""

from __future__ import annotations

import json
import logging

import pytest

from pipelines.contract import load_extracts
from pipelines.ingest import ingest, unclaimed_files
from pipelines.ingest.extract import _check_conservation
from pipelines.lake import file_digest
from tests.pipelines.ingest.delivering import HEADERS, MONTH, SPOUSE, WEIZHI, lines, settlement


def test_nothing_arrived_gives_no_partition(insurance):
    assert ingest(insurance.contract, MONTH, insurance.landing, insurance.lake) is None
    insurance.path("x").parent.mkdir(exist_ok=True)
    assert ingest(insurance.contract, MONTH, insurance.landing, insurance.lake) is None
    assert insurance.lake.months(f"parquet/{insurance.extract}") == []


def test_the_report_counts_each_file(insurance):
    insurance.delivers(lines([settlement(1), settlement(2, 证件号码="1")]), "gb18030", part="_1")
    insurance.delivers(lines([settlement(3, 结算时间="2022.6.1")], "|"), part="_2")
    report = insurance.ingested().report
    assert (report["extract"], report["month"], report["status"]) == (insurance.extract, "2022-06", "read")
    counts = ("encoding", "separator", "rows_in", "accepted", "rejected", "repairs")
    assert [[file[name] for name in counts] for file in report["files"]] == [
        ["gb18030", "comma", 2, 1, 1, 0],
        ["utf-8", "pipe", 1, 1, 0, 1],
    ]
    assert [report[name] for name in ("rows_in", "accepted", "rejected", "repaired_values")] == [3, 2, 1, 1]
    first = report["files"][0]
    path = insurance.path(first["name"])
    assert (first["sha256"], first["bytes"]) == (file_digest(path), path.stat().st_size)


def test_unchanged_files_are_not_read_again(insurance, monkeypatch):
    insurance.delivers(lines([settlement(1)]))
    before = insurance.ingested().report
    monkeypatch.setattr("pipelines.ingest.extract._read_extract", lambda *_: pytest.fail("read again"))
    assert insurance.ingested().report == before


def test_what_is_started_beside_reading_is_not_started_where_nothing_is_read(insurance):
    insurance.delivers(lines([settlement(1)]))
    started = []
    for _ in range(2):
        ingest(
            insurance.contract, insurance.month, insurance.landing, insurance.lake, lambda: started.append(1)
        )
    assert started == [1]


@pytest.mark.parametrize("change", ["content", "name", "another file", "secret"])
def test_anything_that_changes_the_outcome_is_read_again(insurance, monkeypatch, change):
    insurance.delivers(lines([settlement(1)]))
    insurance.ingested()
    if change == "content":
        insurance.delivers(lines([settlement(2)]))
    elif change == "name":
        insurance.path(insurance.name()).rename(insurance.path(insurance.name(part="_b")))
    elif change == "another file":
        insurance.delivers(lines([settlement(2)]), part="_2")
    else:
        monkeypatch.setenv("HARDSHIP_SECRET", "another")
    reads = []
    monkeypatch.setattr("pipelines.ingest.extract.parts", lambda *given: reads.append(given) or iter(()))
    insurance.ingested()
    assert reads


def test_the_same_files_give_the_same_bytes(insurance, tmp_path):
    from pipelines.lake import Lake, content_digest

    monthly = [settlement(n, 个人现金支付="1.5万") for n in range(1, 40)] + [
        settlement(1),
        settlement(50, 证件号码="1"),
    ]
    insurance.delivers(lines(monthly))
    outcome = insurance.ingested()
    other = Lake(tmp_path / "other")
    other.root.mkdir()
    (other.root / ".secret").write_bytes((insurance.lake.root / ".secret").read_bytes())
    ingest(insurance.contract, MONTH, insurance.landing, other)
    assert content_digest(other.resolve(f"parquet/{insurance.extract}", MONTH)) == content_digest(
        outcome.folder
    )


def test_nothing_but_tables_and_the_report_stays_behind(insurance):
    insurance.delivers(lines([settlement(1)]))
    names = sorted(
        p.name for p in insurance.ingested().folder.iterdir() if not p.name.startswith(".revision")
    )
    assert names == ["rejected.parquet", "repairs.parquet", "report.json", "rows.parquet"]


SECRETS = [WEIZHI, SPOUSE, WEIZHI[6:14], "杨伟志", "兴华里"]


def test_no_id_or_name_is_in_the_report_the_log_or_the_terminal(insurance, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    rows = [
        settlement(n, 就诊ID=f"兴华里{n}", 证件号码=r)
        for n, r in enumerate((WEIZHI, WEIZHI[:17] + "9", "杨伟志"))
    ]
    insurance.delivers(lines([*rows, rows[0], settlement(9, 证件号码=f"{WEIZHI}、{SPOUSE}")]), part="_1")
    # A file whose header lies where names stand, and one whose name holds an ID.
    insurance.delivers(f"结算单号,证件号码,{WEIZHI}\nS1,{WEIZHI},杨伟志\n", part="_2")
    insurance.delivers(lines(rows).split("\n", 1)[1], part=f"_{SPOUSE}")
    outcome = insurance.ingested()
    seen = json.dumps(outcome.report, ensure_ascii=False) + caplog.text + "".join(capsys.readouterr())
    for secret in SECRETS:
        assert secret not in seen
    assert WEIZHI in str(outcome.rejected.rows())  # the restricted table has what the department needs


def test_an_error_inside_says_nothing_of_the_row_it_stumbled_on(insurance, monkeypatch):
    insurance.delivers(lines([settlement(1)]))
    report = insurance.ingested().report | {"rows_in": 5}
    with pytest.raises(AssertionError) as error:
        _check_conservation(report, insurance.ingested().folder)
    assert "rows in 5" in str(error.value)
    assert WEIZHI not in str(error.value)


def test_a_file_that_changes_while_it_is_read_is_not_trusted(insurance, monkeypatch):
    insurance.delivers(lines([settlement(1)]))
    path = insurance.path(insurance.name())
    from pipelines.ingest import extract

    whole = extract.delimited_table

    def growing(*arguments):
        table = whole(*arguments)
        path.write_bytes(path.read_bytes() + lines([settlement(2)]).split("\n")[1].encode())
        return table

    monkeypatch.setattr(extract, "delimited_table", growing)
    assert "changed while it was read" in insurance.ingested().problem


def test_a_failure_in_the_middle_leaves_the_last_good_state(insurance, monkeypatch):
    insurance.delivers(lines([settlement(1)]))
    before = insurance.ingested()
    insurance.delivers(lines([settlement(1), settlement(2)]))
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.ingest.extract.write_extract", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            insurance.ingested()
    assert before.rows.height == 1
    assert insurance.ingested().rows.height == 2


def test_every_file_no_contract_claims_is_named(insurance):
    contracts = load_extracts()
    insurance.delivers(lines([settlement(1)]))
    insurance.path("结算_202206.csv").write_text("x")
    insurance.path("医保结算明细_202205.csv").write_text("x")
    insurance.path("~$医保结算明细_202206.xlsx").write_text("x")
    insurance.path(".DS_Store").write_text("x")
    stranger = insurance.landing / str(MONTH) / "weather"
    stranger.mkdir()
    (stranger / "rain.csv").write_text("x")
    problems = unclaimed_files(contracts, MONTH, insurance.landing)
    assert [problem.file for problem in problems] == [
        "2022-06/medical_insurance/医保结算明细_202205.csv",
        "2022-06/medical_insurance/结算_202206.csv",
        "2022-06/weather/rain.csv",
    ]
    assert "医保结算明细_202206*" in problems[0].allowed


def test_a_link_out_of_the_landing_folder_is_not_followed(insurance, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text(lines([settlement(1)]))
    insurance.path(insurance.name()).symlink_to(outside)
    assert ingest(insurance.contract, MONTH, insurance.landing, insurance.lake) is None
    assert len(unclaimed_files([insurance.contract], MONTH, insurance.landing)) == 1


def test_every_header_and_synonym_of_every_contract_is_found_in_a_file(department):
    for extract in load_extracts():
        delivery = department(extract)
        from pipelines.ingest.header import find_header

        contract = delivery.contract
        depth = max(len(p.synonyms) for p in contract.properties)
        for number in range(depth + 1):
            row = [([p.header, *p.synonyms] * (depth + 1))[number] for p in contract.properties]
            header = find_header([row], contract)
            assert header is not None
            assert header.missing(contract) == [], (extract, row)


def test_headers_of_the_settlements_stand_as_the_tests_write_them(insurance):
    assert [p.header for p in insurance.contract.properties] == HEADERS

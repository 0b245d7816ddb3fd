"""One extract of one month: its files read by the contract into rows, rejected rows, repairs and a report."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipelines.arrival import note_arrivals
from pipelines.contract import Contract
from pipelines.ingest.archives import Part, parts
from pipelines.ingest.columns import Reading, reading
from pipelines.ingest.delimited import delimited_table
from pipelines.ingest.duplicates import superfluous, suspects
from pipelines.ingest.known import Known, known_before
from pipelines.ingest.landing import Delivered, delivered_bytes, delivered_files, replaced_by
from pipelines.ingest.lost_digits import refuse_lost_digits
from pipelines.ingest.names import settled_names
from pipelines.ingest.pieces import Aside, Piece, picked, read_piece, write_extract
from pipelines.ingest.places import load_places
from pipelines.ingest.promised import as_promised
from pipelines.ingest.recognise import PAGE, WORKBOOK, Unreadable
from pipelines.ingest.report import counts, extract_report, file_report
from pipelines.ingest.rows import Batch, raw_json, read_batch
from pipelines.ingest.table import Table
from pipelines.ingest.values import CONFIRMED
from pipelines.ingest.web_page import page_table
from pipelines.ingest.workbook import workbook_tables
from pipelines.lake import Lake, code_digest, file_digest, file_digests
from pipelines.month import Month
from pipelines.password import password_of
from pipelines.reference import REFERENCE

_SAMPLE = 100  # cells that decide which form of dates is the fast one
_MOST_MISFITS = 0.01
_MOST_OTHERS = 100_000  # rows that wait to be looked at more closely


def ingest(
    contract: Contract,
    month: Month,
    landing: Path,
    lake: Lake,
    at_work: Callable[[], None] = lambda: None,
) -> dict | None:
    """Reads what a department delivered of one extract for a month into `parquet/<extract>`.

    Returns the content of report.json; None when nothing arrived. A file that cannot be read never
    raises: the report's status is then "unreadable" and says why in words. Nothing is done when the
    partition was made from the same files, contract and code; `at_work` is called when there is.
    """
    table = f"parquet/{contract.id}"
    is_new = lake.resolve(table, month) is None
    if is_new and delivered_bytes(contract, month, landing):
        at_work()  # at once: of large files it takes a while to know which they are
    files = delivered_files(contract, month, landing)
    if not files:
        return None
    note_arrivals(contract.id, month, {file.sha256: file.path for file in files}, lake)
    known = known_before(contract, month, landing, lake)
    inputs = {
        "files": {file.name: file.sha256 for file in files},
        "contract": file_digest(contract.document.path),
        "code": code_digest("ingest"),
        **known.inputs(),
        "reference": file_digests(REFERENCE, "*.csv"),
        # Keys depend on the secret; its fingerprint tells when it changed.
        "secret": hmac.new(lake.secret(), b"fingerprint", hashlib.sha256).hexdigest()[:16],
    }
    if lake.is_current(table, month, inputs):
        return json.loads((lake.resolve(table, month) / "report.json").read_text(encoding="utf-8"))
    if not is_new:
        at_work()
    with lake.write(table, month, inputs) as folder:
        report = _read_extract(contract, month, files, folder, lake.secret(), known)
        (folder / "report.json").write_text(
            json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return report


def _read_extract(
    contract: Contract, month: Month, files: list[Delivered], folder: Path, secret: bytes, known: Known
) -> dict:
    work = folder / ".work"
    work.mkdir(mode=0o700)
    constants = {"extract": contract.id, "month": month.start}
    aside = Aside(work)
    pieces: dict[str, list[Piece]] = {}
    problems: dict[str, str] = {}
    first_of: dict[str, str] = {}
    for file in files:
        if first_of.setdefault(file.sha256, file.name) != file.name:
            continue  # the same file sent again counts once
        if replaced_by(file, files):
            continue
        try:
            folder_of_file = work / f"{len(first_of):05d}"
            pieces[file.name] = _read_file(contract, file, folder_of_file, aside, constants, secret, known)
        except Unreadable as error:
            problems[file.name] = str(error)
    whole = [piece for found in pieces.values() for piece in found]
    repeated = _repeated(whole, contract)
    write_extract(
        whole, repeated.with_columns(pl.lit(v).alias(k) for k, v in constants.items()), folder, contract
    )
    shutil.rmtree(work)
    repairs = counts(folder / "repairs.parquet", "file")
    entries = [
        file_report(
            file,
            pieces.get(file.name, []),
            contract,
            repairs,
            problems.get(file.name),
            first_of[file.sha256],
            replaced_by(file, files),
        )
        for file in files
    ]
    report = extract_report(contract, month, entries, folder)
    _check_conservation(report, folder)
    return report


def _read_file(
    contract: Contract,
    file: Delivered,
    work: Path,
    aside: Aside,
    constants: dict,
    secret: bytes,
    known: Known,
) -> list[Piece]:
    """One piece for each table of the file; raises Unreadable, and then nothing of it counts."""
    before = file.path.stat()
    work.mkdir()
    # What was packed is read from its copy, which stays until repeated rows have been looked up.
    password = password_for(contract, file.town)
    tables = [
        table
        for number, part in enumerate(parts(file.path, file.name, work, password))
        for table in tables_of(part, contract, work / f"{number}.cells")
    ]
    pieces = [
        read_piece(
            table, batches_of(table, contract, secret, known), aside, constants, contract, file.correction
        )
        for table in tables
    ]
    after = file.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Unreadable(
            "文件在读取时被修改 / the file changed while it was read. Run again when it has arrived."
        )
    if not sum(piece.rows_in for piece in pieces) and _must_have_rows(contract):
        raise Unreadable(
            "只有表头没有数据 / a header and no row below it. Ask the department to export it again."
        )
    return pieces


def password_for(contract: Contract, town: str | None) -> str | None:
    """The password that a form comes back with; nobody else's files have one of ours."""
    return password_of(town) if contract.form.get("prefilled") else None


def tables_of(part: Part, contract: Contract, aside: Path) -> list[Table]:
    """The tables in one table file, by the form that `recognise` told; cells may be laid beside `aside`."""
    if part.form == WORKBOOK:
        return workbook_tables(part.path, part.name, contract, aside)
    if part.form == PAGE:
        return [page_table(part.path, part.name, contract)]
    return [delimited_table(part.path, part.name, contract)]


def _must_have_rows(contract: Contract) -> bool:
    return any(
        q.metric == "rowCount" and q.severity == "error" and q.bounds.get("mustBeGreaterThan") is not None
        for q in contract.quality
    )


def batches_of(table: Table, contract: Contract, secret: bytes, known: Known) -> Iterator[Batch]:
    """A table's rows read by the contract; can be asked for again.

    Rows that are not wholly as promised come together, behind those that are.
    """
    others: list[pl.DataFrame] = []
    readings: list[Reading] = []
    for number, raw in enumerate(table.batches()):
        if not readings:
            readings = _readings(table, contract, raw, known)
        if number == 0:
            refuse_lost_digits(raw, readings)
        promised, other = as_promised(raw, readings, contract, secret)
        yield promised
        others.append(other)
        if other.height > _MOST_MISFITS * raw.height:
            readings = []  # the next rows may be written in another way
        if sum(rows.height for rows in others) > _MOST_OTHERS:
            yield _closely_read(others, table, contract, secret, known)
            others = []
    if any(rows.height for rows in others):
        yield _closely_read(others, table, contract, secret, known)


def _closely_read(
    rows: list[pl.DataFrame], table: Table, contract: Contract, secret: bytes, known: Known
) -> Batch:
    raw = settled_names(pl.concat(rows), table.header)
    return read_batch(raw, table.header, _readings(table, contract, raw, known), contract, secret)


def _readings(table: Table, contract: Contract, raw: pl.DataFrame, known: Known) -> list[Reading]:
    # Registers say who exists: only a resident ID makes a person there.
    documents = not contract.keeps_identity
    order = {p.name: rank for rank, p in enumerate(contract.properties)}
    columns = sorted(table.header.columns, key=lambda column: order[column.property.name])
    places = load_places()
    return [
        reading(
            c,
            places,
            documents=documents,
            sample=_sample(raw[f"c{c.index}"]),
            epoch=table.epoch,
            aliases=known.aliases,
            households=known.households,
        )
        for c in columns
    ]


def _sample(cells: pl.Series) -> list[str]:
    return cells.filter(cells != "").head(_SAMPLE).to_list()


def _repeated(pieces: list[Piece], contract: Contract) -> pl.DataFrame:
    """Marks repeated rows in the pieces as dropped; returns their entries for rejected.parquet."""
    chosen = suspects([piece.hashes for piece in pieces]) if pieces else []
    rows = [
        picked(piece, numbers).with_columns(piece=pl.lit(index), correction=_rank(piece))
        for index, (piece, numbers) in enumerate(zip(pieces, chosen, strict=True))
        if len(numbers)
    ]
    if not rows:
        return pl.DataFrame()
    repeated = superfluous(pl.concat(rows), contract)
    entries = [pl.DataFrame()]
    for (index,), found in repeated.partition_by("piece", as_dict=True).items():
        piece = pieces[index]
        piece.dropped = found["number"].sort()
        piece.accepted -= found.height
        piece.rejected += found.height
        found = found.sort("line")
        raw = piece.table.rows_at(found["line"].to_list())  # read again: rows that repeat are few
        entries.append(found.with_columns(raw_json(raw, piece.table.header)))
    entries = pl.concat(entries[1:])
    return entries.rename({"source": "file"}).with_columns(also=pl.lit(None, pl.String))


def _rank(piece: Piece) -> pl.Expr:
    """Its correction's number; a row under a number that was confirmed to be an old one gives way to all."""
    repairs = [kept() for kept in piece.kept["repairs"]]
    confirmed = [rows.filter(pl.col("action") == CONFIRMED)["line"] for rows in repairs]
    lines = pl.concat([pl.Series(dtype=pl.Int32), *confirmed])
    return pl.when(pl.col("line").is_in(lines.implode())).then(-1).otherwise(piece.correction)


def _check_conservation(report: dict, folder: Path) -> None:
    written = {kind: pq.read_metadata(folder / f"{kind}.parquet").num_rows for kind in ("rows", "rejected")}
    counted = {"rows": report["accepted"], "rejected": report["rejected"]}
    if written != counted or report["rows_in"] != sum(written.values()):
        raise AssertionError(
            f"{report['extract']} {report['month']}: rows in {report['rows_in']}, "
            f"counted {counted}, written {written}"
        )

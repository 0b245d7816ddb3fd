"""Lines that are split before they are decoded are the rows that they are when decoded as a whole."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.city.synthesis import synthesize
from pipelines.contract import load_extracts
from pipelines.ingest import delimited, encoding
from pipelines.ingest.delimited import delimited_table
from pipelines.ingest.landing import delivered_files
from pipelines.ingest.recognise import TEXT, Unreadable, recognise
from pipelines.ingest.split import split_chunk
from pipelines.ingest.table import BROKEN
from tests.pipelines.ingest.delivering import HEADERS, MONTH, SETTLEMENTS, lines, settlement

# 倈 and 亅 end with the bytes of a pipe and a bar as a letter does; 䶮 takes four bytes.
_CELL = st.text(st.sampled_from("aZ09 .-，。中住院倈亅䶮|;\"'\t"), max_size=6)


def read(path, contract):
    """All rows of a file in their order, or what makes it unreadable."""
    try:
        table = delimited_table(path, path.name, contract)
        rows = list(table.batches())
        return pl.concat(rows).sort("line") if rows else ""
    except Unreadable as error:
        return str(error)


def read_both_ways(path, contract):
    """The rows as they are read, and as they are when each chunk is decoded first."""
    split = read(path, contract)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "split_chunk", lambda *_: None)
        return split, read(path, contract)


def same(first, second):
    return first == second if isinstance(first, str) or isinstance(second, str) else first.equals(second)


@pytest.mark.parametrize("chunk", [encoding._CHUNK, 20_000])
def test_every_text_file_of_a_dirty_city_is_the_same_rows_either_way(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(encoding, "_CHUNK", chunk)
    synthesize(2_000, [MONTH], seed=5, landing=tmp_path / "landing", dirt=8.0, truth=tmp_path / "truth")
    split = []
    real = split_chunk
    monkeypatch.setattr(delimited, "split_chunk", lambda *given: split.append(real(*given)) or split[-1])
    for contract in load_extracts().values():
        for file in delivered_files(contract, MONTH, tmp_path / "landing"):
            if recognise(file.path) == TEXT:
                assert same(*read_both_ways(file.path, contract)), file.name
    assert any(found for found in split)
    assert any(len(found.odd) for found in split if found)


@given(
    st.lists(st.lists(_CELL, min_size=7, max_size=9), min_size=1, max_size=30),
    st.sampled_from(["|", ",", "\t", ";"]),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_whatever_stands_in_lines_they_are_the_same_rows_either_way(
    tmp_path_factory, rows, separator, end, data
):
    plain = [list(settlement(n).values()) for n in range(1, 400)]
    for row in rows:
        plain.insert(data.draw(st.integers(0, len(plain))), row)
    content = bytearray(
        end.join(separator.join(map(str, row)) for row in [HEADERS, *plain]).encode("gb18030")
    )
    for place in data.draw(st.lists(st.integers(200, len(content) - 1), max_size=2)):
        content[place] = data.draw(st.sampled_from([0x81, 0xFF, 0x0A, 0x0D, 0x22, 0x7C]))
    path = tmp_path_factory.mktemp("split") / "医保结算明细_202206.csv"
    path.write_bytes(bytes(content))
    assert same(*read_both_ways(path, load_extracts()[SETTLEMENTS]))


def test_a_line_that_is_broken_keeps_its_number_and_its_reason_among_those_that_are_split(tmp_path):
    rows = [settlement(n, 医疗类别="住院") for n in range(1, 101)]
    text = lines(rows).split("\n")
    text[50] += ",much"
    text[70:71] = text[70].split("住", 1)
    path = tmp_path / "医保结算明细_202206.csv"
    path.write_bytes("\n".join(text).encode("gb18030"))
    found, expected = read_both_ways(path, load_extracts()[SETTLEMENTS])
    assert found.equals(expected)
    broken = found.filter(pl.col(BROKEN).is_not_null()).select("line", BROKEN).rows()
    assert broken == [(51, "too_many_fields"), (71, "broken_line"), (72, "broken_line")]


def test_half_a_character_before_a_separator_splits_nothing():
    # 倈 is 0x82 0x7C: split at its second byte the line has one cell more, and nobody's cell is 0x82.
    assert split_chunk("倈|b\n".encode("gb18030"), "|", 3) is None
    assert split_chunk("a|b|倈\nc|d|e\n".encode("gb18030") * 40, "|", 3) is None
    found = split_chunk("a|b|中\nc|d|e\n".encode("gb18030") * 40, "|", 3)
    assert found.rows["c2"].unique().sort().to_list() == ["e", "中"]

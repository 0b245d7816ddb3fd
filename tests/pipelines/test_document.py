"""YAML documents: every key knows its line, and nothing is read twice or by half."""

from __future__ import annotations

import pytest

from pipelines.document import read_document
from pipelines.problem import HardshipError, Problems


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "rule.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_key_knows_the_line_it_stands_on(write):
    document = read_document(
        write("id: a\ndetection:\n  heavy: x >= 1\ntests:\n  - name: one\n    expect: match\n")
    )
    assert document.where("detection.heavy") == "line 3, key detection.heavy"
    assert document.where("tests[0].expect") == "line 6, key tests[0].expect"


def test_a_missing_key_is_placed_at_the_nearest_one_around_it(write):
    document = read_document(write("id: a\ntests:\n  - name: one\n  - name: two\n"))
    assert document.where("tests[1].profile.income") == "line 4, key tests[1].profile.income"
    assert document.where("nowhere") == "line 1, key nowhere"


def test_a_key_written_twice_is_refused_with_both_lines(write):
    with pytest.raises(Problems) as caught:
        read_document(write("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n"))
    assert str(caught.value).splitlines()[1:] == [
        "  - rule.yaml, line 5, key b.c: found the key a second time (first on line 3); "
        "allowed: each key once.",
        "  - rule.yaml, line 6, key a: found the key a second time (first on line 1); "
        "allowed: each key once.",
    ]


def test_bad_syntax_is_refused_with_line_and_column(write):
    with pytest.raises(Problems, match=r"rule\.yaml, line 3, column \d+: found .* allowed: valid YAML"):
        read_document(write("a: 1\nb: [1, 2\nc: 3\n"))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "only words\n", "# a comment\n"])
def test_a_file_without_keys_is_refused(write, text):
    with pytest.raises(Problems, match=r"rule\.yaml, line 1: found no mapping"):
        read_document(write(text))


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path):
    path = tmp_path / "rule.yaml"
    path.write_bytes("title: 低保".encode("gb18030"))
    with pytest.raises(HardshipError, match=r"rule\.yaml"):
        read_document(path)


def test_a_day_that_does_not_exist_is_refused(write):
    with pytest.raises(HardshipError, match=r"rule\.yaml"):
        read_document(write("values: {2022-02-30: 1160}\n"))


def test_no_object_is_made_from_a_tag(write):
    with pytest.raises(HardshipError, match=r"rule\.yaml"):
        read_document(write("a: !!python/object/apply:os.getcwd []\n"))

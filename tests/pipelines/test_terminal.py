"""What a terminal shows, what a file or a script gets instead, and what stands in both."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app, terminal
from pipelines.plain import cut, table

ROOT = Path(__file__).parent.parent.parent
ESCAPE = "\x1b["


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What the command shows on a real terminal."""
    mine, its = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *arguments], cwd=ROOT, stdout=its, stderr=its,
        env={**os.environ, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(its)
    shown = b""
    while True:
        try:
            block = os.read(mine, 65536)
        except OSError:  # the other end has closed
            break
        if not block:
            break
        shown += block
    done.wait()
    os.close(mine)
    return shown.decode()


def places(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_colours_stand_on_a_terminal_and_not_where_somebody_asked_for_none():
    told = on_a_terminal("rules", "test", "--rule", "disability", NO_COLOR="")
    assert ESCAPE in told and "0 failed" in told
    assert ESCAPE not in on_a_terminal("rules", "test", "--rule", "disability", NO_COLOR="1")


def test_a_file_gets_no_colours():
    done = CliRunner().invoke(app, ["rules", "test", "--rule", "disability"])
    assert ESCAPE not in done.stdout and "0 failed" in done.stdout


def test_a_table_is_no_wider_than_the_terminal_and_keeps_the_ids_whole(monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    lines = CliRunner().invoke(app, ["rules", "list"]).stdout.splitlines()
    assert max(map(places, lines)) <= 90
    assert any(line.startswith("heavy_medical_spending ") for line in lines)
    assert any("…" in line for line in lines)


def test_a_file_gets_whole_tables(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = CliRunner().invoke(app, ["rules", "list"]).stdout.splitlines()
    assert not any("…" in line for line in lines)


def test_chinese_is_cut_between_characters_and_stays_straight():
    assert cut("医疗负担沉重", 8) == "医疗负…"
    assert cut("医疗", 4) == "医疗"
    lines = table(["名称", "n"], [["医疗负担沉重的家庭户数", 1], ["残疾", 12]], width=14)
    assert {places(line) for line in lines} == {14}


def test_figures_are_never_cut():
    lines = table(["text", "figure"], [["x" * 60, 1_234_567]], width=20)
    assert lines[2].endswith("1,234,567")


@pytest.mark.parametrize(
    "arguments",
    [
        ["rules", "list"],
        ["rules", "lint"],
        ["rules", "test", "--rule", "disability"],
        ["status", "--month", "2022-06"],
        ["conflicts", "--month", "2022-06"],
    ],
    ids=" ".join,
)
def test_scripts_get_json_that_can_be_read(tmp_path, arguments):
    done = CliRunner().invoke(
        app, ["--lake", str(tmp_path), "--landing", str(tmp_path), *arguments, "--json"]
    )
    assert done.exit_code == 0
    assert json.loads(done.stdout)


def test_long_work_shows_that_it_goes_on_and_leaves_no_trace(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(terminal, "_SILENT_SECONDS", 0)
    with terminal.alive() as say:
        time.sleep(1.2)
        say("link      done")
    printed = capsys.readouterr()
    assert printed.out == "link      done\n"
    assert "... 0:01" in printed.err
    assert printed.err.endswith("\r\x1b[K")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_completion_script_for_the_command(shell):
    # typer would look for the shell that started the tests: there is none where a schedule did.
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    told = on_a_terminal("--show-completion", shell, **named)
    assert "hardship" in told and "_HARDSHIP_COMPLETE" in told


def test_the_completion_script_is_answered_with_the_commands():
    words = {"_HARDSHIP_COMPLETE": "complete_bash", "COMP_WORDS": "hardship s", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli"], cwd=ROOT, env={**os.environ, **words}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["status", "sql", "synthesize"]

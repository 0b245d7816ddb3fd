"""Kills whole months at random points, at least fifty times: `python -m tests.faults.soak [KILLS] [SEED]`."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from pipelines.lake import Lake
from tests.faults.disturbing import copy_of, finish, kill_after, lay, state

KILLS_OF_ONE_LAKE = 10


def soak(kills: int, seed: int) -> None:
    """Raises AssertionError at the first lake that is damaged or ends otherwise than undisturbed."""
    chance = random.Random(seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        landed = Path(folder) / "undisturbed"
        lay(landed)
        seconds = finish(landed, "--whole")
        expected = state(landed)
        print(f"undisturbed: {seconds:.0f} s, {len(expected)} partitions")
        killed = rounds = 0
        while killed < kills:
            rounds += 1
            root = copy_of(landed, Path(folder) / f"lake{rounds}")
            for _ in range(KILLS_OF_ONE_LAKE):
                # What is left to do shrinks; so do the times at which it is killed.
                done = len(state(root)) / len(expected) if (root / "lake").exists() else 0.0
                killed += kill_after(root, chance.uniform(0.5, 2 + seconds * (1 - done)), "--whole")
                found = state(root)
                wrong = {name for name, digest in found.items() if expected.get(name) != digest}
                assert not wrong, f"after {killed} kills: {sorted(wrong)}"
                if killed >= kills:
                    break
            finish(root, "--whole")
            assert state(root) == expected, f"round {rounds} ended otherwise"
            removed = len(Lake(root / "lake").tidy())
            assert state(root) == expected, f"tidying after round {rounds} took too much"
            print(
                f"round {rounds}: {killed} of {kills} kills, same bytes at the end, {removed} rests removed, "
                f"{time.monotonic() - began:.0f} s",
                flush=True,
            )
    print(f"{killed} passed, 0 failed")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:3]]
    soak(*(given + [50, 1][len(given) :]))

"""Start: imports Great Expectations quietly, and without what none of our checks ever calls."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
import threading
import types
from pathlib import Path

# Drawings and statistical tests of expectations that no contract can ask for: a third of the three CPU
# seconds of the import, which every process that validates pays. Whoever uses them gets the real ones.
_NEVER_CALLED = ("altair", "scipy.stats")
# Sources of data, expectations and metrics that no contract can ask for, made as their modules are read: half
# of what is left. They are not to be had in this process. Modules by folder, and those of them that stay.
_NEVER_USED = (
    ("datasource/fluent/*_datasource.py", {"sql_datasource", "invalid_datasource"}),
    (
        "expectations/core/expect_*.py",
        {
            "expect_column_max_to_be_between", "expect_column_values_to_be_between",
            "expect_column_values_to_be_in_set", "expect_column_values_to_not_be_null",
            "expect_table_columns_to_match_ordered_list", "expect_table_row_count_to_be_between",
            "expect_table_row_count_to_equal",
        },
    ),
    ("expectations/metrics/*column_*_metrics/*.py", {"__init__", "column_max"}),
)  # fmt: skip


_starting = threading.Lock()


def start_beside() -> None:
    """Starts it in a thread, for whoever has files to read first; `start_great_expectations` waits for it."""
    if "great_expectations" not in sys.modules:
        threading.Thread(target=start_great_expectations).start()


def start_great_expectations() -> None:
    """To be called before anything is imported from it; repeated calls do nothing."""
    with _starting:
        if "great_expectations" in sys.modules:
            return
        os.environ["GX_ANALYTICS_ENABLED"] = "false"  # it reports its use over the network unless told not to
        for name in _NEVER_CALLED:
            if name not in sys.modules:
                _import_when_used(name)
        _leave_out()
        is_collecting = gc.isenabled()
        gc.disable()  # all that an import makes stays: looking through it for garbage takes another fifth
        try:
            importlib.import_module("great_expectations")
            importlib.import_module("duckdb_sqlalchemy")  # by which it asks the engine
            gc.freeze()  # and two or three times a quarter of a second later on
        finally:
            if is_collecting:
                gc.enable()


def _import_when_used(name: str) -> None:
    stand_in = types.ModuleType(name)

    def real(attribute: str) -> object:
        if attribute.startswith("__") and attribute != "__path__":
            raise AttributeError(attribute)  # whoever looks through all modules does not mean this one
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    stand_in.__getattr__ = real
    sys.modules[name] = stand_in
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(importlib.import_module(parent), child, stand_in)


def _leave_out() -> None:
    """Each of those modules has, under whatever name is asked for, a class that nothing is an instance of."""
    (folder,) = map(Path, importlib.util.find_spec("great_expectations").submodule_search_locations)
    for pattern, staying in _NEVER_USED:
        for path in folder.glob(pattern):
            if path.stem not in staying:
                name = ".".join(("great_expectations", *path.relative_to(folder).with_suffix("").parts))
                stand_in = types.ModuleType(name)
                stand_in.__getattr__ = _nothing
                sys.modules[name] = stand_in


def _nothing(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})

"""Default promises: what is asked of every extract whose contract does not say otherwise."""

from __future__ import annotations

from pipelines.contract import Quality

# What holds of every extract whose contract does not state the check itself. A contract that does,
# by the check's name, replaces all defaults of that name.
DEFAULT_PROMISES = (
    Quality(
        id="rejected_share",
        description="More rows set aside than this, and what is left speaks for too few people.",
        severity="error",
        check="rejected_share",
        arguments={"maximum": 0.2, "minimumRows": 30},
    ),
    Quality(
        id="rejected_share_warning",
        description="More rows set aside than usual: worth a word with the department.",
        severity="warning",
        check="rejected_share",
        arguments={"maximum": 0.02},
    ),
    Quality(
        id="unreadable_files",
        # Warning suits an extract whose absence proves nothing: the other files are used then.
        description="A file that could not be read hides people: absent would be read as untroubled.",
        severity="error",
        check="unreadable_files",
    ),
    Quality(
        id="unit_drift",
        description="Amounts a hundred times larger or smaller than in recent months are in another unit.",
        severity="error",
        check="unit_drift",
        arguments={"maximumFactor": 100},
    ),
    Quality(
        id="file_of_an_earlier_month",
        # A short roll may truly stay as it was; minimumRows says from where that is past belief.
        description="A file with the very bytes of an earlier month's says nothing of this month.",
        severity="error",
        check="file_of_an_earlier_month",
        arguments={"minimumRows": 100},
    ),
    Quality(
        id="towns_missing",
        description="A town that had rows in each of the last months and has none now was left out.",
        severity="warning",
        check="towns_missing",
        arguments={"minimumRows": 5},
    ),
    Quality(
        id="overlap_with_last_month",
        description="A roll of other people than last month's is another roll, or its IDs are spoilt.",
        severity="error",
        check="overlap_with_last_month",
        arguments={"minimumShare": 0.2, "minimumRows": 30},
    ),
    Quality(
        id="overlap_with_last_month_warning",
        description="Rolls change by a few in a hundred a month: a word with the department.",
        severity="warning",
        check="overlap_with_last_month",
        arguments={"minimumShare": 0.7, "minimumRows": 30},
    ),
)

"""Households: who lives with whom, and what registers, school, insurance and money say of each resident."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.contract import Contract
from pipelines.database import Database, read_by
from pipelines.delivery import Delivery
from pipelines.lake import Lake
from pipelines.link.fold import lay_out_state
from pipelines.link.inputs import inputs_of
from pipelines.link.sources import lay_out_registers, lay_out_sources, months_of_registers
from pipelines.link.step import Step, broken_grain, take
from pipelines.link.words import lay_out_words
from pipelines.month import Month

TABLE = "households"

STEPS = (
    Step(
        (
            "departures", "residents", "people_before", "resident_money", "earners", "spouses",
            "guardianships", "parent_claims", "dependants", "co_parents", "register_groups", "joined_groups",
            "living_together", "household_numbers", "deceased", "members",
        ),
        ("household_links", "members"),
        (
            "people_before", "earners", "spouses", "guardianships", "parent_claims", "dependants",
            "co_parents", "register_groups", "joined_groups", "living_together", "household_numbers",
        ),
    ),
    Step(
        ("resident_fees", "household_deaths", "household_conflicts"),
        ("household_deaths", "household_conflicts", "placed"),
    ),
)  # fmt: skip


def place_households(
    contracts: Mapping[str, Contract], deliveries: list[Delivery], month: Month, lake: Lake, folded: dict
) -> str:
    """Writes the lake table `households` of the month; returns its content hash.

    Only the extracts that its SQL reads are laid out and are its inputs: when another one comes late, who
    lives with whom stays as it was found. `folded` are the inputs of the folds that it reads.
    """
    read = read_by(name for step in STEPS for name in (*step.computed, *step.written))
    contracts = {name: contract for name, contract in contracts.items() if name in read}
    deliveries = [item for item in deliveries if item.extract in read]
    inputs = inputs_of(contracts, deliveries, month, lake) | folded
    if not lake.is_current(TABLE, month, inputs):
        with Database() as database, lake.write(TABLE, month, inputs) as folder:
            lay_out_sources(database, contracts, deliveries, month, lake)
            before = months_of_registers(contracts, month, lake)
            lay_out_registers(database, contracts, [*before[-1:], month], month, lake)
            lay_out_words(database, contracts)
            lay_out_state(database, month, lake)
            take(STEPS, database, folder)
            _check_everybody_is_placed(database)
    return lake.digest(TABLE, month)


def _check_everybody_is_placed(database: Database) -> None:
    """Every resident is in exactly one household."""
    # Keys are random: as many with the same sum are the same, which counting the distinct ones would say
    # at twenty times the cost.
    all_keys = "select count(*), sum(resident_key) from"
    residents = database.values(f"{all_keys} residents")
    placed = database.values(f"{all_keys} members where is_alive")
    if residents != placed:
        raise broken_grain(f"{residents[0]} residents but {placed[0]} placed, or others")

"""Customers on the way to a sterner sequence: somebody should talk to them before the tone changes."""

from collections.abc import Iterator
from math import inf

from remindr.model.classification import Classification
from remindr.model.plan import Flag
from remindr.model.policy import Policy, Sequence
from remindr.model.terms import Level

MOVING = "moving"


def moving_flags(policy: Policy, classification: Classification) -> Iterator[Flag]:
    """A flag if the facts at T ask for a sterner sequence than the one in force."""
    goal = classification.moving_to
    if goal is None:
        return
    here, there = map(policy.sequence_of, (classification.segment, goal))
    if sternness(there) < sternness(here):
        detail = f"moving {classification.segment} → {goal}, next review {classification.next_review}"
        yield Flag(MOVING, classification.customer_id, detail)


def sternness(sequence: Sequence) -> tuple[float, float]:
    """How many days after due a sequence first speaks firmly, and formally; smaller is sterner."""
    return _first_day(sequence, Level.FIRM), _first_day(sequence, Level.FORMAL)


def _first_day(sequence: Sequence, level: Level) -> float:
    return min((step.at.offset for step in sequence.steps if step.level >= level), default=inf)

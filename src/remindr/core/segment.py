"""First match wins: facts about a customer → segment, traits, flags, and the evidence for them."""

from dataclasses import dataclass
from datetime import date

from remindr.core.review import next_review
from remindr.core.rules import Facts, Test, compile_rule, evidence
from remindr.model.classification import Classification, Evidence, Reviewed
from remindr.model.policy import Policy, Segment
from remindr.model.rule import Rule


@dataclass(frozen=True, slots=True)
class _Compiled:
    name: str
    test: Test | None  # None takes everybody


class Classifier:
    """A policy's segments, traits and flags, ready to judge customers one by one."""

    def __init__(self, policy: Policy) -> None:
        project = policy.project
        self._project = project
        self._traits: dict[str, Rule] = dict(project.traits)
        self._segments = [_Compiled(segment.name, self._compile(segment.when)) for segment in project.segments]
        self._trait_tests = {name: compile_rule(rule, self._traits) for name, rule in self._traits.items()}
        self._flag_tests = {name: compile_rule(flag.when, self._traits) for name, flag in project.flags.items()}

    def _compile(self, rule: Rule | None) -> Test | None:
        return None if rule is None else compile_rule(rule, self._traits)

    def classify(self, customer_id: str, facts: Facts, today: date, reviewed: Reviewed | None = None) -> Classification:
        """The customer's segment at `today`: a person's override, else what the reviews found.

        Without a review yet it is the first rule that passes now.
        """
        traits = tuple(name for name, test in self._trait_tests.items() if test(facts) is True)
        override = self._project.overrides.get(customer_id)
        if override is not None and (override.until is None or today <= override.until):
            return Classification(customer_id, override.segment, traits, today, override=override.reason)
        now, then = self.answer(facts), next_review(today, self._project.review.every)
        if reviewed is None:
            return Classification(customer_id, now, traits, today, next_review=then)
        moving_to = None if now == reviewed.segment else now
        return Classification(customer_id, reviewed.segment, traits, reviewed.on, moving_to, then, since=reviewed.since)

    def answer(self, facts: Facts) -> str:
        """The first segment whose rule passes on these facts, whatever reviews or people say."""
        for segment in self._segments:
            if segment.test is None or segment.test(facts) is True:
                return segment.name
        raise LookupError("no segment took the customer, although the last one takes everybody")

    def flags(self, classification: Classification, facts: Facts) -> tuple[str, ...]:
        """The names of the flags that this customer raises."""
        if not self._flag_tests:
            return ()
        seen = {**facts, "segment": classification.segment}
        return tuple(name for name, test in self._flag_tests.items() if test(seen) is True)

    def because(self, classification: Classification, facts: Facts) -> tuple[Evidence, ...]:
        """Every test tried on the way to the segment, in order; empty where a person decided.

        `facts` are those of the review that decided.
        """
        if classification.override is not None:
            return ()
        told: list[Evidence] = []
        for segment in self._project.segments:
            told += self._tell(segment, facts)
            if segment.name == classification.segment:
                break
        return tuple(told)

    def tell_flag(self, name: str, classification: Classification, facts: Facts) -> tuple[Evidence, ...]:
        """The tests of a flag, with what they found."""
        seen = {**facts, "segment": classification.segment}
        return tuple(evidence(self._project.flags[name].when, seen, self._traits, name))

    def _tell(self, segment: Segment, facts: Facts) -> list[Evidence]:
        return [] if segment.when is None else list(evidence(segment.when, facts, self._traits, segment.name))

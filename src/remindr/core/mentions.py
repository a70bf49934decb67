"""Which metrics a policy asks for: the others need not be computed to make a plan."""

from collections.abc import Iterator, Mapping

from remindr.model.policy import Policy
from remindr.model.rule import Comparison, Rule, leaves


def mentioned_metrics(policy: Policy) -> frozenset[str] | None:
    """The names that rules of the policy test; None (all of them) if a template speaks of metrics."""
    if any("metrics" in source.text for source in policy.templates.values()):
        return None
    calls = policy.project.calls
    ranked = calls.first if calls.capacity is not None else ()
    tested = (leaf.metric for rule in _rules(policy) for leaf in leaves(rule) if isinstance(leaf, Comparison))
    return frozenset((*tested, *ranked, *policy.project.people_columns))


def deciding_metrics(policy: Policy) -> frozenset[str]:
    """The names that decide segments, with those of the traits that segment rules use."""
    traits = policy.project.traits
    return frozenset(
        name
        for segment in policy.project.segments
        if segment.when is not None
        for name in _tested(segment.when, traits)
    )


def _tested(rule: Rule, traits: Mapping[str, Rule]) -> Iterator[str]:
    for leaf in leaves(rule):
        if isinstance(leaf, Comparison):
            yield leaf.metric
        else:
            yield from _tested(traits[leaf.name], traits)


def _rules(policy: Policy) -> Iterator[Rule]:
    project = policy.project
    yield from (segment.when for segment in project.segments if segment.when is not None)
    for segment in project.segments:
        yield from (one.condition for one in segment.sequences if one.condition is not None)
    yield from project.traits.values()
    yield from (flag.when for flag in project.flags.values())
    for sequence in policy.sequences.values():
        for step in sequence.steps:
            if step.condition is not None:
                yield step.condition
            if step.sooner is not None:
                yield step.sooner.condition

from remindr.model.policy import Policy, Project, Sequence, TemplateSource
from remindr.project.doubts import doubts
from remindr.project.yaml import parse_yaml

SETTINGS = """version: 1
company:
  name: Acme
  email: accounts@acme.example
  currency: GBP
  timezone: Europe/London
sources:
  invoices: invoices.csv
segments:
"""
DEFAULT = "  - name: rest\n    default: true\n    sequence: gentle\n"
GENTLE = "name: gentle\nabout: x\ntone: x\nsteps:\n  - id: first\n    at: 3 days after due\n    by: email\n"


def doubted(
    *, segments: str = DEFAULT, sequence: str = GENTLE + "    level: friendly\n", templates: str = "", words: str = ""
) -> list[str]:
    settings = parse_yaml(SETTINGS + segments, "remindr.yaml")
    steps = parse_yaml(sequence, "sequences/gentle.yaml")
    policy = Policy(
        Project.model_validate(settings.data),
        {"gentle": Sequence.model_validate(steps.data)},
        {name: TemplateSource(name, f"templates/{name}.j2", words) for name in templates.split()},
    )
    return [f"{problem.place}: {problem.what}" for problem in doubts(policy, settings, {"gentle": steps})]


def test_ordinary_project_raises_no_doubts() -> None:
    assert doubted(templates="gentle/first.email gentle/any.call _parts/words _any/any.letter") == []


def test_more_than_six_segments_are_many() -> None:
    six = "".join(f"  - name: s{n}\n    when: due_invoices > {n}\n    sequence: gentle\n" for n in range(6))
    assert doubted(segments=six + DEFAULT) == ["remindr.yaml:28:5: 7 segments are more than people keep apart"]
    assert (
        doubted(segments=six.replace("  - name: s0\n    when: due_invoices > 0\n    sequence: gentle\n", "") + DEFAULT)
        == []
    )


def test_sequence_that_begins_formally_ought_to_ring() -> None:
    formal = GENTLE + "    level: formal\n"
    what = "sequences/gentle.yaml:8:12: the first word about overdue money is 'formal', and nobody rings"
    assert doubted(sequence=formal) == [what]
    ring = "  - id: ring\n    at: 9 days after due\n    by: call\n    also: letter\n    level: final\n"
    assert doubted(sequence=formal + ring) == []


def test_a_call_that_the_message_does_not_announce_is_doubted() -> None:
    hybrid = GENTLE + "    then: call\n    level: formal\n"
    assert doubted(sequence=hybrid, templates="gentle/first.email gentle/first.call") == [
        "sequences/gentle.yaml:8:11: 'first' announces a call, and templates/gentle/first.email.j2 does not say when"
    ]


def test_sequence_that_no_segment_uses_is_doubted() -> None:
    other = DEFAULT.replace("gentle", "steady")
    assert doubted(segments=other) == ["sequences/gentle.yaml:1:7: no segment uses the sequence 'gentle'"]


def test_template_that_no_step_uses_is_doubted() -> None:
    assert doubted(templates="gentle/second.email steady/first.email gentle/first.fax first.email") == [
        "templates/gentle/second.email.j2: no step uses this template",
        "templates/steady/first.email.j2: no step uses this template",
        "templates/gentle/first.fax.j2: no step uses this template",
        "templates/first.email.j2: no step uses this template",
    ]


LATE = DEFAULT + "late_payment:\n  interest: 9 %\n  starts_at: firm\n"
FIRM = GENTLE + "    level: firm\n"


def test_interest_that_no_step_asks_for_is_doubted() -> None:
    assert doubted(segments=LATE) == [
        "remindr.yaml:15:14: no step has the level 'firm' or a firmer one, so nobody is asked for interest"
    ]
    assert doubted(segments=LATE, sequence=FIRM) == []


def test_a_fee_for_a_level_that_no_step_has_is_doubted() -> None:
    fees = LATE + "  fees:\n    firm: 5\n    final: 40 GBP\n"
    what = "remindr.yaml:18:5: no step has the level 'final', so nobody is asked for this fee"
    assert doubted(segments=fees, sequence=FIRM) == [what]


def test_a_currency_of_the_project_without_a_fee_is_doubted() -> None:
    fees = LATE + "  fees:\n    firm: 5 EUR\n"
    assert doubted(segments=fees, sequence=FIRM) == [
        "remindr.yaml:17:11: invoices in GBP pay no fee at the level 'firm'"
    ]
    both = LATE + "  fees:\n    firm:\n      - 5\n      - 0 USD\ncurrencies:\n  USD: 0.8\n  EUR: 0.9\n"
    assert doubted(segments=both, sequence=FIRM) == [
        "remindr.yaml:18:7: invoices in EUR pay no fee at the level 'firm'"
    ]


def test_fees_by_the_size_of_the_debt_count_for_their_currency() -> None:
    fees = LATE + "  fees:\n    firm:\n      - 40 EUR\n      - from: 1,000 GBP\n        fee: 70 GBP\n"
    assert doubted(segments=fees + "currencies:\n  EUR: 0.9\n", sequence=FIRM) == []


def test_words_that_ask_for_the_total_without_interest_are_doubted() -> None:
    names = "gentle/first.email gentle/first.sms"
    assert doubted(segments=LATE, sequence=FIRM, templates=names, words="Subject: x\n\nPay {{ total }}.") == [
        "templates/gentle/first.email.j2:3:5: {{ total }} is without interest and fees"
    ]
    assert doubted(segments=LATE, sequence=FIRM, templates=names, words="Subject: x\n\nPay {{ to_pay }}.") == []
    assert doubted(sequence=FIRM, templates=names, words="Subject: x\n\nPay {{ total }}.") == []


def test_consumers_who_pay_what_businesses_pay_are_doubted_until_that_is_said() -> None:
    traits = LATE + "traits:\n  consumer: industry is private\n"
    what = "remindr.yaml:13:1: consumers are asked for the same interest and fees as businesses"
    assert doubted(segments=traits, sequence=FIRM) == [what]
    told = traits.replace("  starts_at", "  consumers: none\n  starts_at")
    assert doubted(segments=told, sequence=FIRM) == []
    theirs = traits.replace("  starts_at", "  consumers:\n    fees:\n      final: 5 GBP\n  starts_at")
    assert doubted(segments=theirs, sequence=FIRM) == [
        "remindr.yaml:17:7: no step has the level 'final', so nobody is asked for this fee"
    ]

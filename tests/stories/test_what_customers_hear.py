"""What a customer hears and when, told day by day: the rules of the schedule beyond the plain order of steps."""

from datetime import date, timedelta

from cases import FRIDAY, STEADY, contact, decide, invoice, only, policy, progress, said, silent

from remindr.model.policy import Policy
from remindr.model.terms import Level


def ago(days: int) -> date:
    return FRIDAY - timedelta(days)


def ahead(days: int) -> date:
    return FRIDAY + timedelta(days)


def steady(**sequence: str) -> Policy:
    """The steady sequence with other words on top of its steps."""
    made = policy()
    changed = made.sequences["steady"].model_copy(update=sequence)
    return Policy(made.project, {"steady": changed}, made.templates)


def test_an_old_debt_begins_with_the_first_step() -> None:
    decision = decide(invoice(due=ago(80)), policy=policy())
    assert said(decision) == ("first", ["INV-1"])


def test_entry_by_age_begins_where_the_debt_has_got_to() -> None:
    by_age = steady(entry="by_age")
    assert said(decide(invoice(due=ago(12)), policy=by_age)) == ("second", ["INV-1"])
    assert said(decide(invoice(due=ago(80)), policy=by_age)) == ("final", ["INV-1"])
    assert only(decide(invoice(due=ago(2)), policy=by_age)).next_contact == ahead(3)  # over the weekend


def repeating(times: int) -> Policy:
    written = {"steps": STEADY, "after_last": f"repeat final every 14 days, at most {times} times"}
    made = policy()
    again = type(made.sequences["steady"]).model_validate(
        {"name": "steady", "about": "for tests", "tone": "plain", **written}
    )
    return Policy(made.project, {"steady": again}, made.templates)


def test_after_the_last_step_a_person_is_asked() -> None:
    after = progress(contact("final", Level.FINAL, ago(20)))
    assert silent(decide(invoice(due=ago(60)), policy=policy(), after=after)) == {"INV-1": ["sequence_used_up"]}


def test_the_last_step_comes_again_as_often_as_written_and_no_more() -> None:
    owed = invoice(due=ago(90))
    once = progress(contact("final", Level.FINAL, ago(14)))
    decision = decide(owed, policy=repeating(2), after=once)
    assert said(decision) == ("final", ["INV-1"])
    assert decision.notice is not None
    assert decision.notice.invoices[0].repeat == 1
    assert decision.notice.why == ("INV-1 is 90 days past due: 'final' again (1 of 2), 14 days after the last",)
    too_soon = progress(contact("final", Level.FINAL, ago(10)))
    assert only(decide(owed, policy=repeating(2), after=too_soon)).next_contact == ahead(4)
    twice = progress(
        contact("final", Level.FINAL, ago(42)),
        contact("final", Level.FINAL, ago(28), repeat=1),
        contact("final", Level.FINAL, ago(14), repeat=2),
    )
    assert silent(decide(owed, policy=repeating(2), after=twice)) == {"INV-1": ["sequence_used_up"]}


def test_each_repeat_is_a_notice_of_its_own() -> None:
    owed, rule = invoice(due=ago(90)), repeating(2)
    first = decide(owed, policy=rule, after=progress(contact("final", Level.FINAL, ago(28)))).notice
    taken = progress(contact("final", Level.FINAL, ago(28)), contact("final", Level.FINAL, ago(14), repeat=1))
    second = decide(owed, policy=rule, after=taken).notice
    assert first
    assert second
    assert first.key != second.key


def test_debt_from_before_the_start_is_left_to_a_person() -> None:
    begun = policy(reminding={"start_from": "2026-10-01"})
    old, recent = invoice("OLD", due=date(2026, 9, 30)), invoice("NEW", due=date(2026, 10, 1))
    decision = decide(old, recent, policy=begun)
    assert said(decision) == ("first", ["NEW"])
    assert silent(decision) == {"OLD": ["before_start"]}


def test_a_start_does_not_silence_what_was_begun_before_it() -> None:
    begun = policy(reminding={"start_from": "2026-10-01"})
    after = progress(contact("first", Level.FRIENDLY, ago(30)))
    assert said(decide(invoice(due=date(2026, 9, 30)), policy=begun, after=after)) == ("second", ["INV-1"])


def test_a_renamed_step_is_not_sent_again() -> None:
    steps = [dict(step) for step in STEADY]
    steps[1] |= {"id": "nudge", "renamed_from": "first"}
    after = progress(contact("first", Level.FRIENDLY, ago(9)))
    assert said(decide(invoice(due=ago(12)), policy=policy(steps), after=after)) == ("second", ["INV-1"])


def test_a_renamed_sequence_goes_on_where_it_was() -> None:
    renamed = steady(renamed_from="patient")
    after = progress(contact("first", Level.FRIENDLY, ago(5), sequence="patient"))
    waiting = only(decide(invoice(due=ago(8)), policy=renamed, after=after))
    assert waiting.next_contact == ahead(3)  # a change of sequence would have waited for a week, until Monday
    assert waiting.step == "second"


CALM = [
    {"id": "hello", "at": "10 days after due", "by": "email", "level": "friendly"},
    {"id": "formal", "at": "40 days after due", "by": "email", "level": "formal"},
]


def by_amount() -> Policy:
    """Large invoices of a segment follow a sequence of their own."""
    both = [{"sequence": "calm", "if": "amount >= 5000"}, {"sequence": "steady"}]
    segments = [{"name": "everybody", "default": True, "sequences": both}]
    return policy(sequences={"calm": CALM, "steady": STEADY}, segments=segments)


def test_each_invoice_follows_the_sequence_that_fits_it() -> None:
    large, small = invoice("LARGE", due=ago(5), balance="9000"), invoice("SMALL", due=ago(5), balance="40")
    decision = decide(large, small, policy=by_amount())
    assert said(decision) == ("first", ["SMALL"])
    assert silent(decision) == {"LARGE": ["next_step_later"]}
    later = decide(large, policy=by_amount(), today=ahead(5))
    assert later.notice is not None
    assert (later.notice.sequence, later.notice.step, later.notice.tone) == ("calm", "hello", "plain")


def test_beside_a_formal_matter_no_heads_up_goes_out() -> None:
    formal = progress(contact("formal", Level.FORMAL, ago(3)))
    decision = decide(invoice(due=ago(22)), invoice("SOON", due=ahead(4)), policy=policy(), after=formal)
    assert silent(decision) == {"INV-1": ["next_step_later"], "SOON": ["rides_along"]}


def test_beside_a_formal_matter_a_friendly_step_rides_along() -> None:
    formal = progress(contact("formal", Level.FORMAL, ago(9)))
    fresh, serious = invoice("FRESH", due=ago(3)), invoice(due=ago(26))
    together = decide(serious, fresh, policy=policy(), after=formal)
    assert said(together) == ("final", ["INV-1"])
    assert together.notice is not None
    assert [line.invoice.id for line in together.notice.also_due] == ["FRESH"]


def test_a_friendly_step_that_could_not_ride_along_goes_by_itself_in_firm_words() -> None:
    formal = progress(contact("formal", Level.FORMAL, ago(5), respond_by=ahead(20)))
    serious = invoice(due=ago(22))
    waiting = decide(serious, invoice("FRESH", due=ago(3)), policy=policy(), after=formal)
    assert silent(waiting)["FRESH"] == ["rides_along"]
    alone = decide(serious, invoice("FRESH", due=ago(10)), policy=policy(), after=formal)
    assert alone.notice is not None
    assert (alone.notice.step, alone.notice.level) == ("second", Level.FIRM)
    assert [(line.invoice.id, line.step) for line in alone.notice.invoices] == [("FRESH", "first")]

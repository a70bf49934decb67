"""The starter set as its readers meet it: the bookkeeper who edits it, the customer who gets it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from remindr.core.compose import Composer
from remindr.core.templates import syntax_problem, undeclared
from remindr.model.book import Customer, Invoice
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import ChannelName, Line, Message, Notice
from remindr.model.policy import Policy, Project, Sequence, Step, TemplateSource
from remindr.model.terms import Level

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 20)
COUNTED_UNTIL = date(2026, 11, 19)
NAMES = ("welcome", "gentle", "steady", "firm")


def read_sequence(name: str) -> Sequence:
    return Sequence.model_validate(yaml.safe_load((ROOT / f"sequences/{name}.yaml").read_text(encoding="utf-8")))


def read_templates() -> dict[str, TemplateSource]:
    folder = ROOT / "templates"
    names = {path: path.relative_to(folder).as_posix().removesuffix(".j2") for path in folder.rglob("*.j2")}
    return {
        name: TemplateSource(name, f"templates/{name}.j2", path.read_text(encoding="utf-8"))
        for path, name in names.items()
    }


SEQUENCES = {name: read_sequence(name) for name in NAMES}
TEMPLATES = read_templates()
OURS = [name for name in TEMPLATES if name.partition("/")[0] in NAMES]
STEPS = [(name, step) for name, sequence in SEQUENCES.items() for step in sequence.steps]
OPTIONAL = {  # what a company may leave out
    "phone": "+44 20 7946 0018",
    "address": "7 Chandlers Wharf\nLondon SE1 9ZZ",
    "pay_link": "https://pay.harbourfinch.example/{invoice_id}",
    "how_to_pay": "By bank transfer to Harbour & Finch Ltd\nSort code 00-00-00, account 00000000",
}


def policy(**company: str) -> Policy:
    project = Project.model_validate(
        {
            "version": 1,
            "company": {
                "name": "Harbour & Finch Ltd",
                "email": "accounts@harbourfinch.example",
                "country": "GB",
                "currency": "GBP",
                "timezone": "Europe/London",
                **company,
            },
            "sources": {"invoices": "exports/invoices*.csv"},
            "segments": [{"name": "reliable", "default": True, "sequence": "gentle"}],
        }
    )
    return Policy(project, SEQUENCES, TEMPLATES)


def channels(step: Step) -> tuple[ChannelName, ...]:
    """Every way in which a step may have to speak: what it asks for, and what it falls back to."""
    if step.level >= Level.FORMAL:
        return ("email", "letter")
    asked: dict[str, tuple[ChannelName, ...]] = {
        "preferred": ("email", "letter", "sms", "call"),
        "call": ("call", "email", "letter"),
    }
    return asked.get(step.by, ("email", "letter"))


def line(number: str, step: Step, age: int, balance: str) -> Line:
    due = TODAY - timedelta(days=age)
    amount = Decimal(balance)
    invoice = Invoice(number, "00102", due - timedelta(days=30), due, amount, amount, "GBP")
    return Line(invoice, age, "gentle", step.id, int(step.level))


def notice(name: str, step: Step, channel: ChannelName, count: int = 1, traits: tuple[str, ...] = ()) -> Notice:
    age = step.at.offset if step.level else -2
    lines = [line("HF-4217", step, age, "1154.61"), line("HF-4230", step, age, "320"), line("HF-4236", step, age, "80")]
    return Notice(
        key="k",
        purpose="reminder",
        as_of=TODAY,
        customer=Customer("00102", "Kestrel Coffee Roasters Ltd", "accounts@kestrelcoffee.example"),
        segment="reliable",
        traits=traits,
        sequence=name,
        step=step.id,
        level=int(step.level),
        tone="warm",
        channels=(channel,),
        to="accounts@kestrelcoffee.example",
        invoices=tuple(lines[:count]),
        respond_by=TODAY + timedelta(days=step.respond_within.days) if step.respond_within else None,
        total={"GBP": sum((line.invoice.balance for line in lines[:count]), Decimal(0))},
    )


SEPTEMBER, LATEST = date(2026, 9, 30), date(2026, 12, 30)


def with_lines(to_send: Notice, number: str, due: date, balance: str = "1234567.89") -> Notice:
    """The notice with numbers, dates and amounts as long as they get."""
    changed = tuple(
        replace(one, invoice=replace(one.invoice, id=f"{number[:-1]}{place}", due_date=due, balance=Decimal(balance)))
        for place, one in enumerate(to_send.invoices)
    )
    return replace(to_send, invoices=changed, total={"GBP": Decimal(balance) * len(changed)})


TELLS_ALL = Composer(policy(**OPTIONAL), COUNTED_UNTIL)
TELLS_LITTLE = Composer(policy(), COUNTED_UNTIL)


def compose(to_send: Notice, composer: Composer = TELLS_ALL) -> Message:
    (message,) = composer.compose(to_send, {}, Progress())
    return message


def every_message(
    count: int = 1, traits: tuple[str, ...] = (), composer: Composer = TELLS_ALL
) -> Iterator[tuple[str, Step, Message]]:
    """What each step says on each of its channels."""
    for name, step in STEPS:
        for channel in channels(step):
            message = compose(notice(name, step, channel, count, traits), composer)
            yield f"{name}/{step.id}.{channel}", step, message


def said(message: Message) -> str:
    return f"{message.subject}\n{message.text}"


# For the bookkeeper


@pytest.mark.parametrize("name", NAMES)
def test_a_sequence_is_called_like_its_file(name: str) -> None:
    assert SEQUENCES[name].name == name


@pytest.mark.parametrize("name", NAMES)
def test_sequences_are_written_in_block_style(name: str) -> None:
    lines = (ROOT / f"sequences/{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if re.search(r"[{}\[\]\t]", line.partition("#")[0])]


@pytest.mark.parametrize("name", NAMES)
def test_a_sequence_warns_before_the_due_date_and_grows_firmer_after_it(name: str) -> None:
    steps = SEQUENCES[name].steps
    levels = [step.level for step in steps]
    assert levels[0] is Level.HEADS_UP
    assert steps[0].at.offset < 0
    assert levels == sorted(set(levels))
    assert [step.at.offset for step in steps] == sorted(step.at.offset for step in steps)


def test_reliable_customers_have_more_time_than_slow_ones_and_those_more_than_problem_accounts() -> None:
    def day(name: str, level: Level) -> int:
        return next(step.at.offset for step in SEQUENCES[name].steps if step.level is level)

    for level in (Level.FRIENDLY, Level.FORMAL):
        assert day("gentle", level) > day("steady", level) > day("firm", level)


def test_formal_steps_are_in_writing_with_a_date_and_final_ones_go_by_post_as_well() -> None:
    formal = [step for _, step in STEPS if step.level >= Level.FORMAL]
    assert all(step.by in ("email", "letter", "preferred") and step.respond_within for step in formal)
    assert all(step.also == "letter" for step in formal if step.level is Level.FINAL)


def test_slow_customers_and_problem_accounts_are_rung_before_anything_formal() -> None:
    for name in ("steady", "firm"):
        assert [step.level for step in SEQUENCES[name].steps if step.by == "call"] == [Level.FIRM]


def test_every_step_has_words_of_its_own_on_every_channel_it_may_take() -> None:
    wanted = {f"{name}/{step.id}.{channel}" for name, step in STEPS for channel in channels(step)}
    thanks = {f"{name}/thank-you.email" for name in NAMES}
    assert set(OURS) == {name for name in wanted if not name.endswith(".letter")} | thanks


@pytest.mark.parametrize("name", OURS)
def test_a_template_can_be_read_and_uses_only_what_messages_have(name: str) -> None:
    assert syntax_problem(TEMPLATES[name], TEMPLATES) is None
    assert undeclared(TEMPLATES[name]) == []


def test_every_message_about_overdue_money_can_ask_for_interest_and_fees() -> None:
    for name, step in STEPS:
        for channel in channels(step):
            source = TEMPLATES.get(f"{name}/{step.id}.{channel}")
            if source and step.level > Level.HEADS_UP and channel != "sms" and "{{ total }}" in source.text:
                assert "to_pay" in source.text, source.path


@pytest.mark.parametrize("name", OURS)
def test_a_template_reads_as_the_letter_it_makes(name: str) -> None:
    """One line for each paragraph, nothing hidden in other files."""
    text = TEMPLATES[name].text
    assert not re.search(r"{%-? *(include|import|extends|set|macro)", text)
    assert text.endswith("\n")
    assert text == "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


# For the customer

NEVER = (
    "dunning", "immediately", "!", "debt", "legal", "court", "lawyer", "solicitor", "collection", "enforce", "threat",
    "failed", "failure", "neglect", "ignored", "refus", "blame", "fault", "demand", "must", "obliged", "breach",
    "penalt", "hereby", "aforementioned", "forthwith", "unacceptable", "disappoint", "urgent", "last chance",
    "valued customer", "kindly", "bother", "apologis", "sorry",
)  # fmt: skip
NOT_TO_FRIENDS = ("formal", "final", "notice", "deadline", "overdue", "consequence", "next step", "unpaid")
NOT_IN_LETTERS = ("this e-mail", "this email", "reply", "click", "attached", "this letter", "below this")


@pytest.mark.parametrize("count", [1, 3])
def test_no_message_threatens_blames_or_grovels(count: int) -> None:
    for name, _, message in every_message(count, ("high_value",)):
        words = said(message).lower()
        assert not [word for word in NEVER if word in words], name


@pytest.mark.parametrize("count", [1, 3])
def test_a_friendly_word_to_a_good_or_new_customer_sounds_like_a_colleague(count: int) -> None:
    for name, step, message in every_message(count, ("high_value",)):
        if name.startswith(("gentle", "welcome")) and step.level <= Level.FRIENDLY:
            words = said(message).lower().replace("days overdue", "")  # a heading of the invoice table
            assert not [word for word in NOT_TO_FRIENDS if word in words], name


def test_the_words_of_an_e_mail_also_do_as_a_letter() -> None:
    for name, _, message in every_message(traits=("high_value",)):
        assert not [word for word in NOT_IN_LETTERS if word in said(message).lower()], name


@pytest.mark.parametrize("count", [1, 12])
def test_subjects_are_short_and_different_at_every_step(count: int) -> None:
    for name in NAMES:
        subjects = [
            message.subject for which, _, message in every_message(count) if which.startswith(name) and ".e" in which
        ]
        assert all(10 < len(subject) <= 70 for subject in subjects), subjects
        assert len(set(subjects)) == len(subjects)


@pytest.mark.parametrize("count", [1, 3])
def test_messages_about_overdue_money_say_until_when_payments_are_counted_and_what_to_do_if_they_crossed(
    count: int,
) -> None:
    for name, step, message in every_message(count):
        if step.level >= Level.FRIENDLY:
            assert "19 November 2026" in message.text, name
            crossed = (
                r"since then, thank you, and please ignore|on its way, thank you|come in since|Paid since\? Thanks"
            )
            assert re.search(crossed, message.text), name


def test_a_date_to_respond_by_is_said_in_every_message_that_gives_one() -> None:
    for name, step, message in every_message():
        if step.respond_within:
            answer_by = TODAY + timedelta(days=step.respond_within.days)
            assert f"{answer_by.day} November 2026" in message.text, name
            assert step.level < Level.FORMAL or f"{answer_by.day} November 2026" in message.subject, name


def test_without_a_date_the_text_still_makes_sense() -> None:
    for name, step in STEPS:
        if step.respond_within:
            undated = step.model_copy(update={"respond_within": None})
            words = said(compose(notice(name, undated, "email")))
            assert "by the end of next week" in words or "deadline the end of next week" in words
            assert "by ." not in words


def test_one_invoice_is_named_and_several_are_counted() -> None:
    for name, _, message in every_message(1):
        assert "HF-4217" in said(message), name
        assert "1 invoice" not in said(message), name
        assert "£1,154.61" in said(message), name
    for name, _, message in every_message(3):
        assert re.search("3 (of our )?invoices", said(message)), name
        assert "HF-4217" not in said(message) or "HF-4236" in message.text, name  # only where the table names them all
        assert "£1,554.61" in said(message), name


def test_messages_to_new_customers_and_problem_accounts_explain_how_to_pay_before_the_due_date() -> None:
    for name in ("welcome", "firm"):
        text = compose(notice(name, SEQUENCES[name].steps[0], "email")).text
        assert "Sort code 00-00-00, account 00000000" in text
        assert "https://pay.harbourfinch.example/HF-4217" in text


def test_every_message_to_a_problem_account_leaves_a_door_open() -> None:
    for name, _, message in every_message():
        if name.startswith("firm"):
            assert re.search("plan|instalments|propose amounts", message.text), name


def test_a_company_that_has_told_nothing_but_its_address_sends_whole_sentences() -> None:
    for count in (1, 3):
        for name, _, message in every_message(count, ("high_value",), TELLS_LITTLE):
            text = said(message)
            words = text.partition("Invoice  ")[0]  # the table is aligned with spaces
            assert not re.search(r"None|\bor \.|\bon \.|: \.|ring[.,]|  ", words), name
            assert "pay online" not in text.lower(), name


def test_messages_are_tidy() -> None:
    for count in (1, 3):
        for name, _, message in every_message(count, ("high_value",)):
            assert "\n\n\n" not in message.text, name
            assert "{" not in said(message), name
            assert message.text == message.text.strip(), name


def test_a_large_account_is_spoken_to_in_person() -> None:
    for name, step in (("gentle", "first"), ("gentle", "second"), ("steady", "first"), ("steady", "call")):
        found = next(item for item in SEQUENCES[name].steps if item.id == step)
        channel: ChannelName = "call" if found.by == "call" else "email"
        plain = compose(notice(name, found, channel))
        large = compose(notice(name, found, channel, traits=("high_value",)))
        assert len(large.text) > len(plain.text)


@pytest.mark.parametrize("count", [1, 3])
def test_subjects_stay_short_with_long_invoice_numbers_and_months(count: int) -> None:
    for name, step in STEPS:
        to_send = replace(notice(name, step, "email", count), respond_by=LATEST if step.respond_within else None)
        subject = compose(with_lines(to_send, "INV-2026-00421", due=SEPTEMBER)).subject
        assert len(subject) <= 70, subject


def test_formal_and_final_words_give_a_deadline_two_ways_to_answer_and_a_way_out() -> None:
    for name, step, message in every_message():
        if step.level >= Level.FORMAL:
            text = message.text
            assert re.search("by (27|30) November 2026", text, re.IGNORECASE), name
            assert "write to accounts@harbourfinch.example or ring +44 20 7946 0018" in text.lower(), name
            assert re.search("plan|in parts|a part now", text, re.IGNORECASE), name
            assert re.search("object|do not agree|is wrong", text), name


@pytest.mark.parametrize("count", [1, 3])
def test_every_step_says_something_that_the_one_before_did_not(count: int) -> None:
    before: dict[str, set[str]] = {}
    for which, step, message in every_message(count):
        if message.channel in ("email", "call") and step.level >= Level.FRIENDLY:
            sentences = {
                sentence
                for sentence in re.split(r"(?<=[.?:]) |\n", message.text)
                if len(sentence) > 30 and "counted" not in sentence
            }
            sequence = f"{which.partition('/')[0]} {message.channel}"
            assert len(sentences - before.get(sequence, set())) >= 3, which
            before[sequence] = sentences


def test_sums_in_two_currencies_keep_the_sentence_right() -> None:
    for name, step in STEPS:
        for channel in channels(step):
            to_send = notice(name, step, channel, 2)
            words = said(compose(replace(to_send, total={"GBP": Decimal("1234567.89"), "EUR": Decimal("0.5")})))
            assert not re.search(r"€0\.50,? (is|has|was|so that it)\b", words), name


def test_nothing_is_announced_or_claimed_that_nobody_can_know() -> None:
    """Without a telephone number nobody will ring, nobody has tried to, and a first reminder has none before it."""
    for name, _, message in every_message():
        words = said(message)
        assert not re.search("could not reach|no answer|reminded you|long past", words), name
        assert message.channel == "call" or "is to ring you" not in words, name
    step = SEQUENCES["steady"].steps[1]
    reachable = replace(notice("steady", step, "email"), customer=Customer("1", "Oak", "ap@oak.example", "+44 1"))
    assert "our next step is to ring you." in compose(reachable).text


def test_nobody_who_has_paid_in_part_reads_that_they_have_paid_nothing() -> None:
    for name, step in STEPS:
        for channel in channels(step):
            to_send = notice(name, step, channel)
            (only,) = to_send.invoices
            partly = replace(only, invoice=replace(only.invoice, amount=Decimal(5000)))
            words = said(compose(replace(to_send, invoices=(partly,))))
            assert not re.search("unpaid|(not seen|no) (the |any )?payment(?! that settles)", words), name


def test_a_final_notice_says_when_the_last_reminder_went_out() -> None:
    step = SEQUENCES["firm"].steps[-1]
    gone = Contact("HF-4217", "firm", "formal", int(Level.FORMAL), date(2026, 11, 10))
    (message,) = TELLS_ALL.compose(notice("firm", step, "email"), {}, Progress({"HF-4217": (gone,)}))
    assert "is still open. We reminded you on 10 November 2026. Please pay" in message.text


def test_who_rings_about_several_invoices_sees_each_of_them() -> None:
    for name, _, message in every_message(3):
        if message.channel == "call":
            assert re.search(r"HF-4230, due \d+ \w+ 2026, £320.00\n", message.text), name
    for name, _, message in every_message(1):
        assert message.channel != "call" or "The invoices:" not in message.text, name


@pytest.mark.parametrize("count", [1, 12])
def test_tables_are_no_wider_than_a_mail(count: int) -> None:
    for name, step in STEPS:
        text = compose(with_lines(notice(name, step, "email", count), "INV-2026-0042", due=SEPTEMBER)).text
        rows = [line for line in text.splitlines() if "  " in line]
        assert rows, name
        assert max(map(len, rows)) <= 78, name


def test_an_e_mail_about_one_invoice_has_one_thing_to_click() -> None:
    for name, _, message in every_message():
        if message.channel == "email":
            assert (message.html or "").count('href="https://pay.harbourfinch.example/HF-4217"') == 1, name
            assert ">Pay online</a>" in (message.html or ""), name


GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_TWICE = set("^{}\\[~]|€")


@pytest.mark.parametrize("count", [1, 12])
def test_a_text_message_fits_into_one(count: int) -> None:
    for name, _, message in every_message(count):
        if message.channel == "sms":
            assert set(message.text) <= GSM_7 | GSM_7_TWICE, name
            assert len(message.text) + sum(sign in GSM_7_TWICE for sign in message.text) <= 160, message.text


@pytest.mark.parametrize("contact", [{"phone": "+44 20 7946 0018"}, {"email": "post@harbour.example"}])
@pytest.mark.parametrize("totals", [("GBP",), ("GBP", "EUR"), ("CHF",)])
def test_a_text_message_fits_into_one_whatever_the_names_and_amounts(
    contact: dict[str, str], totals: tuple[str, ...]
) -> None:
    name = "Müller, Łukasz & Ångström Heavy Industrial Machinery Manufacturing (Holdings) Limited"
    composer = Composer(policy(**{"name": name, **contact}), SEPTEMBER)
    for sequence, step in STEPS:
        if "sms" in channels(step):
            to_send = with_lines(notice(sequence, step, "sms", len(totals)), "INV-2026-00421", due=SEPTEMBER)
            total = dict.fromkeys(totals, Decimal("1234567.89"))
            text = compose(replace(to_send, total=total), composer).text
            assert set(text) <= GSM_7 | GSM_7_TWICE
            assert len(text) + sum(sign in GSM_7_TWICE for sign in text) <= 160, text
            assert text.startswith("Müller, Luk"), text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 3])
def test_thanks_name_what_is_settled_and_ask_for_nothing(name: str, count: int) -> None:
    step = SEQUENCES[name].steps[0].model_copy(update={"id": "thank-you"})
    message = compose(notice(name, step, "email", count))
    assert SEQUENCES[name].thank_you is not None
    assert "HF-4217" in message.text
    assert "£1,154.61" in message.text
    assert ("HF-4236" in message.text) is (count == 3)
    assert "thank you" in said(message).casefold()
    assert not re.search("please|overdue|reminder|counted", said(message), re.IGNORECASE)
    assert "\n\n\n" not in message.text

"""Account owners and copies: who writes, who is named in the words, who gets a copy."""

from dataclasses import replace
from typing import Any

import pytest
from messages import COUNTED_UNTIL, EMAIL, customer, notice, policy

from remindr.core.compose import ComposeError, Composer
from remindr.model.outcome import Progress
from remindr.model.plan import PLAIN, Correspondent, Message, Notice
from remindr.model.policy import Policy, Project

ANN = {"name": "Ann Finch", "email": "ann@harbour.example", "phone": "0123"}
WORDS = "Subject: x\n\nWrite to {{ company.email }} or {{ company.phone }}.\n\n{{ signed_by or 'Accounts' }}"


def project(text: str = WORDS, owners: Any = None, **email: Any) -> Policy:
    made = policy({EMAIL: text, "steady/first.letter": text}, phone="999")
    written = made.project.model_dump(by_alias=True, exclude_unset=True) | {"owners": owners or {}}
    return replace(made, project=Project.model_validate(written | {"delivery": {"email": email}}))


def said(made: Policy, to: Notice) -> Message:
    message, *_ = Composer(made, COUNTED_UNTIL).compose(to, {}, Progress())
    return message


def theirs(owner: str, **changed: Any) -> Notice:
    return notice(who=customer(fields={"owner": owner}), **changed)


@pytest.mark.parametrize("owner", ["Ann", "ann", " ANN ", "ANN\u00a0"])
def test_an_owner_who_sends_signs_and_takes_the_questions(owner: str) -> None:
    message = said(project(owners={"Ann": ANN}), theirs(owner))
    assert message.text == "Write to ann@harbour.example or 0123.\n\nAnn Finch"
    assert message.envelope.sender == Correspondent("Ann Finch", "ann@harbour.example")
    assert message.envelope.cc == ()


def test_an_owner_without_a_number_leaves_the_companys() -> None:
    message = said(project(owners={"Ann": {**ANN, "phone": None}}), theirs("Ann"))
    assert message.text == "Write to ann@harbour.example or 999.\n\nAnn Finch"


def test_an_owner_who_gets_a_copy_changes_nothing_else() -> None:
    made = project(WORDS + " ({{ owner.name }})", owners={"Ann": {**ANN, "as": "cc"}})
    message = said(made, theirs("Ann"))
    assert message.text == "Write to accounts@harbour.example or 999.\n\nAccounts (Ann Finch)"
    assert message.envelope.sender is None
    assert message.envelope.cc == (Correspondent("Ann Finch", "ann@harbour.example"),)


@pytest.mark.parametrize("owner", ["", "Bob"])
def test_customers_of_nobody_hear_from_the_company(owner: str) -> None:
    message = said(project(owners={"Ann": ANN}), theirs(owner))
    assert message.text == "Write to accounts@harbour.example or 999.\n\nAccounts"
    assert (message.envelope.sender, message.envelope.cc) == (None, ())


def test_a_letter_beside_an_e_mail_has_no_envelope_and_the_same_words() -> None:
    made = project(owners={"Ann": ANN}, archive_to="archive@harbour.example")
    email, letter = Composer(made, COUNTED_UNTIL).compose(theirs("Ann", channels=("email", "letter")), {}, Progress())
    assert email.envelope.bcc == ("archive@harbour.example",)
    assert letter.envelope is PLAIN
    assert letter.text == email.text


def test_a_copy_never_goes_to_whom_the_message_goes_anyway() -> None:
    owners = {"Ann": {**ANN, "email": "AP@oak.example", "as": "cc"}}
    assert said(project(owners=owners), theirs("Ann")).envelope.cc == ()


def test_without_the_settings_there_is_no_envelope() -> None:
    assert said(project(), theirs("Ann")).envelope is PLAIN


def test_an_address_that_cannot_be_written_to_holds_the_notice() -> None:
    with pytest.raises(ComposeError):
        said(project(owners={"Ann": {**ANN, "email": "a..b@x.example"}}), theirs("Ann"))

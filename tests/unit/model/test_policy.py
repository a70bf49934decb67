from typing import Any

import pytest
from pydantic import ValidationError

from remindr.model.policy import Company, Project, Reminding, Segment, Step, template_for
from remindr.model.terms import Quantity, Span


def company(**fields: Any) -> dict[str, Any]:
    return {"name": "Acme", "email": "a@acme.example", "currency": "GBP", "timezone": "Europe/London", **fields}


def test_number_where_a_text_belongs_is_the_text_of_it() -> None:
    assert Company.model_validate(company(name=1884, phone=442079460018)).phone == "442079460018"


def test_true_where_a_text_belongs_is_a_mistake() -> None:
    with pytest.raises(ValidationError):
        Company.model_validate(company(name=True))


def test_key_with_nothing_behind_it_counts_as_not_written() -> None:
    project = Project.model_validate(
        {
            "version": 1,
            "company": company(phone=None),
            "sources": {"invoices": "i.csv"},
            "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
            "traits": None,
            "reminding": None,
        }
    )
    assert project.reminding.wait_between_contacts == Span(4)
    assert project.traits == {}


def test_unknown_key_with_nothing_behind_it_is_still_unknown() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Company.model_validate(company(fone=None))


@pytest.mark.parametrize("written", [10, "10", "10 GBP", "1,000 GBP"])
def test_amount_may_name_its_currency_or_not(written: Any) -> None:
    assert isinstance(Reminding(ignore_below=written).ignore_below[0], Quantity)


@pytest.mark.parametrize("written", ["-5", "10%", "10 days", True, {"number": 5}, ["5 days"]])
def test_what_is_no_amount_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        Reminding(ignore_below=written)


@pytest.mark.parametrize("default", ["yes", "true", 1])
def test_default_is_true_or_false_and_nothing_like_it(default: Any) -> None:
    with pytest.raises(ValidationError):
        Segment.model_validate({"name": "all", "default": default, "sequence": "gentle"})


def test_phrase_cannot_be_smuggled_in_as_a_mapping() -> None:
    with pytest.raises(ValidationError):
        Step.model_validate({"id": "a", "at": {"anchor": "due", "offset": 3}, "by": "email", "level": "firm"})


def test_template_falls_back_from_step_to_sequence_to_project_and_letters_to_email() -> None:
    templates = ["steady/first.email", "steady/any.email", "_any/any.email", "_any/any.call"]
    assert template_for(templates, "steady", "first", "email") == "steady/first.email"
    assert template_for(templates, "steady", "second", "email") == "steady/any.email"
    assert template_for(templates, "firm", "first", "email") == "_any/any.email"
    assert template_for(templates, "steady", "first", "letter") == "steady/first.email"
    assert template_for(templates, "steady", "first", "call") == "_any/any.call"
    assert template_for(templates, "steady", "first", "sms") is None

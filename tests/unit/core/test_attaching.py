"""Which files go with a notice, and what becomes of it when they do not."""

from collections.abc import Callable
from typing import Any

import pytest
from messages import composed, line, notice

from remindr.core.attaching import Attaching, told_of, told_of_all
from remindr.core.schedule import Decision
from remindr.model.book import Invoice
from remindr.model.delivery import Attach
from remindr.model.plan import Attachment, Blocker, LeftOut, Notice

Find = Callable[[Invoice], Attachment | LeftOut]


def there(**kilobytes: int) -> Find:
    """Finds files of these sizes, by the number of the invoice."""

    def find(invoice: Invoice) -> Attachment | LeftOut:
        if invoice.id not in kilobytes:
            return LeftOut(invoice.id, f"there is no file {invoice.id}.pdf")
        return Attachment(invoice.id, f"invoices/{invoice.id}.pdf", kilobytes[invoice.id] * 1000)

    return find


def beside(find: Find, *notices: Notice, **wish: Any) -> Decision:
    made = Attaching(Attach(pattern="invoices/{invoice_id}.pdf", **wish), find)
    return made.beside(Decision(notices[0], (), notices[1:]))


def attached(decision: Decision) -> list[str]:
    return [one.invoice_id for notice in decision.notices for one in notice.attachments]


def test_every_invoice_that_takes_a_step_brings_its_file_in_the_order_of_the_table() -> None:
    made = notice(
        line("A"), line("B"), also_due=(line("C"),), upcoming=(line("D", days=-2, level=0),),
        also_open=(line("E", level=None),),
    )  # fmt: skip
    assert attached(beside(there(A=1, B=1, C=1, D=1, E=1), made)) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("changed", [{"channels": ("call",)}, {"channels": ("sms",)}, {"purpose": "thank_you"}])
def test_only_reminders_by_e_mail_bring_files(changed: dict[str, Any]) -> None:
    decision = beside(there(), notice(line("A"), **changed), if_missing="hold")
    assert attached(decision) == []
    assert decision.notice is not None


def test_of_more_than_fits_the_largest_are_left_out_and_the_plan_says_so() -> None:
    decision = beside(there(A=900, B=600, C=500), notice(line("A"), line("B"), line("C")), at_most="1.2 MB")
    assert attached(decision) == ["B", "C"]
    assert decision.notice is not None
    assert decision.notice.why == (
        "A is not attached: invoices/A.pdf (900 kB) makes the e-mail larger than 1.2 MB",
    )  # fmt: skip
    assert told_of(decision.notice) == "2 attachments, 1.1 MB"


def test_a_missing_file_holds_the_notice_where_that_is_wished_and_every_invoice_says_which() -> None:
    decision = beside(there(A=1), notice(line("A"), line("B")), if_missing="hold")
    assert decision.notice is None
    told = {one.invoice_id: (one.reasons[0].code, one.reasons[0].detail) for one in decision.skipped}
    assert told == {
        "A": (Blocker.NO_ATTACHMENT, "it goes with B, for which there is no file B.pdf"),
        "B": (Blocker.NO_ATTACHMENT, "there is no file B.pdf"),
    }
    assert all(one.next_contact is None for one in decision.skipped)


def test_with_a_message_per_invoice_only_the_one_without_its_file_waits() -> None:
    decision = beside(there(B=1), notice(line("A"), about="A"), notice(line("B"), about="B"), if_missing="hold")
    assert [one.about for one in decision.notices] == ["B"]
    assert [one.invoice_id for one in decision.skipped] == ["A"]


def test_the_e_mail_says_what_is_attached_and_where_the_rest_is() -> None:
    decision = beside(there(A=1, B=1), notice(line("A"), line("B"), line("C/1")))
    assert decision.notice is not None
    text = "Subject: x\n\n{{ invoice_table }}\n\nBye"
    link = "https://pay.example/{invoice_id}"
    online = composed(text, decision.notice, pay_link=link)
    assert "\n\nAttached: A, B\nNot attached, but here online: C/1 (https://pay.example/C%2F1)\n\nBye" in online.text
    assert online.html is not None
    assert '(<a href="https://pay.example/C%2F1">https://pay.example/C%2F1</a>)' in online.html
    assert "Not attached, but sent on request: C/1" in composed(text, decision.notice).text
    own = composed("Subject: x\n\n{{ attached|join(' ') }}: not {{ not_attached|join(' ') }}", decision.notice)
    assert own.text == "A B: not C/1"


def test_all_of_a_day_is_told_in_two_lines() -> None:
    first = beside(there(A=300), notice(line("A"), line("B"))).notices
    assert list(told_of_all(first)) == [
        "the e-mails have 1 attachment, 300 kB",
        "1 invoice goes without its file: remindr preview -v says why",
    ]
    assert list(told_of_all([notice()])) == []

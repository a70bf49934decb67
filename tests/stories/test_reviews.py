"""A year in which a customer turns slow: the segment follows on review days, two reviews late and not before."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from projects import COMPANY

from remindr.core.segment import Classifier
from remindr.pipeline.plan import segments
from remindr.pipeline.station import station
from remindr.project.load import load_policy

SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: invoices.csv
segments:
  - name: new
    when: paid_invoices < 3
    provisional: true
    sequence: all
  - name: slow
    when: avg_days_late > 10
    sequence: all
  - name: reliable
    default: true
    sequence: all
"""
)
SEQUENCE = """\
name: all
about: One friendly e-mail.
tone: friendly
steps:
  - id: first
    at: 3 days after due
    by: email
    level: friendly
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "remindr.yaml").write_text(SETTINGS)
    (tmp_path / "sequences").mkdir()
    (tmp_path / "sequences" / "all.yaml").write_text(SEQUENCE)
    (tmp_path / "templates" / "all").mkdir(parents=True)
    (tmp_path / "templates" / "all" / "first.email.j2").write_text("Subject: Hello\n\nHello {{ customer.name }}")
    return tmp_path


def invoices(project: Path, paid_late: list[int]) -> None:
    """An invoice due on the 5th of each month of 2025, each paid so many days late."""
    rows = ["Invoice,Customer,Invoice Date,Due Date,Paid Date,Amount,Balance"]
    for month, late in enumerate(paid_late, start=1):
        due = date(2025, month, 5)
        rows.append(f"I-{month},Oak,{due - timedelta(14)},{due},{due + timedelta(late)},100.00,0.00")
    (project / "invoices.csv").write_text("\n".join(rows) + "\n")


def found(project: Path, today: str) -> tuple[str, str | None, str, str | None]:
    """Oak's segment on a day, where it is moving, the review that decided, and since when."""
    day = date.fromisoformat(today)
    with station(project, load_policy(project).policy, day, thorough=True) as at:
        ((_, _, one),) = segments(at)
        return one.segment, one.moving_to, str(one.reviewed_on), str(one.since) if one.since else None


def test_one_review_alone_changes_nobody(project: Path) -> None:
    invoices(project, [0, 0, 0, 0, 60, 60, 60])  # by August the year's average is over ten days
    assert found(project, "2025-06-30") == ("reliable", "slow", "2025-06-01", "2025-04-01")
    assert found(project, "2025-07-01") == ("reliable", "slow", "2025-06-01", "2025-04-01")
    assert found(project, "2025-07-31") == ("reliable", "slow", "2025-06-01", "2025-04-01")
    assert found(project, "2025-08-01") == ("slow", None, "2025-08-01", "2025-07-01")


def test_leaving_a_provisional_segment_takes_one_review(project: Path) -> None:
    invoices(project, [0, 0, 0])
    assert found(project, "2025-03-31")[:2] == ("new", "reliable")
    assert found(project, "2025-04-01") == ("reliable", None, "2025-04-01", "2025-04-01")


def test_a_customer_younger_than_the_last_review_is_judged_as_of_today(project: Path) -> None:
    invoices(project, [0])
    assert found(project, "2024-12-28") == ("new", None, "2024-12-28", None)


def test_the_evidence_is_that_of_the_review_that_decided(project: Path) -> None:
    invoices(project, [0, 0, 0, 0, 60, 60, 60])
    with station(project, load_policy(project).policy, date(2025, 7, 31), thorough=True) as at:
        ((_, facts, one),) = segments(at)
        because = Classifier(at.policy).because(one, at.deciding_facts(one, facts))
    assert facts["avg_days_late"] != because[1].value
    assert [(test.metric, test.passed) for test in because] == [("paid_invoices", False), ("avg_days_late", False)]


def test_a_look_back_says_what_it_takes_as_it_is_now(project: Path) -> None:
    invoices(project, [0, 0, 0])
    policy = load_policy(project).policy
    with station(project, policy, date(2025, 3, 31)) as at:
        back = [warning for warning in at.warnings if "counts as it is in the export" in warning]
        exported_on = at.book.exported_on
    assert back
    assert back[0].startswith(f"2025-03-31 is before the export of {exported_on}")
    with station(project, policy, exported_on) as at:
        assert not [warning for warning in at.warnings if "counts as it is in the export" in warning]

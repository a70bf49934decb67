"""Any column of the customers' export can be asked for in rules, by the words of its header."""

from datetime import date
from pathlib import Path

import pytest
from shop import CUSTOMERS, DAY, INVOICES, SETTINGS, open_shop

from remindr.errors import ProjectError
from remindr.pipeline.plan import segments
from remindr.pipeline.station import station
from remindr.project.load import load_policy

SEGMENT = "  - name: everybody\n"


def settings(rule: str) -> str:
    return SETTINGS.replace(SEGMENT, f"  - name: chosen\n    when: {rule}\n    sequence: welcome\n{SEGMENT}")


def with_branches(text: str) -> str:
    """The same export with a column between the others, empty for the last customer."""
    head, *rows = text.splitlines()
    branches = ["North", "north ", "South", "South", "South", "East", ""]
    return "\n".join(
        [
            f"Account Branch (UK),{head},listed",
            *(f"{branch},{row},x" for branch, row in zip(branches, rows, strict=True)),
        ]
    )


def chosen(root: Path, rule: str) -> list[str]:
    (root / "remindr.yaml").write_text(settings(rule), encoding="utf-8")
    with station(root, load_policy(root).policy, date.fromisoformat(DAY)) as at:
        return [customer.id for customer, _, answer in segments(at) if answer.segment == "chosen"]


def test_column_is_asked_for_by_the_words_of_its_header(tmp_path: Path) -> None:
    root = open_shop(tmp_path, customers=with_branches(CUSTOMERS))
    assert chosen(root, "account_branch_uk is north") == ["01", "02"]
    assert chosen(root, "account_branch_uk in [North, East]") == ["01", "02", "06"]


def test_empty_cell_is_unknown_and_passes_no_test(tmp_path: Path) -> None:
    root = open_shop(tmp_path, customers=with_branches(CUSTOMERS))
    assert chosen(root, "account_branch_uk is not South") == ["01", "02", "06"]


def test_column_called_like_something_of_remindrs_own_is_the_column(tmp_path: Path) -> None:
    root = open_shop(tmp_path, customers=with_branches(CUSTOMERS))
    assert len(chosen(root, "listed is x")) == 7
    assert chosen(root, "customer_name is Ring Ltd") == ["03"]


def test_invoice_file_speaks_of_customers_where_it_is_alone(tmp_path: Path) -> None:
    lines = INVOICES.splitlines()
    invoices = "\n".join([f"{lines[0]},Branch", *(f"{line},{'North' if ',02,' in line else ''}" for line in lines[1:])])
    root = open_shop(tmp_path, invoices=invoices)
    alone = settings("branch is North").replace("  customers: exports/customers*.csv\n", "")
    (root / "remindr.yaml").write_text(alone, encoding="utf-8")
    with station(root, load_policy(root).policy, date.fromisoformat(DAY)) as at:
        assert [customer.id for customer, _, answer in segments(at) if answer.segment == "chosen"] == ["02"]


def test_misspelt_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    root = open_shop(tmp_path, customers=with_branches(CUSTOMERS))
    with pytest.raises(ProjectError, match="unknown metric 'account_brunch_uk'") as caught:
        chosen(root, "account_brunch_uk is North")
    assert "did you mean 'account_branch_uk'?" in str(caught.value)


def test_without_an_export_a_column_is_an_unknown_metric(tmp_path: Path) -> None:
    root = open_shop(tmp_path)
    with pytest.raises(ProjectError, match="it is no column of the customers' export, either"):
        chosen(root, "shade_of_green is dark")


def test_a_trait_can_be_called_like_the_column_that_it_compares(tmp_path: Path) -> None:
    """`consumer: consumer is yes`: the comparison means the column; wherever else the name stands it is the trait."""
    head, *rows = CUSTOMERS.splitlines()
    consumers = ["yes", "no", "", "Yes", "no", "no", "no"]
    told = "\n".join([f"{head},Consumer", *(f"{row},{said}" for row, said in zip(rows, consumers, strict=True))])
    root = open_shop(tmp_path, customers=told)
    text = settings("consumer") + "traits:\n  consumer: consumer is yes\n"
    (root / "remindr.yaml").write_text(text, encoding="utf-8")
    with station(root, load_policy(root).policy, date.fromisoformat(DAY)) as at:
        traits = {customer.id: answer.traits for customer, _, answer in segments(at)}
        assert [number for number, found in traits.items() if found == ("consumer",)] == ["01", "04"]
        assert [customer.id for customer, _, answer in segments(at) if answer.segment == "chosen"] == ["01", "04"]
    (root / "remindr.yaml").write_text(text.replace("when: consumer", "when: consumer is yes"), encoding="utf-8")
    with pytest.raises(ProjectError, match="'consumer' is a trait and compared with nothing"):
        load_policy(root)

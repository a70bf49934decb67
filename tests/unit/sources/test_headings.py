"""Whose the rows under headings are."""

import pytest

from remindr.sources.headings import Headings, named_in_total


def customers(*cells: str, jobs: bool = True) -> list[str]:
    """Whose each row is: a cell is a heading, `Total …` a total, and a dot a row."""
    headings = Headings(cells, jobs=jobs)
    found = []
    for cell in cells:
        if cell == ".":
            found.append(headings.customer)
            headings.take_row()
        elif cell.startswith("Total"):
            headings.end(cell)
        else:
            headings.begin(cell)
    return found


def test_total_ends_a_heading() -> None:
    assert customers("Acme", ".", "Total for Acme", ".") == ["Acme", ""]


def test_heading_without_total_ends_with_the_next() -> None:
    assert customers("Acme", ".", "Bell", ".", ".") == ["Acme", "Bell", "Bell"]


def test_jobs_in_a_customers_group_are_that_customers() -> None:
    jobs = ("Attic", ".", "Total for Attic", "Barn", ".", "Total for Barn")
    found = customers("Acme", ".", *jobs, "Total for Acme with sub-customers", "Bell", ".", "Total for Bell")
    assert found == ["Acme", "Acme", "Acme", "Bell"]


def test_jobs_of_one_name_stay_with_their_customers() -> None:
    cells = ("Acme", "Kitchen", ".", "Total Kitchen", "Total Acme", "Bell", "Kitchen", ".", "Total Kitchen", ".")
    assert customers(*cells, "Total Bell") == ["Acme", "Bell", "Bell"]


def test_customer_with_own_total_before_the_total_with_jobs() -> None:
    cells = ("Acme", ".", "Total for Acme", "Barn", ".", "Total for Barn", "Total for Acme with sub-customers", ".")
    assert customers(*cells) == ["Acme", "Acme", ""]


def test_groups_of_another_kind_name_the_innermost() -> None:
    assert customers("North", "Acme", ".", "Total for Acme", "Total for North", jobs=False) == ["Acme"]


def test_heading_right_below_another_is_a_job_even_without_totals() -> None:
    assert customers("Acme", "Barn", ".", "Bell", ".") == ["Acme", "Bell"]


def test_report_that_ends_inside_a_customer_is_unfinished() -> None:
    cells = ("Acme", ".", "Total for Acme", "Bell", "Barn", ".", "Total for Barn")
    headings = Headings(cells, jobs=True)
    headings.begin("Bell")
    headings.take_row()
    headings.begin("Barn")
    headings.end("Total for Barn")
    assert headings.unfinished == "Bell"


def test_report_without_totals_is_never_unfinished() -> None:
    headings = Headings(("Acme", "."), jobs=True)
    headings.begin("Acme")
    assert headings.unfinished == ""


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Total for Acme", "Acme"),
        ("Total for Acme with sub-customers", "Acme"),
        ("Total 3000", "3000"),
        ("Total pour Martin SARL", "Martin SARL"),
        ("TOTAL", ""),
        ("Acme", ""),
    ],
)
def test_total_tells_whose_it_is(label: str, name: str) -> None:
    assert named_in_total(label) == name

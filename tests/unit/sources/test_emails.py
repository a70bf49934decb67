"""Which addresses an e-mail cell plainly holds."""

import pytest

from remindr.sources.emails import addresses_in


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("a@x.example", ["a@x.example"]),
        (" a@x.example ", ["a@x.example"]),
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example,b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example b@x.example\nc@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("a@x.example;a@x.example;", ["a@x.example"]),
        ("Ann Finch <a@x.example>", ["a@x.example"]),
        ('"Finch, Ann" <a@x.example>, Bo <b@x.example>', ["a@x.example", "b@x.example"]),
        ("Finch, Ann <a@x.example>", ["a@x.example"]),
        ("mailto:a@x.example", ["a@x.example"]),
        ("(a@x.example).", ["a@x.example"]),
        ("n/a; b@x.example", ["b@x.example"]),
        ("a@x; b@x.example", ["b@x.example"]),
    ],
)
def test_addresses_are_found_with_what_people_put_around_them(cell: str, addresses: list[str]) -> None:
    assert addresses_in(cell) == addresses


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "-",
        "n/a",
        "a@x",
        "john smith@x.example",
        "a@@x.example",
        "a@x..example",
        "zoë@x.example",
        "Jo <jo smith@x.example>",
    ],
)
def test_pieces_of_a_broken_address_are_nobodys(cell: str) -> None:
    assert addresses_in(cell) == []

"""No YAML file grows while it is read, runs anything, or says something other than what stands in it."""

import time
from pathlib import Path

import pytest

from remindr.errors import ProjectError
from remindr.project.yaml import read_yaml

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGED = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
REFUSED = {
    "a billion laughs": (LAUGHS, "would name this for use elsewhere"),
    "merges that double": (MERGED, "would merge in something named elsewhere"),
    "itself within itself": ("a: &a [*a]\n", "would repeat something named elsewhere"),
    "brackets in each other": ("a: " + "[" * 5_000 + "]" * 5_000, "nested more than 20 levels deep"),
    "braces in each other": ("a: " + "{b: " * 5_000 + "}" * 5_000, "nested more than 20 levels deep"),
    "blocks in each other": ("".join(f"{' ' * n}a:\n" for n in range(1_000)), "nested more than 20 levels deep"),
    "dashes in each other": ("- " * 5_000 + "a", "nested more than 20 levels deep"),
    "very many entries": ("a:\n" + "  - b\n" * 60_000, "more than 50,000 entries"),
    "a very large file": ("# " + "x" * 1_100_000, "larger than 1 MB"),
    "a key written twice": ("a: 1\na: 2\n", "'a' is written twice"),
    "a key twice far below": ("a:\n  b:\n    c: 1\n    c: 2\n", "'c' is written twice"),
    "a call": ("a: !!python/object/apply:os.system ['touch owned']", "has a special meaning in YAML"),
    "a name of Python": ("a: !!python/name:os.system", "has a special meaning in YAML"),
    "a new object": ("a: !!python/object/new:type ['x', !!python/tuple [], {}]", "has a special meaning in YAML"),
    "bytes": ("a: !!binary gIGC", "has a special meaning in YAML"),
    "a tag of its own": ("a: !include /etc/passwd", "has a special meaning in YAML"),
    "a second document": ("a: 1\n---\nb: 2\n", "a second document begins here"),
    "a list as a key": ("? [a, b]\n: 1\n", "a list or mapping cannot be a key"),
    "a lone surrogate": ('a: "\\ud800"\n', "\\"),
    "an escape that is too great": ('a: "\\U00110000"\n', "\\"),
    "a command for terminals": ('a: "\\e[2J"\n', "invisible character"),
    "a NUL": ("a: b\0c\n", "invisible character"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_grow_or_run_is_refused_at_once_with_its_place(tmp_path: Path, name: str) -> None:
    text, told = REFUSED[name]
    (tmp_path / "remindr.yaml").write_bytes(text.encode())
    begun = time.process_time()
    with pytest.raises(ProjectError) as refused:
        read_yaml(tmp_path / "remindr.yaml", "remindr.yaml")
    assert told in str(refused.value)
    assert str(refused.value).startswith("remindr.yaml")
    assert len(refused.value.problems) <= 101
    assert time.process_time() - begun < 5
    assert not Path("owned").exists()


def test_words_stay_words(tmp_path: Path) -> None:
    text = "a: NO\nb: 012\nc: 1:30\nd: 3.10\ne: 2026-01-01\nf: 0x10\ng: 1e5\nh: yes\ni: =\nj: on\n"
    (tmp_path / "a.yaml").write_text(text)
    data = read_yaml(tmp_path / "a.yaml", "a.yaml").data
    assert list(data.values()) == ["NO", "012", "1:30", "3.10", "2026-01-01", "0x10", "1e5", "yes", "=", "on"]

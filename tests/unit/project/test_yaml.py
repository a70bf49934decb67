import json
import time
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import example, given
from hypothesis import strategies as st

from remindr.errors import ProjectError
from remindr.project import yaml
from remindr.project.yaml import as_scalar, parse_yaml


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers must tell the same story: not every platform has the fast one."""
    if not hasattr(pyyaml, request.param):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(yaml, "_LOADER", getattr(pyyaml, request.param))


def told(text: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        parse_yaml(text, "x.yaml")
    return [f"{problem.line}:{problem.col} {problem.what}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    "word",
    ["NO", "no", "yes", "on", "Off", "True", "TRUE", "Null", "012", "0x1f", "0o17", "1_000", "3.5", "3.10", "1e3",
     "1:30", "+5", "-0", "00", "2026-11-20", ".inf", "12345678901234567890", "=", "+44 20 7946 0018"],
)  # fmt: skip
def test_word_stays_the_text_that_was_written(word: str) -> None:
    assert parse_yaml(f"a: {word}", "x.yaml").data == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("0", 0), ("7", 7), ("-12", -12),
     ("'true'", "true"), ('"7"', "7"), ("''", ""), ("123456789012345", 123456789012345)],
)  # fmt: skip
def test_plain_words_of_the_core_schema_have_their_value(word: str, value: Any) -> None:
    data = parse_yaml(f"a: {word}", "x.yaml").data["a"]
    assert (data, type(data)) == (value, type(value))


def test_keys_are_always_text() -> None:
    assert parse_yaml("1: a\nNO: b\ntrue: c\n007: d\n", "x.yaml").data == {"1": "a", "NO": "b", "true": "c", "007": "d"}


def test_empty_file_says_nothing() -> None:
    assert parse_yaml("", "x.yaml").data is None
    assert parse_yaml("# only a note\n", "x.yaml").data is None


def test_block_text_keeps_its_lines() -> None:
    assert parse_yaml("a: |\n  one\n  two\nb: >\n  one\n  two\n", "x.yaml").data == {
        "a": "one\ntwo\n",
        "b": "one two\n",
    }


def test_every_duplicate_is_told_and_where_the_first_one_is() -> None:
    assert told("a: 1\nb: 2\na: 3\nc:\n  d: 1\n  d: 2\n") == ["3:1 'a' is written twice", "6:3 'd' is written twice"]


def test_same_key_written_with_and_without_quotes_is_a_duplicate() -> None:
    assert told("1: a\n'1': b\n") == ["2:1 '1' is written twice"]


def test_anchors_aliases_merges_and_tags_are_all_told() -> None:
    text = "a: &x 1\nb: *x\nc: !!str 5\nd:\n  <<: *x\n"
    assert told(text) == [
        "1:4 '&x' would name this for use elsewhere",
        "2:4 '*x' would repeat something named elsewhere",
        "3:4 a word beginning with '!' has a special meaning in YAML: 'tag:yaml.org,2002:str'",
        "5:3 '<<' would merge in something named elsewhere",
        "5:7 '*x' would repeat something named elsewhere",
    ]


def test_python_objects_are_never_made() -> None:
    assert "special meaning" in told("a: !!python/object/apply:os.system ['true']")[0]


def test_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    start = time.process_time()
    assert len(told("\n".join(lines))) > 50
    assert time.process_time() - start < 2


def test_bomb_of_merges_is_refused_at_once() -> None:
    lines = ["a0: &a0 {x: y}", *(f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]" for n in range(1, 30))]
    start = time.process_time()
    assert told("\n".join(lines))
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", ["[" * 21, "[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 3000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    assert "20 levels deep" in told(text)[-1] or "list or mapping" in told(text)[0]
    assert time.process_time() - start < 4


def test_twenty_levels_are_allowed() -> None:
    assert parse_yaml("[" * 20 + "]" * 20, "x.yaml").data


def test_file_with_too_many_entries_is_refused() -> None:
    assert told("[" + "a,\n" * 50_001 + "]") == [
        "50000:1 more than 50,000 entries, and nobody writes that much by hand"
    ]


def test_mistakes_beyond_a_hundred_are_not_counted() -> None:
    assert len(told("a: 1\n" * 10_000)) == 100


def test_document_may_begin_with_three_dashes_but_a_second_one_may_not_follow() -> None:
    assert parse_yaml("---\na: 1\n...\n", "x.yaml").data == {"a": 1}
    assert told("---\na: 1\n---\nb: 2\n") == ["3:1 a second document begins here"]


def test_tabs_between_words_are_spaces_and_tabs_that_indent_are_a_mistake() -> None:
    assert parse_yaml("a:\tb\t\n\t\n\t# note\nc: d\t# note\n", "x.yaml").data == {"a": "b", "c": "d"}
    assert told("a:\n\tb: c\n  \td: e\n") == ["2:1 this line begins with a tab (and 1 more line)"]


def test_pasted_spaces_and_line_separators_move_no_line() -> None:
    document = parse_yaml("a:\n\u00a0\u00a0b: c\u2028d\n  e:\u00a0f\n  g: 5\u00a0kg\n", "x.yaml")
    assert document.data == {"a": {"b": "c d", "e": "f", "g": "5\u00a0kg"}}
    assert document.problem(("a", "e"), "").line == 3


@pytest.mark.parametrize(("char", "code"), [("\x00", "0000"), ("\x1b", "001B"), ("\x9b", "009B"), ("\ufeff", "FEFF")])
def test_invisible_character_is_named_and_not_printed(char: str, code: str) -> None:
    with pytest.raises(ProjectError) as caught:
        parse_yaml(f"a: b{char}c\n", "x.yaml")
    assert f"U+{code}" in str(caught.value)
    assert char not in str(caught.value)


@pytest.mark.parametrize("escape", [r"\0", r"\e", r"\x07", r"\ud800", r"\UFFFFFFFF", r"\d", r"\x4"])
def test_escapes_for_what_is_no_text_are_refused(escape: str) -> None:
    assert "'\\'" in told(f'a: "b{escape}"')[0]


@example("[  ")
@example("']  ")
@given(st.text(alphabet=st.sampled_from("ab:-#'\"[]{}&*!|>%@`?, \n\t\\=.<~0129é\u00a0\U0001f600"), max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        document = parse_yaml(text, "x.yaml")
    except ProjectError as error:
        for problem in error.problems:
            assert problem.line
            assert problem.col
            assert problem.source is None or problem.col <= len(problem.source) + 1
    else:
        assert document.problem((), "what").line


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9)
scalars = st.none() | st.booleans() | st.integers(-(10**14), 10**14) | texts
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool), inner, max_size=3)
)


@given(trees)
def test_json_is_read_as_what_it_says(tree: Any) -> None:
    assert parse_yaml(json.dumps(tree, ensure_ascii=False), "x.yaml").data == tree


@pytest.mark.parametrize(
    "text",
    [
        "Acme Corp", "007", "7", "Smith & Sons, Ltd.", "Zoë's Books", "null", "true", "a: b", "# 1", "- x", 'say "so"',
        "C:\\x", "1 2", "&co", "Roof:", "[x]", "名前", "12345678901234567890",
    ],
)  # fmt: skip
def test_texts_are_written_so_that_they_are_read_back(text: str) -> None:
    data = parse_yaml(f"{as_scalar(text)}:\n  - {as_scalar(text)}\n", "x.yaml").data
    assert {key: list(map(str, values)) for key, values in data.items()} == {text: [text]}

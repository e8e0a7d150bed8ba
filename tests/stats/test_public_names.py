"""What `sipas.stats` offers says what it takes and what it refuses."""

import inspect

import pytest

import sipas.stats

CLASSES = sorted(name for name in sipas.stats.__all__ if inspect.isclass(getattr(sipas.stats, name)))
FUNCTIONS = sorted(set(sipas.stats.__all__) - set(CLASSES))
LIKE_ANOTHER = {"estimate_each": "estimate"}
REFUSE_NOTHING = {"all_pairs", "findings"}


def documented(name: str) -> str:
    return inspect.getdoc(getattr(sipas.stats, name)) or ""


def section(name: str, title: str) -> list[str]:
    """The lines of a numpydoc section."""
    _, _, after = documented(name).partition(f"{title}\n{'-' * len(title)}\n")
    return after.split("\n\n")[0].splitlines()


def named(name: str) -> set[str]:
    """What a section of parameters is about: `a, b : kind` is about two."""
    heads = [line.split(" : ")[0] for line in section(name, "Parameters") if not line.startswith(" ")]
    return {one.strip() for head in heads for one in head.split(",")}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_each_field_holds(name: str) -> None:
    assert named(name) == set(inspect.signature(getattr(sipas.stats, name)).parameters)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_takes_and_what_it_refuses(name: str) -> None:
    if name in LIKE_ANOTHER:
        assert documented(name).startswith(f"As `{LIKE_ANOTHER[name]}`")
        return
    assert named(name) == set(inspect.signature(getattr(sipas.stats, name)).parameters)
    assert bool(section(name, "Raises")) == (name not in REFUSE_NOTHING)


def test_the_way_through_names_every_function() -> None:
    way = sipas.stats.__doc__ or ""
    assert [name for name in FUNCTIONS if f"`{name}`" not in way] == []

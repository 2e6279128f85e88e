"""docs/generated says what the declarations say, and leaves nothing out."""

from __future__ import annotations

import pytest

from connectors import registry
from grapevine import reference
from records import errors


@pytest.mark.parametrize("name", reference.pages())
def test_page__is_up_to_date(name: str) -> None:
    made = reference.page(name)
    assert (reference.FOLDER / name).read_text(encoding="utf-8") == made


def test_commands__all_have_a_meaning() -> None:
    for section in reference.commands().split("\n## ")[1:]:
        title, _, rest = section.partition("\n\n")
        assert rest.strip(), f"{title} has no description"
        for line in rest.splitlines():
            assert not line.startswith("| `") or not line.endswith("|  |"), f"{title}: {line} has no meaning"


def test_settings__all_have_a_meaning() -> None:
    rows = [line for line in reference.settings().splitlines() if line.startswith("| `")]
    assert len(rows) > 20
    assert [row for row in rows if row.endswith("|  |")] == []


def test_errors__all_are_listed() -> None:
    page = reference.errors()
    assert all(f"`{name}`" in page for name in errors.__all__ if name != "SkippedRecord")


def test_connectors__all_are_listed() -> None:
    page = reference.pages()["connectors.md"]()
    assert [name for name in registry.built_in() if f"`{name}`" not in page and f"## {name}" not in page] == []

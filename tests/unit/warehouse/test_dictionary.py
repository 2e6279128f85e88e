from __future__ import annotations

import pytest

from records.errors import CheckFailed
from warehouse import declaration, dictionary


def test_page__every_table_and_column_of_all_schemas():
    page = dictionary.page()
    for schema, tables in (
        ("raw", declaration.tables()),
        ("core", dictionary.model_tables("core")),
        ("marts", dictionary.model_tables("marts")),
    ):
        for table in tables:
            assert f"### {schema}.{table.name}\n\n{table.description}" in page
            for column in table.columns:
                assert f"| `{column.name}` | {column.kind} | " in page
    assert "{{" not in page


def test_model_tables__every_model_has_its_description():
    models = {path.stem for path in dictionary._MODELS.rglob("*.sql")}
    described = {table.name for schema in ("core", "marts") for table in dictionary.model_tables(schema)}
    assert models == described


def test_model_tables__a_column_without_description_is_named(tmp_path, monkeypatch):
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "one.yml").write_text(
        "models: [{name: one, description: d, columns: [{name: a, data_type: int, description: \"{{ doc('x') }}\"}]}]"
    )
    monkeypatch.setattr(dictionary, "_MODELS", tmp_path)
    with pytest.raises(CheckFailed, match=r"one\.a has no description"):
        dictionary.model_tables("marts")

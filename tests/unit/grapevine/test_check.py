"""`grapevine check`: every source is asked for its smallest page, what is wrong is named, nothing is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from grapevine import cli
from grapevine.checking import SourceCheck, check_sources
from grapevine.settings import parse_settings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HIT = {"objectID": "1", "comment_text": "Acme is fine", "created_at_i": 1795000000, "author": "a"}


def check(text: str, folder: Path, **more: Any) -> dict[str, SourceCheck]:
    settings = parse_settings(f'[[brands]]\nname = "Acme"\n{text}', folder / "grapevine.toml")
    found = check_sources(settings, **{"environment": {}, "clock": lambda: NOW, "sleep": lambda _: None, **more})
    return {one.source_name: one for one in found}


def test_check__each_source_by_itself(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/search_by_date").respond_with_json({"hits": [HIT]})
    httpserver.expect_request("/appreviews/440").respond_with_data("<html>blocked</html>")
    (tmp_path / "a.csv").write_text("id,text\n1,words\n,no id\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    found = check(
        f"""
        [[sources]]
        connector = "hackernews"
        base_url = "{httpserver.url_for("")[:-1]}"
        [[sources]]
        connector = "steam"
        apps = [{{id = 440}}]
        base_url = "{httpserver.url_for("")[:-1]}"
        [[sources]]
        connector = "x"
        [[sources]]
        connector = "appstore"
        [[sources]]
        connector = "files"
        name = "reviews"
        path = "a.csv"
        columns = {{id = "id", text = "text"}}
        [[sources]]
        connector = "files"
        name = "missing"
        path = "b.csv"
        columns = {{id = "id", text = "text"}}
        """,
        tmp_path,
    )
    assert {name: one.error for name, one in found.items()} == {
        "hackernews": None,
        "steam": "Drift",
        "x": "ConfigError",
        "appstore": "ConfigError",
        "reviews": None,
        "missing": "InputError",
    }
    assert found["hackernews"].detail == "1 record"
    assert "GRAPEVINE_X_BEARER_TOKEN" in found["x"].detail
    assert "apps is missing" in found["appstore"].detail
    assert found["reviews"].detail == "1 record; 1 not usable: no id"
    assert "b.csv does not exist" in found["missing"].detail
    assert sorted(tmp_path.rglob("*")) == before


def test_check__asks_for_one_record_only(tmp_path: Path, httpserver: HTTPServer) -> None:
    asked = {"hitsPerPage": "1"}
    httpserver.expect_request("/search_by_date").respond_with_json({"hits": []})
    found = check(f'[[sources]]\nconnector = "hackernews"\nbase_url = "{httpserver.url_for("")[:-1]}"', tmp_path)
    assert (found["hackernews"].error, found["hackernews"].detail) == (
        None,
        "it answers, with nothing on its first page",
    )
    ((request, _),) = httpserver.log
    assert {name: request.args[name] for name in asked} == asked


def test_check__a_file_without_a_usable_row_is_not_well(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n,words\n", encoding="utf-8")
    text = '[[sources]]\nconnector = "files"\npath = "a.csv"\ncolumns = {id = "id", text = "text"}'
    assert check(text, tmp_path)["files"].error == "nothing usable"


@pytest.mark.parametrize(("rows", "code"), [("1,words\n", 0), (",words\n", 6)])
def test_check__exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rows: str, code: int
) -> None:
    (tmp_path / "a.csv").write_text(f"id,text\n{rows}", encoding="utf-8")
    (tmp_path / "grapevine.toml").write_text(
        '[[sources]]\nconnector = "files"\npath = "a.csv"\ncolumns = {id = "id", text = "text"}', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(tmp_path / "home"), "check"])
    ended = 0
    try:
        cli.main()
    except SystemExit as stop:
        ended = int(stop.code or 0)
    assert ended == code
    assert "0 brands, 1 sources" in capsys.readouterr().out
    assert not (tmp_path / "home").exists()

"""From one recorded page to an installed connector that passes the kit, in a package outside this tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import pytest

from connectors import kit, registry, scaffold
from connectors.page_guess import guess
from records.errors import ConfigError, InputError

PAGE = {
    "meta": {"total": 3},
    "reviews": [
        {
            "reviewId": f"r-{number}",
            "body": words,
            "headline": title,
            "stars": stars,
            "createdAt": f"2026-11-0{number}T10:00:00Z",
            "user": {"userId": f"u{number}", "display": "A Person"},
        }
        for number, words, title, stars in [
            (3, "Arrived <b>late</b> &amp; broken, would not buy again", "Never", 1),
            (2, "Lovely lamp with a warm light", None, 5),
            (1, "It is a lamp and it lights the room", "Fine", 3),
        ]
    ],
}
URL = "https://shop.example/api/reviews?product=7&sort=new"

STORY = """
import json, pathlib, sys
from connectors import kit, registry
report = kit.check("lampshop", pathlib.Path(sys.argv[1]))
print(json.dumps({"names": registry.names(), "is_ok": report.is_ok, "records": sum(one.records for one in report.files),
                  "wrong": [one.name for one in (*report.files, *report.checks) if one.is_ok is False]}))
"""


def test_scaffold__a_connector_of_ones_own_in_an_empty_package(tmp_path):
    (tmp_path / "page.json").write_text(json.dumps(PAGE))
    package, payloads, site = tmp_path / "package", tmp_path / "payloads", tmp_path / "site"
    module, recording, *made = scaffold.write_connector(
        "lampshop", recording=tmp_path / "page.json", url=URL, module=package, payloads=payloads
    )
    assert (module.name, recording.parent.name) == ("lampshop.py", "lampshop")
    assert [path.name for path in made] == ["setup.cfg", "pyproject.toml"]
    build = "import setuptools.build_meta as build; print(build.build_wheel('dist'))"
    made = subprocess.run([sys.executable, "-c", build], cwd=package, capture_output=True, text=True, check=True)
    # Installing a wheel of one module is unpacking it.
    with zipfile.ZipFile(package / "dist" / made.stdout.splitlines()[-1]) as wheel:
        wheel.extractall(site)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *filter(None, sys.path)])}
    told = subprocess.run(
        [sys.executable, "-c", STORY, str(recording.parent)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    story = json.loads(told.stdout)
    assert "lampshop" in story["names"]
    assert (story["is_ok"], story["wrong"], story["records"]) == (True, [], 3)


@pytest.mark.parametrize("outside", [True, False])
def test_scaffold__the_module_compiles_and_reads_the_page(outside):
    source = scaffold.draft_connector("lampshop", url=URL, page=PAGE, outside=outside)
    assert ("from grapevine.connector import" in source) is outside
    space: dict = {"__name__": "lampshop"}
    sys.modules["lampshop"] = type(sys)("lampshop")
    try:
        sys.modules["lampshop"].__dict__.update(space)
        exec(compile(source, "lampshop.py", "exec"), sys.modules["lampshop"].__dict__)
        connector = sys.modules["lampshop"].CONNECTOR
        made = connector(connector.settings_model()())
        [request] = made.plan(None, {})
        assert request.params == (("product", "7"), ("sort", "new"))
        from datetime import UTC, datetime

        from connectors.contract import Response

        answer = Response(received_at=datetime.now(UTC), body=json.dumps(PAGE).encode())
        first = made.parse(request, answer).drafts[0]
        assert (first.native_id, first.title, first.rating, first.author) == ("r-3", "Never", 1.0, "u3")
        assert first.text == "Arrived late & broken, would not buy again"
    finally:
        del sys.modules["lampshop"]


@pytest.mark.parametrize(
    ("created", "form"),
    [("2026-11-01T10:00:00Z", "iso"), (1795000000, "epoch"), (1795000000123, "epoch_ms"), ("yesterday", "")],
)
def test_scaffold__times_are_recognised(created, form):
    page = [{"id": "1", "text": "some words", "created": created}]
    assert guess(page).time == form


def test_scaffold__a_page_without_records_is_refused():
    with pytest.raises(InputError, match="holds no list of records"):
        guess({"status": "ok", "data": []})


@pytest.mark.parametrize("name", ["Lamp", "lamp-shop", "class", "1lamp", ""])
def test_scaffold__a_name_that_is_no_module_is_refused(name):
    with pytest.raises(InputError, match="is no name for a connector"):
        scaffold.draft_connector(name, url=URL, page=PAGE)


def test_scaffold__reads_what_is_not_installed_yet(tmp_path):
    """As Stack Exchange has it: an id of another name, people with links of their own, a score that is no rating."""
    asked = {
        "question_id": 7,
        "score": 3,
        "title": "How do I lamp?",
        "body": "<p>It does not start.",
        "link": "https://q.example/7",
    }
    owner = {"account_id": 1, "user_id": 55, "display_name": "A Person", "link": "https://q.example/users/55"}
    page = tmp_path / "one.json"
    page.write_text(json.dumps({"items": [{"owner": owner, **asked, "creation_date": 1764000000}], "has_more": False}))
    module, recording = scaffold.write_connector(
        "stackq", recording=page, url="https://q.example/questions?site=a", module=tmp_path, payloads=tmp_path / "p"
    )[:2]
    text = module.read_text()
    for line in ('item.get("link")', 'item.get("question_id")', '(item.get("owner") or {}).get("user_id")', '"owner",'):
        assert line in text
    assert "rating=" not in text
    report = kit.check(str(module), recording.parent)
    assert (report.is_ok, report.files[0].records) == (True, 1)


def test_scaffold__nested_records_as_lemmy_has_them():
    view = {
        "post": {
            "id": 4,
            "name": "My lamp",
            "body": "is **dark**",
            "creator_id": 9,
            "published": "2026-11-01T10:00:00Z",
        },
        "creator": {"id": 9, "name": "someone", "published": "2020-01-01T00:00:00Z"},
        "counts": {"score": 3},
    }
    found = guess({"posts": [view, {**view, "post": {**view["post"], "id": 5}}]})
    assert found.records == ("posts",)
    assert found.fields == {
        "id": ("post", "id"),
        "text": ("post", "body"),
        "title": ("post", "name"),
        "author": ("creator", "id"),
        "published_at": ("post", "published"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_that_name", "cannot be imported"),
        ("x = 1", "holds no connector"),
        ("CONTRACT_VERSION = 9\nCONNECTOR = int", "contract version 9"),
        (None, "is no file"),
    ],
)
def test_registry__a_file_that_is_no_connector_is_named(tmp_path, text, said):
    path = tmp_path / "odd_one.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        registry.find(str(path))

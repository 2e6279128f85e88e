"""The kit finds what is wrong: a good connector, changed in one way each, fails the check that is about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from connectors import kit, steam
from connectors.contract import Page
from connectors.reading import read_page
from records.errors import InputError

PAYLOADS = Path(__file__).parents[2] / "payloads"


def checked(monkeypatch, folder=PAYLOADS / "steam", **changes):
    """Return the report on Steam's connector with some of its methods changed."""
    changed = type("Changed", (steam.Steam,), changes)
    monkeypatch.setattr(kit, "find", lambda name: changed)
    return kit.check("steam", folder)


def failing(report):
    return {one.name for one in (*report.files, *report.checks) if one.is_ok is False}


def good(self, request, response):
    return steam.Steam.parse(self, request, response)


def each(change):
    def parse(self, request, response):
        page = good(self, request, response)
        return replace(page, records=tuple(change(draft) for draft in page.records))

    return parse


def test_kit__a_good_connector_passes(monkeypatch):
    report = checked(monkeypatch)
    assert report.is_ok
    assert failing(report) == set()
    assert json.loads(json.dumps(report.to_json()))["is_ok"] is True


def test_kit__swapping_title_and_text_fails(monkeypatch):
    report = checked(monkeypatch, parse=each(lambda draft: replace(draft, title=draft.text, text="")))
    assert "records are those of expected.jsonl" in failing(report)


def test_kit__ids_that_change_fail(monkeypatch):
    from itertools import count

    number = count()
    report = checked(monkeypatch, parse=each(lambda draft: replace(draft, native_id=str(next(number)))))
    assert "ids are stable and unique" in failing(report)


def test_kit__one_id_for_all_fails(monkeypatch):
    report = checked(monkeypatch, parse=each(lambda draft: replace(draft, native_id="1")))
    assert "ids are stable and unique" in failing(report)


def test_kit__markup_left_in_texts_fails(monkeypatch):
    monkeypatch.setattr(steam, "bbcode_to_text", lambda code: code)
    assert "no markup is left in texts" in failing(checked(monkeypatch))


def test_kit__a_field_that_must_be_there_fails(monkeypatch):
    def parse(self, request, response):
        page = good(self, request, response)
        first = response.json()["reviews"][0]
        return page if first["comment_count"] + 1 else Page()

    assert "optional fields may vanish or be null" in failing(checked(monkeypatch, parse=parse))


def test_kit__choking_on_unknown_fields_fails(monkeypatch):
    def parse(self, request, response):
        page = good(self, request, response)
        known = "zz_unknown" not in response.body.decode()
        return page if known else replace(page, records=page.records[:1])

    assert "unknown fields are ignored" in failing(checked(monkeypatch, parse=parse))


def test_kit__taking_a_web_page_for_an_empty_one_fails(monkeypatch):
    def parse(self, request, response):
        return Page() if response.body.startswith(b"<") else good(self, request, response)

    assert "a web page in place of the answer is Drift" in failing(checked(monkeypatch, parse=parse))


def test_kit__skipping_every_second_page_fails(monkeypatch):
    def parse(self, request, response):
        page = good(self, request, response)
        if request.slice != "440" or dict(request.params)["cursor"] == "*":
            return page
        return replace(page, records=())

    report = checked(monkeypatch, parse=parse)
    assert "cut off after any page while rows arrive, nothing is lost" in failing(report)


def test_kit__a_crash_is_told_with_the_file(monkeypatch):
    def parse(self, request, response):
        raise KeyError("reviews")

    report = checked(monkeypatch, parse=parse)
    [file] = report.files
    assert (file.error, file.is_ok) == ("crash", False)


def test_kit__an_error_answer_must_not_pass_for_an_empty_page(monkeypatch, tmp_path):
    (tmp_path / "blocked.html").write_text("<html>no</html>")
    report = checked(monkeypatch, tmp_path, parse=lambda self, request, response: Page())
    assert "blocked.html" in failing(report)


def test_kit__cassettes_and_statuses(tmp_path, monkeypatch):
    page = (PAYLOADS / "steam/appreviews__page.json").read_text()
    url = "https://store.example/appreviews/440"

    def said(body, status=200, **headers):
        return {"status": {"code": status}, "headers": headers, "body": {"string": body}}

    interactions = [
        {"request": {"uri": url, "method": "GET"}, "response": said(page)},
        {"request": {"uri": url}, "response": said("", 429, **{"Retry-After": ["9"]})},
        {"request": {"uri": "https://id.example/token"}, "response": said("{}")},
        {"request": {"uri": "https://store.example/other"}, "response": said('{"a": [1]}')},
    ]
    (tmp_path / "tape.json").write_text(json.dumps({"interactions": interactions}))
    report = checked(monkeypatch, tmp_path)
    assert [(one.records, one.error, one.is_ok) for one in report.files] == [
        (2, None, True),
        (0, "Throttled", True),
        (0, None, None),
        (0, "Drift", None),
    ]
    assert report.files[0].asked == f"GET {url}"
    assert dict(report.files[0].skipped) == {"no id": 1}


def test_kit__a_folder_without_recordings_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="holds no recordings"):
        kit.check("steam", tmp_path)


@dataclass(frozen=True)
class Leaky(steam.Steam):
    """A connector that logs its credential."""

    declaration: ClassVar = replace(
        steam.Steam.declaration,
        credentials=(kit.find("x").declaration.credentials[0],),
        auth=replace(steam.Steam.declaration.auth, kind="param", credential="bearer_token", field="key"),
    )


def test_kit__a_key_in_the_query_string_shows_nowhere(monkeypatch):
    monkeypatch.setattr(kit, "find", lambda name: Leaky)
    assert failing(kit.check("steam", PAYLOADS / "steam")) == set()


def test_kit__a_secret_in_a_log_line_fails(monkeypatch):
    import logging

    from connectors import http

    place = http._place
    seen = []

    def leaking(url):
        seen.append(url)
        logging.getLogger("anything").warning("asked with canary-9f2c71d4-bearer_token")
        return place(url)

    monkeypatch.setattr(http, "_place", leaking)
    monkeypatch.setattr(kit, "find", lambda name: Leaky)
    assert "no secret in any log line or error" in failing(kit.check("steam", PAYLOADS / "steam"))


def test_reading__one_bad_item_costs_only_itself():
    page = read_page([{"id": "1"}, {}], lambda item: ("", item["id"]))
    assert (page.gone, [one.reason for one in page.skipped]) == ((("", "1"),), ["not of the expected shape"])

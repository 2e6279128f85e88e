"""Credentials where they come in by other ways: proxies of the environment, keys that were pasted badly."""

from __future__ import annotations

import pytest

from connectors import registry

CANARY = "canary-5d1f"
SETTINGS = {
    "steam": {"apps": [{"id": 440, "brand": "acme"}]},
    "appstore": {"apps": [{"id": 1, "brand": "acme"}]},
    "reddit": {"subreddits": ["lamps"]},
    "feeds": {"urls": ["https://feeds.example/lamps.xml"]},
}
NETWORKED = sorted(name for name in registry.built_in() if not registry.find(name).declaration.reads_files)


def environment(name, value=CANARY):
    return {one.variable: value for one in registry.find(name).declaration.credentials}


def everywhere(home, caplog, pulls):
    """Return all that was said and written."""
    said = [record.getMessage() for record in caplog.records] + [repr(one.result.error) for one in pulls]
    return "\n".join(said) + "".join(
        path.read_bytes().decode("latin-1") for path in home.root.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("name", NETWORKED)
def test_secrets__of_a_proxy_show_nowhere(pull_all, home, caplog, monkeypatch, name):
    """Every address is asked through a proxy that is not there, with a password in the proxy's address."""
    caplog.set_level("DEBUG")
    for variable in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, f"http://me:{CANARY}@127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    pulls = pull_all(name, SETTINGS.get(name, {}), environment=environment(name))
    assert {one.result.error.kind for one in pulls} == {"transient"}
    assert CANARY not in everywhere(home, caplog, pulls)


@pytest.mark.parametrize("name", [name for name in NETWORKED if environment(name)])
@pytest.mark.parametrize("value", [f"{CANARY}\nsecond: line", f"{CANARY}\u2019"], ids=["line end", "quote mark"])
def test_secrets__that_no_request_can_hold_name_their_variable(pull_all, home, caplog, name, value):
    caplog.set_level("DEBUG")
    given = environment(name, value)
    pulls = pull_all(name, {**SETTINGS.get(name, {}), **_nowhere(name)}, environment=given)
    for one in pulls:
        assert one.result.error.kind in ("config", "transient")
    assert CANARY not in everywhere(home, caplog, pulls)


def _nowhere(name):
    return dict.fromkeys(getattr(registry.find(name), "client_hosts", {}), "http://127.0.0.1:9")

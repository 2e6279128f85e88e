"""Real recordings, served on this machine: praw, tweepy and plain HTTP pull them as they would from the source."""

from __future__ import annotations

import json
import re

import pytest
from werkzeug import Response

from connectors import registry
from connectors.kit_answers import read_answer
from connectors.recordings import read_folder

APPS = {"apps": [{"id": 440, "brand": "acme"}]}
SERVED = [
    ("reddit", "reddit/TestSubreddit.test_search.json", "/search/", ("reddit_url", "oauth_url"), {}),
    ("reddit", "reddit/TestSubredditListings.test_comments.json", "/search/", ("reddit_url", "oauth_url"), {}),
    ("reddit", "reddit/search.rss", "/search.rss", ("reddit_url",), {"feeds": True}),
    ("x", "x/test_client_search_recent_tweets.yaml", "/2/tweets/search/recent", ("base_url",), {}),
    ("x", "x/test_client_get_users_mentions.yaml", "/2/tweets/search/recent", ("base_url",), {}),
    ("hackernews", "hackernews/1.1.json", "/search_by_date", ("base_url",), {}),
    ("steam", "steam/review_439700.json", "/appreviews/440", ("base_url",), APPS),
    ("appstore", "appstore_rss/itunes_rss_reviews.json", None, ("base_url",), APPS),
]
SECRETS = ("GRAPEVINE_REDDIT_CLIENT_ID", "GRAPEVINE_REDDIT_CLIENT_SECRET", "GRAPEVINE_X_BEARER_TOKEN")
ENVIRONMENT = dict.fromkeys(SECRETS, "canary-1f")


def recording(path, connector):
    """Return the recorded answer with the most mentions, and how many there are."""
    found = [
        (one, read_answer(connector, one)[0]) for one in read_folder(path.parent) if one.name.startswith(path.name)
    ]
    return max(found, key=lambda pair: pair[1].records)


@pytest.mark.parametrize(("name", "file", "path", "hosts", "more"), SERVED, ids=[one[1] for one in SERVED])
def test_served__real_recordings_are_pulled(pull_all, real_data, httpserver, name, file, path, hosts, more):
    kind = registry.find(name)
    connector = kind(kind.settings_model()(**{**kind.declaration.example, **more}))
    recorded, report = recording(real_data / "payloads" / file, connector)
    asked = []

    def answer(request):
        asked.append(request.path)
        if request.path.endswith("access_token"):
            return Response(json.dumps({"access_token": "t", "expires_in": 3600, "scope": "*"}))
        # The recorded page leads to further ones that nobody recorded: they are not there.
        is_first = asked.count(request.path) == 1 and (path is None or request.path.rstrip("/") == path.rstrip("/"))
        return Response(recorded.body, 200) if is_first else Response("{}", 404)

    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    base = httpserver.url_for("").rstrip("/")
    [pulled] = pull_all(name, {**more, **dict.fromkeys(hosts, base)}, environment=ENVIRONMENT)
    assert report.records > 0
    assert pulled.result.read_count >= report.records
    assert {row["source"] for row in pulled.rows} <= {name}
    assert "canary-1f" not in json.dumps(pulled.manifest)

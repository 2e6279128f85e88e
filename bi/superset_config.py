"""Superset's settings for one machine; `grapevine.superset` starts Superset with them.

Runs in Superset's own environment. What differs between machines comes in by the environment.
"""

from __future__ import annotations

import copy
import os

from superset.config import TALISMAN_CONFIG as _TALISMAN_CONFIG

SECRET_KEY = os.environ["GRAPEVINE_BI_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db?check_same_thread=false"
APP_NAME = "Grapevine"

# No cache: each look at a dashboard asks the published file, which answers faster than a cache would be checked.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# The page asks nobody but this server: Superset's own counter of visits is a picture from elsewhere, and so could be a
# picture in a text that a stranger wrote.
TALISMAN_CONFIG = copy.deepcopy(_TALISMAN_CONFIG)
_POLICY = TALISMAN_CONFIG["content_security_policy"]
_POLICY.update({"img-src": ["'self'", "blob:", "data:"], "connect-src": ["'self'"]})
# The cards of figures are templates, which Handlebars compiles in the browser.
_POLICY["script-src"].append("'unsafe-eval'")

# One person on one machine: no second process needs to share these counters.
RATELIMIT_STORAGE_URI = "memory://"

# The cards' own class names, so that the dashboards' style sheets find them; no style and no script comes in by it.
HTML_SANITIZATION_SCHEMA_EXTENSIONS = {"attributes": {"div": ["className"]}}

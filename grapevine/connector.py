"""What somebody else's connector imports: the contract, the words it is written in, and nothing of the rest.

A package outside this tree names its connector in the entry-point group `grapevine.connectors` and imports from
here only; `CONTRACT_VERSION` rises when that contract changes.
"""

from connectors import contract as _contract
from connectors.contract import *  # noqa: F403
from connectors.cursor import Cursor
from connectors.markup import bbcode_to_text, html_to_text, markdown_to_text
from connectors.reading import UNREADABLE, read_page
from connectors.search import boolean, named, phrase, slice_of, words
from records.brand import Brand, Query
from records.errors import ConfigError, Drift, Gone, SkippedRecord, SourceError, Throttled, TransientError
from records.mention import BrandMatch, Draft, Engagement, RatingCount
from records.setup import RatingScale

__all__ = [
    *_contract.__all__,
    "UNREADABLE",
    "Brand",
    "BrandMatch",
    "ConfigError",
    "Cursor",
    "Draft",
    "Drift",
    "Engagement",
    "Gone",
    "Query",
    "RatingCount",
    "RatingScale",
    "SkippedRecord",
    "SourceError",
    "Throttled",
    "TransientError",
    "bbcode_to_text",
    "boolean",
    "html_to_text",
    "markdown_to_text",
    "named",
    "phrase",
    "read_page",
    "slice_of",
    "words",
]

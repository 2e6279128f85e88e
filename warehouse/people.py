"""Which customers of a list were seen telling: person keys link the list with mentions (capture and recapture)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from records.errors import InputError
from records.home import Home
from records.keys import keyed_hash
from warehouse import store

__all__ = ["Listed", "seen_of_list"]

_SEEN = """
    SELECT count(DISTINCT mention.person_key), count(DISTINCT mention.person_key) FILTER (
        WHERE experience.label = $label AND mention.person_key IN (SELECT unnest($people))
    )
    FROM core.mention AS mention
    INNER JOIN core.experience AS experience ON mention.mention_id = experience.mention_id
    WHERE experience.channel = $channel AND coalesce($brand, experience.brand) = experience.brand
"""


class Listed(NamedTuple):
    """How many different people a list names, and how many of them told of such an experience on the channel."""

    customers: int
    seen: int


def seen_of_list(home: Home, people: Iterable[str], *, label: str, channel: str, brand: str | None = None) -> Listed:
    """Count the customers of a list, and those of them who were seen.

    Args:
        home: whose warehouse and key are used; the list itself is not kept.
        people: e-mail addresses, phones or customer numbers, as the source gives them; blanks around them don't count.
        label: bad or good, what they had.
        channel: where they are looked for.
        brand: of the experience; None is any.

    Raises:
        InputError: nobody is listed, nothing was built, or no mention of the channel says who wrote it.
    """
    listed = {person.strip() for person in people} - {""}
    if not listed:
        raise InputError("the list of customers is empty; write one e-mail, phone or customer number a line")
    if not home.warehouse.exists():
        raise InputError("the list can't be looked up before anything was pulled; do `grapevine run` first")
    key = store.secret_key(home)
    with store.open(home, step="calibrate") as connection:
        built = connection.execute("SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'core'").fetchone()
        if built is None or not built[0]:
            raise InputError("the list can't be looked up before anything was built; do `grapevine run` first")
        known, seen = connection.execute(
            _SEEN,
            {"label": label, "channel": channel, "brand": brand, "people": [keyed_hash(key, one) for one in listed]},
        ).fetchone() or (0, 0)
    if not known:
        raise InputError(
            f"no mention on {channel} says who wrote it; name the source's `person` column and pull it anew"
        )
    return Listed(len(listed), seen)

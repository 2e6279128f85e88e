"""Read `published/current` again and again until standard input ends, as a BI tool would: `read_published.py FILE`.

Prints one JSON document: how often it read, which numbers of mentions it saw, and how often the tables of one reading
did not belong together. Opens a new connection each time, in one process, while another process publishes.
"""

from __future__ import annotations

import json
import select
import sys

import duckdb

PAUSE_SECONDS = 0.02  # leaves the other process some of a small machine
QUERY = """
SELECT (SELECT count(*) FROM marts.mentions),
       (SELECT sum(mention_count) FROM marts.brand_day),
       (SELECT count(*) FROM marts.mentions WHERE NOT is_duplicate AND kind = 'review')
"""


def main(file: str) -> None:
    seen: dict[str, int] = {}
    while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        with duckdb.connect(file, read_only=True) as published:
            row = published.execute(QUERY).fetchall()[0]
        key = ",".join(map(str, row))
        if key not in seen:
            sys.stdout.write(f"{key}\n")
            sys.stdout.flush()
        seen[key] = seen.get(key, 0) + 1
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])

"""Large made-up inputs from real texts: new ids, dates, authors and brands, so that nothing but the words is real.

mentions.csv    a million rows as an export would bring them
day.csv         a day more: new rows, and a tenth that edit earlier ones
a warehouse of ten million, multiplied by SQL from the one that the pipeline made of mentions.csv
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from records.home import Home

__all__ = ["DAY_ROWS", "LAST_DAY", "multiply", "write_day", "write_mentions", "write_settings"]

BRANDS = 20
DAY_ROWS = 10_000
EDITED_SHARE = 10  # one row in so many edits an earlier one
DAYS = 1_095  # three years
LAST_DAY = "2026-11-15"

_TEXTS = """
CREATE TEMP TABLE said AS
SELECT row_number() OVER () - 1 AS text_no, text, stars FROM (
    SELECT text, NULL AS stars FROM read_csv('{data}/airline_tweets_dev.csv.gz', all_varchar = true)
    UNION ALL
    SELECT content, CASE recommended WHEN '1' THEN '5' WHEN '0' THEN '1' END
    FROM read_csv('{data}/skytrax_airline_reviews.csv.gz', all_varchar = true)
    UNION ALL
    SELECT content, CASE recommended WHEN '1' THEN '5' WHEN '0' THEN '1' END
    FROM read_csv('{data}/skytrax_lounge_reviews.csv.gz', all_varchar = true)
    UNION ALL
    SELECT content, CASE recommended WHEN '1' THEN '5' WHEN '0' THEN '1' END
    FROM read_csv('{data}/skytrax_seat_reviews.csv.gz', all_varchar = true)
)
WHERE length(text) > 0;
SET VARIABLE texts = (SELECT count(*) FROM said);
"""
_ROWS = """
COPY (
    SELECT
        'm' || one.who AS id,
        said.text,
        strftime(TIMESTAMP '{last_day} 22:00:00' - to_seconds({since}::BIGINT), '%Y-%m-%dT%H:%M:%SZ') AS published_at,
        CASE WHEN one.who <> one.n THEN '{last_day}T20:00:00Z' END AS edited_at,
        'u' || hash(one.who, 'author') % 700000 AS author,
        'brand-' || (hash(one.who, 'brand') % {brands} + 1) AS brand,
        said.stars
    FROM (
        SELECT n, {who} AS who, (hash(n, 'text') % getvariable('texts'))::BIGINT AS text_no
        FROM range({first}, {first} + {rows}) AS number (n)
    ) AS one
    INNER JOIN said USING (text_no)
) TO '{file}' (FORMAT csv, HEADER true)
"""
_WHEN = f"hash(one.who, 'date') % {DAYS * 86_400}"  # seconds before the last day's evening
_SETTINGS = """\
as_of = "{last_day}T23:00:00Z"
time_zone = "Europe/Berlin"
{brands}
[[sources]]
connector = "files"
name = "reviews"
path = "*.csv"
kind = "review"
channel = "review_site"
language = "en"
rating_scale = "1-5"
[sources.columns]
id = "id"
author = "author"
text = "text"
published_at = "published_at"
edited_at = "edited_at"
rating = "stars"
brand = "brand"
[[coverage]]
source = "reviews"
low = 0.3
mode = 0.5
high = 0.8
"""


def write_settings(folder: Path) -> Path:
    """Write the settings that read every .csv of the folder."""
    brands = "\n".join(
        f'[[brands]]\nname = "Brand {n}"\nkey = "brand-{n}"\ncompetitors = ["brand-{n % BRANDS + 1}"]'
        for n in range(1, BRANDS + 1)
    )
    file = folder / "grapevine.toml"
    file.write_text(_SETTINGS.format(brands=brands, last_day=LAST_DAY), encoding="utf-8")
    return file


def write_mentions(data: Path, file: Path, rows: int) -> None:
    """Write a CSV of `rows` mentions over three years."""
    _write(data, file, rows=rows, first=0, who="n", since=_WHEN)


def write_day(data: Path, file: Path, *, known: int, number: int = 1) -> None:
    """Write a day's CSV: a tenth of its rows says something new under the id of one of `known` earlier rows."""
    first = 100_000_000 * number
    who = f"CASE WHEN n % {EDITED_SHARE} = 0 THEN hash(n, 'old') % {known} ELSE n END"
    since = f"CASE WHEN one.who < {known} THEN {_WHEN} ELSE hash(one.n) % 72000 END"
    _write(data, file, rows=DAY_ROWS, first=first, who=who, since=since)


def _write(data: Path, file: Path, *, rows: int, first: int, who: str, since: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(_TEXTS.format(data=data))
        connection.execute(
            _ROWS.format(last_day=LAST_DAY, who=who, since=since, brands=BRANDS, first=first, rows=rows, file=file)
        )


def multiply(home: Home, copies: int) -> None:
    """Make each mention `copies` of them, the others with other ids, days, authors, brands, words' hashes.

    They go in month by month, as a warehouse that grew day by day holds them.
    """
    other = "md5(mention_id::VARCHAR || copy)::UUID"
    days = "to_days((hash(mention_id, copy) % 60)::INTEGER - 30)"
    brand = f"'brand-' || (hash(mention_id, brand, copy) % {BRANDS} + 1)"
    tables: dict[str, dict[str, str]] = {
        "mention_version": {
            "mention_id": other,
            "native_id": "native_id || '-' || copy",
            "author_id": "md5(author_id || copy)",
            "published_at": f"least(published_at - {days}, TIMESTAMPTZ '{LAST_DAY} 20:00:00+00')",
        },
        "mention_state": {"mention_id": other},
        "mention_brand": {"mention_id": other, "brand": brand},
        "classification": {"mention_id": other, "brand": brand},
        "signature": {
            "mention_id": other,
            "text_hash": "md5(text_hash || copy)",
            "minhash_bands": "list_transform(minhash_bands, lambda one: (hash(one, copy) >> 1)::BIGINT)",
        },
    }
    with duckdb.connect(str(home.warehouse), config={"memory_limit": "4GB", "preserve_insertion_order": False}) as one:
        one.execute("SET TimeZone = 'UTC'")
        one.execute(
            "CREATE TEMP TABLE told AS "
            "SELECT mention_id, coalesce(strftime(min(published_at), '%Y-%m'), '') AS month "
            "FROM raw.mention_version GROUP BY mention_id"
        )
        for table in tables:
            first = f"FROM raw.{table} INNER JOIN told USING (mention_id) ORDER BY month"
            one.execute(f"CREATE TEMP TABLE first_{table} AS {first}")
            one.execute(f"DELETE FROM raw.{table}")
        for (month,) in one.execute("SELECT DISTINCT month FROM told ORDER BY month").fetchall():
            for table, changes in tables.items():
                said = ", ".join(f"IF(copy = 0, {name}, {sql}) AS {name}" for name, sql in changes.items())
                one.execute(
                    f"INSERT INTO raw.{table} BY NAME SELECT * EXCLUDE (month, copy) REPLACE ({said}) "
                    f"FROM first_{table} CROSS JOIN range({copies}) AS number (copy) WHERE month = ?",
                    [month],
                )
        one.execute("UPDATE raw.clock SET data_revision = data_revision + 1, built_from = NULL")
        one.execute("CHECKPOINT")

"""Write the sample in `examples/sample/`: about 400 mentions over ten weeks for two parcel firms that do not exist.

    python examples/make_sample.py [FOLDER]

Seeded: the same Python gives the same bytes. The words stand in `sample_texts.toml`; here stands how they are mixed.
What happens in it: Thistlepost is steady for nine weeks; in the tenth (2026-W46) it changes its phone system and
nobody gets through. Its competitor Quickwren has ten ordinary weeks.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SEED = 20261116
YEAR, FIRST_WEEK = 2026, 37
INBOX_ZONE = ZoneInfo("Europe/London")
HERE = Path(__file__).parent

Row = dict[str, Any]


@dataclass(frozen=True)
class Firm:
    """A firm and how many told what in each of the ten weeks."""

    name: str
    spellings: tuple[str, ...]
    bad: tuple[int, ...]
    good: tuple[int, ...]
    neutral: tuple[int, ...]
    shares: tuple[float, float, float]  # of bad and good words: in posts, in reviews, to the firm itself


FIRMS = (
    Firm(
        name="Thistlepost",
        spellings=("Thistlepost", "Thistlepost", "@thistlepost", "@thistlepost", "thistlepost", "Thistle Post"),
        bad=(13, 15, 12, 16, 13, 14, 12, 15, 16, 14),
        good=(9, 8, 9, 8, 10, 9, 8, 9, 8, 8),
        neutral=(3, 2, 3, 2, 2, 3, 2, 3, 3, 2),
        shares=(0.4, 0.35, 0.25),
    ),
    Firm(
        name="Quickwren",
        spellings=("Quickwren", "Quickwren", "@quickwren", "quickwren", "Quick Wren"),
        bad=(4, 3, 4, 3, 5, 3, 4, 3, 4, 4),
        good=(5, 4, 5, 5, 4, 5, 4, 5, 6, 5),
        neutral=(1, 2, 1, 1, 2, 1, 1, 1, 2, 1),
        shares=(0.5, 0.5, 0.0),
    ),
)
PHONE_WEEK, PHONE_COUNT = 9, 22  # the tenth week, on top of its ordinary complaints


class Deck:
    """Deals the cards of a list in a shuffled order that repeats, so that the same words lie weeks apart."""

    def __init__(self, rng: random.Random, cards: Iterable[str]) -> None:
        self.cards = list(cards)
        rng.shuffle(self.cards)
        self.dealt = 0

    def deal(self) -> str:
        """Return the next card."""
        self.dealt += 1
        return self.cards[(self.dealt - 1) % len(self.cards)]


class Writer:
    """Says things the way different people do."""

    def __init__(self, rng: random.Random, words: Row) -> None:
        self.rng = rng
        self.words = words
        self.decks: dict[tuple[str, ...], Deck] = {}

    def deal(self, owner: str, *path: str) -> str:
        """Return the next words under that path of the file; each firm has a deck of its own."""
        if (owner, *path) not in self.decks:
            cards = self.words
            for part in path:
                cards = cards[part]
            self.decks[owner, *path] = Deck(self.rng, cards)
        return self.decks[owner, *path].deal()

    def fill(self, text: str, brand: str) -> str:
        """Fill in names, things and numbers."""
        pick = self.rng.choice
        return text.format(
            brand=brand,
            item=pick(self.words["items"]),
            town=pick(self.words["towns"]),
            minutes=self.rng.randint(31, 94),
            days=self.rng.randint(3, 11),
            hours=self.rng.randint(2, 7),
        )

    def told(self, firm: Firm, tone: str, brand: str) -> str:
        """Return what happened; now and then two things did."""
        topic = ("phone", "told") if tone == "phone" else ("told", tone)
        story = capital(self.fill(self.deal(firm.name, *topic), brand))
        if tone in ("bad", "good") and self.rng.random() < 0.15:
            also = self.rng.choice(["Also: ", "And another thing. ", "On top of that, ", "PS: ", "Oh and "])
            story = f"{story} {also}{self.fill(self.deal(firm.name, *topic), brand)}"
        return story

    def post(self, firm: Firm, tone: str) -> str:
        """Return a post that names the firm."""
        brand = self.rng.choice(firm.spellings)
        if tone == "neutral":
            return self.manner(self.told(firm, tone, brand))
        feeling = "bad" if tone == "phone" else tone
        opener = self.fill(self.rng.choice(self.words["opener"][feeling]), brand)
        parts = [opener, self.told(firm, tone, brand)]
        if not opener:
            parts.append(
                self.rng.choice([brand, "#" + firm.name.lower(), f"({brand}, obviously)", f"Looking at you {brand}."])
            )
        parts.append(self.rng.choice(self.words["closer"][feeling]))
        return self.manner(joined(parts))

    def review(self, firm: Firm, tone: str) -> tuple[str, str]:
        """Return title and text of a review; a few have a rating only."""
        title = self.fill(self.rng.choice(self.words["reviews"][f"titles_{tone}"]), firm.name)
        if tone == "middling":
            return title, capital(self.fill(self.deal(firm.name, "reviews", "middling"), firm.name))
        if tone != "phone" and self.rng.random() < 0.08:
            return "", ""
        closer = self.rng.choice(self.words["closer"]["good" if tone == "good" else "bad"])
        return title, self.manner(joined([self.told(firm, tone, firm.name), closer]))

    def message(self, firm: Firm, tone: str) -> tuple[str, str]:
        """Return subject and text of a message to the firm."""
        inbox = self.words["inbox"]
        body = self.fill(
            self.deal(firm.name, "phone", "inbox") if tone == "phone" else self.deal(firm.name, "inbox", tone),
            firm.name,
        )
        greeting = self.rng.choice(inbox["greetings"])
        parting = self.rng.choice(inbox["partings_cross" if tone in ("bad", "phone") else "partings"])
        return self.rng.choice(inbox[f"subjects_{tone}"]), joined(
            [greeting, body if greeting else capital(body), parting]
        )

    def manner(self, text: str) -> str:
        """Return the text as hurried, loud or careful people would type it."""
        dice = self.rng.random()
        if dice < 0.10:
            return text.lower()
        if dice < 0.18:
            return text.rstrip(".")
        if dice < 0.21:
            first, _, rest = text.partition(". ")
            return f"{first.rstrip('.?!').upper()}! {rest}".strip()
        if dice < 0.26:
            return text.replace("&", "&amp;").replace("'", "&#39;")  # a web export that never decoded its entities
        if dice < 0.29:
            return text.replace("the ", "teh ", 1)
        return text


def main(folder: Path) -> None:
    """Write the three files of the sample into a folder."""
    rng = random.Random(SEED)
    words = tomllib.loads((HERE / "sample_texts.toml").read_text(encoding="utf-8"))
    writer = Writer(rng, words)
    rows: dict[str, list[Row]] = defaultdict(list)
    for week in range(10):
        for firm in FIRMS:
            for tone in tones(firm, week):
                add(rows, rng, writer, firm, tone, moment(rng, week))
    for language in ("german", "spanish"):
        for texts in words[language].values():
            for text in texts:
                firm = FIRMS[rng.random() < 0.3]
                rows["post"].append(
                    post_row(
                        rng,
                        writer.fill(text, firm.name),
                        moment(rng, rng.randrange(9)),
                        lang={"german": "de", "spanish": "es"}[language],
                    )
                )
    for text in words["told"]["sarcasm"]:
        rows["post"].append(post_row(rng, text.format(brand=rng.choice(FIRMS).name), moment(rng, rng.randrange(10))))
    for kind, first in (("post", 1001), ("review", 2001), ("message", 30001)):
        number(rows[kind], kind, first)
        rows[kind] += words[kind]
        rows[kind].sort(key=lambda row: (str(row.get("edited") or row.get("at") or ""), row["id"]))
    rows["post"].insert(200, rows["post"][140])  # the export overlaps itself: one row comes twice
    folder.mkdir(parents=True, exist_ok=True)
    write_posts(folder / "posts.jsonl", rows["post"])
    write_reviews(folder / "reviews.csv", rows["review"])
    write_inbox(folder / "inbox.csv", rows["message"])


def tones(firm: Firm, week: int) -> list[str]:
    """Return what is told of a firm in a week, one word a mention."""
    told = ["bad"] * firm.bad[week] + ["good"] * firm.good[week] + ["neutral"] * firm.neutral[week]
    if firm is FIRMS[0] and week == PHONE_WEEK:
        told += ["phone"] * PHONE_COUNT
    return told


def add(rows: dict[str, list[Row]], rng: random.Random, writer: Writer, firm: Firm, tone: str, at: datetime) -> None:
    """Add one mention to the file in which people of that mind write."""
    kind = rng.choices(("post", "review", "message"), firm.shares)[0]
    if kind == "post":
        rows["post"].append(post_row(rng, writer.post(firm, tone), at))
    elif kind == "review":
        tone = "middling" if tone == "neutral" else tone
        rating = {"good": rng.choice((5, 5, 5, 4)), "middling": 3}.get(tone, rng.choice((1, 1, 2)))
        title, text = writer.review(firm, tone)
        author = f"Reviewer {rng.randint(1000, 9999)}"
        rows["review"].append(
            {
                "brand": firm.name,
                "author": author,
                "at": at,
                "rating": rating,
                "title": title,
                "text": text,
                "helpful": rng.choice((0, 0, 0, 1, 2, 5, None)),
            }
        )
    else:
        subject, text = writer.message(firm, tone)
        rows["message"].append({"author": f"C-{rng.randint(11000, 19999)}", "at": at, "subject": subject, "text": text})


def post_row(rng: random.Random, text: str, at: datetime, lang: str | None = None) -> Row:
    """Return a post with the counts that its site shows; about a third show none, others not all."""
    views = int(rng.lognormvariate(5.2, 1.2)) + 5
    counts: dict[str, int] = {}
    if rng.random() < 0.67:
        counts = {
            "views": views,
            "likes": int(views * rng.random() * 0.03),
            "reposts": int(views * rng.random() * 0.006),
            "replies": rng.choice((0, 0, 1, 2, 4)),
        }
    if rng.random() < 0.5:
        counts["followers"] = int(rng.lognormvariate(5.5, 1.3))
    return {
        "author": f"u{rng.randint(10000, 99999)}",
        "at": at,
        "text": text,
        "lang": lang or rng.choice(("en", None)),
        "counts": counts,
    }


def moment(rng: random.Random, week: int) -> datetime:
    """Return a moment of a week (0 is the first), in waking hours, UTC."""
    day = date.fromisocalendar(YEAR, FIRST_WEEK + week, 1) + timedelta(days=rng.randint(0, 6))
    return datetime.combine(day, time(rng.randint(7, 21), rng.randint(0, 59), rng.randint(0, 59)), UTC)


def number(rows: list[Row], kind: str, first: int) -> None:
    """Give ids in order of time."""
    rows.sort(key=lambda row: row["at"])
    for count, row in enumerate(rows, first):
        row["id"] = f"T-{count}" if kind == "message" else f"{kind[0]}{count}"


def write_posts(path: Path, rows: list[Row]) -> None:
    """Write posts as JSON Lines, as a listening tool exports them; what is unknown is left out."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            record = {
                "id": row["id"],
                "author": row["author"],
                "created_at": iso(row.get("at")),
                "edited_at": iso(row.get("edited")),
                "lang": row.get("lang"),
                "text": row["text"],
                "repost_of": row.get("repost_of"),
                "url": f"https://social.example/posts/{row['id']}",
                **row.get("counts", {}),
            }
            file.write(
                json.dumps({key: value for key, value in record.items() if value is not None}, ensure_ascii=False)
                + "\n"
            )


def write_reviews(path: Path, rows: list[Row]) -> None:
    """Write reviews as comma-separated UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            ["review_id", "company", "reviewer", "posted", "edited", "stars", "headline", "review", "helpful", "link"]
        )
        for row in rows:
            posted = row.get("date") or iso(row["at"])
            link = f"https://reviews.example.com/{row['id']}"
            out.writerow(
                [
                    row["id"],
                    row["brand"],
                    row["author"],
                    posted,
                    iso(row.get("edited")),
                    row["rating"],
                    row["title"],
                    row["text"],
                    row.get("helpful"),
                    link,
                ]
            )


def write_inbox(path: Path, rows: list[Row]) -> None:
    """Write Thistlepost's inbox as an office program saves it: semicolons, cp1252, local times without a zone."""
    with path.open("w", encoding="cp1252", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\r\n")
        out.writerow(["ticket", "received", "customer", "subject", "message"])
        for row in rows:
            received = row["at"].astimezone(INBOX_ZONE).strftime("%Y-%m-%d %H:%M:%S")
            out.writerow([row["id"], received, row["author"], row["subject"], row["text"]])


def iso(at: datetime | None) -> str | None:
    """Return a time as text, or None."""
    return at.isoformat() if at else None


def joined(parts: Iterable[str]) -> str:
    """Return the parts that are not empty as one line."""
    return " ".join(part for part in parts if part)


def capital(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "sample")

"""Drivers against reasons that people gave: `python -m benchmarks.drivers ../shared/data`.

Two corpora: one reason a tweet (`negativereason`, ten values) and several a review (`policies_violated`, eight values).
Texts that an upstream find-and-replace damaged are repaired first. The mapping from our drivers to their values stands
below: each driver, and each word of the trade that no general list has, gives points to a reason. Lists and points were
written while looking at these texts, so the figures are not those of untouched ones.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from benchmarks.corpora import AIRLINE_NAMES, rows
from transforms.drivers import signals
from transforms.features import read

UNKNOWN = "Can't Tell"
_SERVICE = (
    "on_hold", "no_real_person", "rude_or_indifferent", "no_concern", "transferred", "accuracy", "history_known",
    "scripted", "channel_switching", "proactive", "first_contact", "next_issue", "knowledge", "effectiveness",
    "ownership", "speed", "price", "billing", "delivery", "order_errors", "upselling", "resolution",
)  # fmt: skip
# reason: points for each driver, points for each word of the trade; ties go to the reason that stands first
TWEET_MAP: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "Damaged Luggage": ({}, {"damaged bag": 2.5}),
    "Lost Luggage": ({"loss_or_damage": 0.5}, {"bag": 2}),
    "Cancelled Flight": ({"cancellation": 3}, {"cancel": 2}),
    "Flight Attendant Complaints": ({"rude_or_indifferent": 0.5, "no_concern": 1}, {"crew": 2.5}),
    "longlines": ({}, {"line": 3}),
    "Late Flight": ({"delay": 1, "speed": 0.75}, {"late": 1, "time": 0.75}),
    "Flight Booking Problems": ({"ease": 0.5, "billing": 0.75}, {"booking": 1.5, "miles": 1}),
    "Bad Flight": (
        {"quality": 0.5, "cleanliness": 0.75, "product_fault": 0.25, "safety": 0.5},
        {"cabin": 2, "plane": 0.75},
    ),
    "Customer Service Issue": (
        dict.fromkeys(_SERVICE, 0.5) | {"on_hold": 1.5, "no_real_person": 2},
        {"service": 1.25, "contact": 0.75, "phone": 1},
    ),
}
LEAST_POINTS = 0.7  # with fewer the reason stays unknown
REVIEW_MAP = {
    "RudeService": ("rude_or_indifferent", "no_concern", "ownership"),
    "SlowService": ("speed", "on_hold"),
    "OrderProblem": ("order_errors", "accuracy", "missing_items"),
    "BadFood": ("quality",),
    "ScaryMcDs": ("safety",),
    "Filthy": ("cleanliness",),
    "Cost": ("price",),
    "MissingFood": ("availability",),
}
# what this trade talks about; a general list of drivers has no words for it
_TRADE = {
    topic: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for topic, words in tomllib.loads(
        (Path(__file__).parent / "airline_words.toml").read_text(encoding="utf-8")
    ).items()
}
_DAMAGE = re.compile(r"\b(?:damag|broke|destroy|crush|crack|ripp|torn|ruin|smash)\w*", re.IGNORECASE)
_REPAIRS = (
    (re.compile(r"Cancelled Flight(?:led|lation|ling|s|ed|ing)?"), "cancelled"),
    (re.compile(r"Flight Booking Problems"), "booking"),
    (re.compile(r"Late Flight(?:r|ly|st)?"), "late"),
)


def repair(text: str) -> str:
    for pattern, word in _REPAIRS:
        text = pattern.sub(word, text)
    return text


def tweet_reason(text: str) -> str:
    text = repair(text)
    reading = read(text, AIRLINE_NAMES)
    found = signals(text, reading.words, reading.matches).bad_drivers
    trade = {name for name, pattern in _TRADE.items() if pattern.search(text)}
    if "bag" in trade and _DAMAGE.search(text):
        trade.add("damaged bag")
    points = {
        reason: sum(by_driver.get(driver, 0) for driver in found) + sum(by_word.get(word, 0) for word in trade)
        for reason, (by_driver, by_word) in TWEET_MAP.items()
    }
    best = max(points, key=lambda reason: points[reason])
    return best if points[best] >= LEAST_POINTS else UNKNOWN


def review_reasons(text: str) -> set[str]:
    reading = read(text, ("McDonald's", "McDonalds", "McD"))
    found = set(signals(text, reading.words, reading.matches).bad_drivers)
    return {reason for reason, keys in REVIEW_MAP.items() if found.intersection(keys)}


def f1(pairs: list[tuple[bool, bool]]) -> float:
    both = sum(a and b for a, b in pairs)
    either = sum(a for a, _ in pairs) + sum(b for _, b in pairs)
    return 2 * both / either if either else 0.0


def main() -> None:
    folder = Path(sys.argv[1])
    tweets = [row for row in rows(folder / "airline_tweets_dev.csv.gz") if row["negativereason"]]
    found = [tweet_reason(row["text"]) for row in tweets]
    scores = {
        reason: f1([(row["negativereason"] == reason, one == reason) for row, one in zip(tweets, found, strict=True)])
        for reason in sorted({row["negativereason"] for row in tweets})
    }
    for reason, score in scores.items():
        print(f"{reason:30} {score:.3f}")
    print(f"tweets: macro-F1 {sum(scores.values()) / len(scores):.3f} over {len(tweets)}\n")

    reviews = rows(folder / "mcdonalds_yelp_complaint_reasons.csv.gz")
    several = [review_reasons(row["review"]) for row in reviews]
    scores = {
        reason: f1(
            [
                (reason in row["policies_violated"].split("\n"), reason in found)
                for row, found in zip(reviews, several, strict=True)
            ]
        )
        for reason in REVIEW_MAP
    }
    for reason, score in scores.items():
        print(f"{reason:30} {score:.3f}")
    print(f"reviews: macro-F1 {sum(scores.values()) / len(scores):.3f} over {len(reviews)}")


if __name__ == "__main__":
    main()

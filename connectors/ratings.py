"""Rating scales of files: which values they hold, and which of them tell of a bad or a good experience.

    scale   values                        bad      good
    1-5     1 to 5 (stars)                <= 2     >= 4
    0-5     0 to 5                        <= 2     >= 4
    1-10    1 to 10                       <= 4     >= 7
    0-10    0 to 10                       <= 4     >= 7
    nps     0 to 10 (would recommend)     <= 6     >= 9
    thumbs  1/0, up/down, yes/no ...      0        1
    faces   five faces, sad to happy      <= 2     >= 4

Ratings between bad and good are neutral. NPS: detractors 0-6, passives 7-8, promoters 9-10 (Reichheld 2003).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.file_values import Unusable
from records.setup import RatingScale

__all__ = ["SCALES", "Scale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A rating scale.

    Attributes:
        low, high: the smallest and largest rating, both inclusive; `high` becomes `rating_max`.
        bad_max: the highest bad rating, inclusive.
        good_min: the lowest good rating, inclusive.
        words: what is written in place of a number, lower case -> rating.
    """

    low: float
    high: float
    bad_max: float
    good_min: float
    words: Mapping[str, float] = field(default_factory=dict)

    @property
    def cut_points(self) -> RatingScale:
        """The scale as the settings of all rooms hold it."""
        return RatingScale(rating_max=self.high, bad_max=self.bad_max, good_min=self.good_min)

    def read(self, text: str) -> float | None:
        """Return a rating as written, None if it is no number and no word of this scale.

        Raises:
            Unusable: a number outside the scale.
        """
        word = text.strip().lower().removesuffix("\ufe0f")
        if word in self.words:
            return self.words[word]
        try:
            number = float(word)
        except ValueError:
            return None
        if not math.isfinite(number) or not self.low <= number <= self.high:
            raise Unusable(f"rating outside its scale {self.low:g} to {self.high:g}")
        return number


_THUMBS = {
    **dict.fromkeys(("up", "yes", "y", "true", "t", "like", "good", "positive", "recommended", "👍"), 1.0),
    **dict.fromkeys(("down", "no", "n", "false", "f", "dislike", "bad", "negative", "not recommended", "👎"), 0.0),
}
_FACES = {
    **dict.fromkeys(("😡", "😠", "🤬", "😭", "very sad", "angry"), 1.0),
    **dict.fromkeys(("🙁", "☹", "😞", "😟", "😕", "😢", "sad", "unhappy"), 2.0),
    **dict.fromkeys(("😐", "😑", "😶", "neutral", "ok"), 3.0),
    **dict.fromkeys(("🙂", "😊", "☺", "happy"), 4.0),
    **dict.fromkeys(("😀", "😃", "😄", "😁", "😍", "🤩", "very happy"), 5.0),
}

SCALES: Mapping[str, Scale] = {
    "1-5": Scale(low=1, high=5, bad_max=2, good_min=4),
    "0-5": Scale(low=0, high=5, bad_max=2, good_min=4),
    "1-10": Scale(low=1, high=10, bad_max=4, good_min=7),
    "0-10": Scale(low=0, high=10, bad_max=4, good_min=7),
    "nps": Scale(low=0, high=10, bad_max=6, good_min=9),
    "thumbs": Scale(low=0, high=1, bad_max=0, good_min=1, words=_THUMBS),
    "faces": Scale(low=1, high=5, bad_max=2, good_min=4, words=_FACES),
}

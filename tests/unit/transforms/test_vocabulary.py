from __future__ import annotations

import random

import numpy as np
import pytest

from transforms import vocabulary as module
from transforms.features import read_together
from transforms.growing import Growing
from transforms.vader import polarity_scores, tokenize
from transforms.vocabulary import END, Vocabulary, vocabulary
from transforms.words import split_words

TEXTS = ["It's LATE, again!", "", "a  b", "good but bad", "", "#WorstFlightEver 2hrs", "?"]

NEAR_HITS = """
    good bad great no not never so this without doubt least at very kind of or nor but isn't extremely sort hardly the
    bomb bad ass yeah right to die for GOOD BAD NOT VERY BUT the a plane good! bad? !! cut the mustard :) 😀
"""


def test_read__the_words_and_tokens_of_each_text() -> None:
    known = Vocabulary()
    for _ in range(2):  # the second time nothing is new
        stream = known.read(TEXTS)
        words = [known.words[number] for number in stream.words]
        for text, start, length in zip(TEXTS, stream.starts, stream.lengths, strict=True):
            assert words[start : start + length] == split_words(text)
        assert [known.tokens[number].raw for number in stream.tokens if number != END] == [
            token.raw for text in TEXTS for token in tokenize(text)
        ]
        assert (stream.words == END).sum() == (stream.tokens == END).sum() == len(TEXTS)


def test_vocabulary__is_begun_anew_when_full(monkeypatch: pytest.MonkeyPatch) -> None:
    first = vocabulary()
    monkeypatch.setattr(module, "_MOST_TOKENS", 0)
    before = read_together(TEXTS, [()] * len(TEXTS))
    assert vocabulary() is not first
    after = read_together(TEXTS, [()] * len(TEXTS))
    assert (before.form == after.form).all()
    assert list(before) == list(after)


def test_read_together__a_text_is_not_touched_by_its_neighbours() -> None:
    texts = ["never so", "good but", "not the", "GREAT but bad", "BAD", "kind of", "least", "good. Awful. fine"]
    whole = read_together(texts, [()] * len(texts))
    alone = [read_together([text], [()]) for text in texts]
    assert (whole.form == np.vstack([one.form for one in alone])).all()
    assert whole.compound.tolist() == [polarity_scores(text).compound for text in texts]


def test_read_together__the_scores_of_each_text_by_itself() -> None:
    rng, words = random.Random(3), NEAR_HITS.split()
    texts = [" ".join(rng.choice(words) for _ in range(rng.randint(0, 12))) for _ in range(3000)]
    found = read_together(texts, [()] * len(texts)).compound.tolist()
    assert [polarity_scores(text).compound for text in texts] == found


def test_growing__keeps_what_was_there() -> None:
    rows = Growing(np.int64)
    for start in range(0, 1000, 7):
        rows.add(range(start, start + 7))
    rows.add([])
    assert rows.rows.tolist() == list(range(len(rows)))

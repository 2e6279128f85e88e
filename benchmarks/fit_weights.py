"""Make transforms/weights/default.tsv: `python -m benchmarks.fit_weights ../shared/data` (a minute).

How good the weights are, also on corpora that they had not seen, `python -m benchmarks.quality` says.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.corpora import training_corpora
from transforms.experience import DEFAULT_WEIGHTS, LABELS, Weights
from transforms.score import MODEL_VERSION
from transforms.training import PINNED, Corpus, fit, prior_weights, vocabulary

__all__ = ["learn"]

AT_LEAST = 4  # texts with a word, for it to have a weight
# How strongly weights keep to the value a person gave them, in texts. Chosen by what fits corpora that were left out,
# as were the damping of long texts and the sharpness: a choice among a handful of values each, never by one corpus.
FORM_STRENGTH, GROUP_STRENGTH, WORD_STRENGTH = 60.0, 40.0, 20.0
SHARPNESS = 0.95
MIN_WEIGHT = 0.05  # smaller ones change nothing and are left out


def learn(corpora: Sequence[Corpus]) -> Weights:
    """Return the weights that these corpora support."""
    words = vocabulary([reading for corpus in corpora for reading in corpus.readings], AT_LEAST)
    prior, pinned = prior_weights(words)
    kinds = np.array(
        [WORD_STRENGTH if n.startswith("word:") else GROUP_STRENGTH if ":" in n else FORM_STRENGTH for n in prior.names]
    )
    table = fit(corpora, prior, np.where(pinned, PINNED, kinds)[:, None])
    kept = [
        i for i, name in enumerate(prior.names) if not name.startswith("word:") or abs(table[i]).max() >= MIN_WEIGHT
    ]
    facts = {
        "data": "VADER ground truth (Hutto & Gilbert 2014, MIT); Skytrax reviews (compilation CC0); "
        "texts written for this project; no airline tweets",
        "made by": "python -m benchmarks.fit_weights",
        "labels": ", ".join(LABELS),
    }
    return Weights(MODEL_VERSION, tuple(prior.names[i] for i in kept), table[kept], SHARPNESS, facts)


def main() -> None:
    weights = learn(training_corpora(Path(sys.argv[1])))
    weights.write(DEFAULT_WEIGHTS)
    print(len(weights.names), "features,", DEFAULT_WEIGHTS.stat().st_size, "bytes")


if __name__ == "__main__":
    main()

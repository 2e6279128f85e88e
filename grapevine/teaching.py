"""Learning weights of a brand's own from what people said, and saying why a text has its label."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from grapevine.models import in_use
from records.errors import InputError
from records.home import Home
from transforms import explaining
from transforms.experience import Weights
from transforms.explaining import Explanation
from transforms.learning import Example, TrainReport, train_examples, train_file
from transforms.text import join_title
from warehouse import overrides
from warehouse.overrides import Judged

__all__ = [
    "choose",
    "explain_mention",
    "explain_text",
    "train_file",
    "train_from_labels",
]


def choose(named: str | None, home: Home, config: Path | None) -> Weights | None:
    """Return the weights that a command shall use; None for those that come with Grapevine.

    Args:
        named: a weights file, "default", or None for those in use.
        home: the home folder.
        config: the settings file; None for the usual one, which need not be there.

    Raises:
        InputError: the file is no weights file.
    """
    if named is not None:
        return None if named == "default" else Weights.read(Path(named))
    path = in_use(home, config)["path"]
    return Weights.read(Path(path)) if path else None


def train_from_labels(home: Home, out: Path) -> TrainReport:
    """Fit weights to the labels in the warehouse and write them, unless the weights there are already better.

    Raises:
        InputError: there are too few labels.
    """
    examples = [
        Example(join_title(one.title, one.text), one.label, one.names, one.is_random)
        for one in overrides.given_labels(home)
    ]
    return train_examples(examples, out, origin="the labels given with `grapevine label`")


def explain_text(text: str, names: tuple[str, ...], weights: Weights | None) -> Explanation:
    """Return why a text would have its label."""
    return explaining.explain_text(text, names, weights, headline=f"{len(text):,} characters")


def explain_mention(home: Home, mention_id: UUID, weights: Weights | None) -> list[Explanation]:
    """Return why a mention has its label, towards each brand it is about.

    Raises:
        InputError: there is no such mention, or its words are gone.
    """
    found = overrides.judged(home, mention_id)
    if not found:
        raise InputError(f"no mention has the id {mention_id}; copy one from the column mention_id of marts.mentions")
    if found[0].is_gone:
        raise InputError(f"the words of {mention_id} are gone, so nothing can be explained")
    return [
        explaining.explain_text(
            join_title(one.title, one.text),
            tuple(one.names),
            weights,
            headline=_headline(one),
            language=one.language,
        )
        for one in found
    ]


def _headline(one: Judged) -> str:
    if one.given_label:
        decided = f"{one.given_label}, as a person said"
    elif one.label_basis == "rating":
        decided = f"{one.found_label}, by its rating of {one.rating:g} of {one.rating_max:g}"
    elif one.label_basis is None:
        decided = "not judged yet"
    else:
        decided = one.found_label or "no label: not in English, and without a rating"
    return f"{one.brand_name} · {one.source} · {one.told_at:%Y-%m-%d}: {decided}"

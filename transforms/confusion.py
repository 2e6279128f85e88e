"""What a weights file says of its own mistakes: how often which label was given to texts that it had not seen.

Only the first lines are read, and nothing is imported for it: `load` asks on every run.
"""

from __future__ import annotations

import json
from pathlib import Path

from records.errors import InputError
from records.setup import Confusion

__all__ = ["DEFAULT_WEIGHTS", "read_confusion", "read_facts"]

DEFAULT_WEIGHTS = Path(__file__).parent / "weights" / "default.tsv"

_LABELS = ("bad", "neutral", "good")


def read_facts(path: Path) -> dict[str, str]:
    """Return the facts at the head of a weights file: model_version, data, macro_f1_3 and others.

    Raises:
        InputError: it is missing or is not a weights file.
    """
    facts: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if not line.startswith("# "):
                    break
                key, _, value = line[2:].rstrip("\n").partition(": ")
                facts[key] = value
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; make it with `grapevine train`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read ({error}); make it with `grapevine train`") from None
    if "model_version" not in facts:
        raise InputError(f"{path} is no weights file (it names no model_version); make it with `grapevine train`")
    return facts


def read_confusion(path: Path) -> tuple[Confusion, ...]:
    """Return the confusion matrix in a weights file, nine cells; empty without one that was measured on unseen texts.

    Raises:
        InputError: the file is missing or is not a weights file, or its matrix is damaged.
    """
    facts = read_facts(path)
    if "confusion" not in facts or "measured_on" not in facts:
        return ()
    try:
        counts = json.loads(facts["confusion"])
        return tuple(
            Confusion(
                model_version=facts["model_version"],
                actual=actual,
                labelled=labelled,
                mention_count=int(counts[actual][labelled]),
                measured_on=facts["measured_on"],
            )
            for actual in _LABELS
            for labelled in _LABELS
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} has a damaged confusion matrix ({error}); make it anew with `grapevine train`"
        ) from None

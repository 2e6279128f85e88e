"""Correct it, and teach it: labels by people, from the terminal, from files and from mails, and what they show.

The warehouse chooses what is worth a look and keeps what was said; this joins it with the files and the mails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from uuid import UUID

from grapevine.settings import Settings
from records.errors import Busy, ConfigError, InputError
from records.home import Home
from records.override import Override
from transforms.evaluation import SPELLINGS
from transforms.labelling import DOUBTFUL, RANDOM, read_labels, write_mentions
from warehouse import overrides
from warehouse.overrides import Candidate

__all__ = ["Imported", "Round", "export_doubtful", "export_given", "import_labels", "import_mails", "set_label"]


@dataclass
class Round:
    """One round over mentions: what was answered, and what of it is in the warehouse already.

    Attributes:
        candidates: the mentions, in the order in which they are shown.
        at: place of the one that is shown; the number of candidates once all were.
        answers: place -> label, for those that were judged.
    """

    home: Home
    candidates: Sequence[Candidate]
    at: int = 0
    answers: dict[int, str] = field(default_factory=dict)
    _saved: dict[int, str] = field(default_factory=dict)

    def answer(self, label: str | None) -> None:
        """Take the label of the mention shown, or None to pass it over, and go on to the next."""
        self.answers.pop(self.at, None)
        if label is not None:
            self.answers[self.at] = label
        self.at += 1

    def undo(self) -> None:
        """Go back to the mention before; its label stands until it is answered again."""
        self.at = max(0, self.at - 1)

    def save(self, *, wait_seconds: float = 60.0) -> int:
        """Write what has changed since the last time; return how many labels of this round stand in the warehouse.

        Raises:
            Busy: another process holds the warehouse; nothing is lost, save again.
        """
        passed = [place for place in self._saved if place not in self.answers]
        if passed:
            overrides.take_back(self.home, [self._key(place) for place in passed], wait_seconds=wait_seconds)
        new = {place: label for place, label in self.answers.items() if self._saved.get(place) != label}
        if new:
            overrides.put(self.home, [self._override(*one) for one in new.items()], wait_seconds=wait_seconds)
        self._saved = dict(self.answers)
        return len(self._saved)

    def save_if_free(self) -> None:
        """Write what has changed, unless another process is at work in the warehouse: nobody shall wait for it."""
        try:
            self.save(wait_seconds=0)
        except Busy:
            return

    def _key(self, place: int) -> tuple[UUID, str]:
        return self.candidates[place].mention_id, self.candidates[place].brand

    def _override(self, place: int, label: str) -> Override:
        one = self.candidates[place]
        return Override(mention_id=one.mention_id, brand=one.brand, label=label, is_random=one.is_random)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of labels from a file or from mails.

    Attributes:
        written_count: labels that are new or changed.
        unchanged_count: labels that stood there already.
        empty_count: rows without a label.
        refused: what can't be used, each with its place and the reason.
    """

    written_count: int
    unchanged_count: int
    empty_count: int
    refused: tuple[str, ...]


def set_label(home: Home, mention: str, label: str, *, brands: Sequence[str] = (), note: str | None = None) -> Imported:
    """Label one mention, or take its label back.

    Args:
        home: the home folder.
        mention: its id.
        label: bad, neutral or good (or negative, positive); "none" takes a label back.
        brands: keys of the brands it is meant for; when empty, the one that it is about, and for "none" all of them.
        note: why.

    Raises:
        InputError: the id or the label is none.
    """
    try:
        mention_id = UUID(mention)
    except ValueError:
        raise InputError(
            f"{mention!r} is no mention id; copy one from the column mention_id of marts.mentions"
        ) from None
    if label.lower() == "none":
        about = brands or [one.brand for one in overrides.judged(home, mention_id)]
        return Imported(overrides.take_back(home, [(mention_id, brand) for brand in about]), 0, 0, ())
    known = SPELLINGS.get(label.lower())
    if known is None:
        raise InputError(f"the label is {label!r}; write one of {', '.join(SPELLINGS)} or none")
    said = [Override(mention_id=mention_id, brand=brand, label=known, note=note) for brand in brands or (None,)]
    put = overrides.put(home, said)
    refused = tuple(f"{said[place].brand or mention}: {reason}" for place, reason in put.refused)
    return Imported(put.written_count, put.unchanged_count, 0, refused)


def export_doubtful(home: Home, path: Path, *, limit: int, brands: Sequence[str] = ()) -> tuple[int, int]:
    """Write the mentions to label next; return how many, and how many were left out because of their source's terms."""
    chosen = overrides.doubtful(home, limit=limit, brands=brands)
    allowed = [one for one in chosen if one.publishes_text]
    written = write_mentions(
        path,
        (
            {
                "mention_id": str(one.mention_id),
                "brand": one.brand,
                "told_at": one.told_at.isoformat(),
                "text": _words(one.title, one.text),
                "found_label": one.found_label,
                "doubt": f"{one.doubt:.3f}",
                "drawn": RANDOM if one.is_random else DOUBTFUL,
            }
            for one in allowed
        ),
    )
    return written, len(chosen) - len(allowed)


def export_given(home: Home, path: Path) -> tuple[int, int]:
    """Write the labels that people gave; return how many, and how many are without words because of the terms."""
    given = overrides.given_labels(home)
    written = write_mentions(
        path,
        (
            {
                "mention_id": str(one.mention_id),
                "brand": one.brand,
                "told_at": one.told_at.isoformat() if one.told_at else None,
                "text": _words(one.public_title, one.public_text) if one.publishes_text else None,
                "found_label": one.found_label,
                "drawn": RANDOM if one.is_random else None,
                "label": one.label,
                "note": one.note,
            }
            for one in given
        ),
    )
    return written, sum(not one.publishes_text for one in given)


def import_labels(home: Home, path: Path) -> Imported:
    """Bring the labels of a file into the warehouse.

    Raises:
        InputError: the file or a column of it can't be used, or nothing has been loaded yet.
    """
    told = read_labels(path)
    put = overrides.put(home, told.found)
    refused = [*told.rejected, *(f"row {told.rows[place]}: {reason}" for place, reason in put.refused)]
    return Imported(put.written_count, put.unchanged_count, told.empty_count, tuple(refused))


def import_mails(home: Home, path: Path, settings: Settings) -> Imported:
    """Bring the answers to "Wrong? Tell us" into the warehouse; each mail that can't be used is named with the reason.

    Args:
        home: the home folder.
        path: a mail (.eml), or a folder of such.
        settings: name the receivers of digests and alerts; nobody else is heard.

    Raises:
        InputError: there is no mail, or nothing has been loaded yet.
        ConfigError: the settings name no receiver.
    """
    from digests.answers import LARGEST, read_answer

    named = (*settings.digest.recipients, *settings.alerts.recipients)
    receivers = {parseaddr(one)[1].lower() for one in named} - {""}
    if not receivers:
        raise ConfigError("[digest] recipients is empty, so an answer can't be told from a stranger's; name them there")
    now = datetime.now(UTC)
    found, places, refused = [], [], []
    for mail in _mails(path):
        try:
            with mail.open("rb") as file:
                found.append(read_answer(file.read(LARGEST + 1), receivers, now))
            places.append(mail.name)
        except (InputError, OSError) as error:
            refused.append(f"{mail.name}: {error}")
    put = overrides.put(home, found)
    refused += [f"{places[place]}: {reason}" for place, reason in put.refused]
    return Imported(put.written_count, put.unchanged_count, 0, tuple(refused))


def _mails(path: Path) -> list[Path]:
    mails = sorted(path.glob("*.eml")) if path.is_dir() else [path] if path.is_file() else []
    if not mails:
        raise InputError(f"--mail is {str(path)!r}, where there is no mail; give an .eml file or a folder of them")
    return mails


def _words(title: str | None, text: str | None) -> str:
    return "\n".join(part for part in (title, text) if part)

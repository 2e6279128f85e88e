"""`label`: say what mentions are, on the terminal, in a file, or by answering the digest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grapevine.commands.asking import is_interactive
from grapevine.commands.screen import Screen
from records.errors import InputError

if TYPE_CHECKING:
    from grapevine.labelling import Imported, Round
    from records.home import Home
    from warehouse.overrides import Candidate

__all__ = ["register"]

_KEYS = {"b": "bad", "n": "neutral", "g": "good"}
_HELP = "[b]ad  [n]eutral  [g]ood   [s]kip  [u]ndo  [q]uit"
_LONGEST = 1200  # characters of a text on the terminal
_SHOWN_REFUSALS = 20
_FEWEST = 12  # mentions drawn at random, for a share of them to mean anything
_Z = 1.645  # of a 90 % range


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(label)


def label(
    context: typer.Context,
    mention: Annotated[
        str | None, typer.Argument(help="A mention's id, to label that one only.", show_default=False)
    ] = None,
    right: Annotated[
        str | None,
        typer.Argument(help="Its label: bad, neutral or good; none takes a label back.", show_default=False),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="Settings file; with --mail, whose answers count.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many mentions.")] = 20,
    brands: Annotated[
        list[str] | None, typer.Option("--brand", help="Key of a brand; all when left out.", show_default=False)
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the mentions to a CSV instead of asking.", show_default=False)
    ] = None,
    given: Annotated[bool, typer.Option("--given", help="With --export: the labels that people gave so far.")] = False,
    file: Annotated[
        Path | None, typer.Option("--import", help="Read labels from such a CSV.", show_default=False)
    ] = None,
    mail: Annotated[
        Path | None,
        typer.Option(
            "--mail", help='Read answers to "Wrong? Tell us": an .eml or a folder of them.', show_default=False
        ),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="With a mention's id: why.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Say what the most doubtful mentions are; your labels stand above any model, and `train --from-labels` learns."""
    from grapevine import labelling

    screen: Screen = context.obj
    home = screen.resolved_home()
    if sum(one is not None for one in (mention, export, file, mail)) > 1:
        raise InputError("two of MENTION, --export, --import and --mail were given together; give one of them")
    if mention is not None:
        if right is None:
            raise InputError(f"which label has {mention}? write bad, neutral, good or none after it")
        done = labelling.set_label(home, mention, right, brands=brands or (), note=note)
        if right.lower() == "none" and not as_json:
            screen.say(f"{done.written_count} labels taken back; `grapevine run` brings it into the figures")
        else:
            _show_imported(screen, done, as_json=as_json)
    elif export is not None:
        written, left_out = (
            labelling.export_given(home, export)
            if given
            else labelling.export_doubtful(home, export, limit=limit, brands=brands or ())
        )
        terms = f"; {left_out} without words, as their source's terms ask" if left_out else ""
        if as_json:
            screen.json({"written_count": written, "left_out_count": left_out})
        else:
            what = "labels" if given else "mentions"
            todo = "" if given else "; fill in the column label (bad, neutral or good), then --import it"
            screen.say(f"{written:,} {what} in {export}{terms}{todo}")
    elif file is not None:
        _show_imported(screen, labelling.import_labels(home, file), as_json=as_json)
    elif mail is not None:
        settings = screen.workspace(config).settings
        _show_imported(screen, labelling.import_mails(home, mail, settings), as_json=as_json)
    else:
        _ask(screen, limit, brands or (), config)


def _ask(screen: Screen, limit: int, brands: Sequence[str], config: Path | None) -> None:
    from grapevine.labelling import Round
    from warehouse import overrides

    if not is_interactive():
        raise InputError("nobody sits at the terminal; use --export and --import")
    home = screen.resolved_home()
    candidates = overrides.doubtful(home, limit=limit, brands=brands)
    if not candidates:
        screen.say("nothing to label: no mention waits that was judged by its words")
        return
    screen.note(f"{len(candidates)} mentions; their labels stand above any model.  {_HELP}")
    one = Round(home, candidates)
    try:
        for _ in _questions(screen, one):
            one.save_if_free()
    finally:
        saved = one.save()
    screen.say(f"{saved} labels kept; `grapevine run` brings them into the figures")
    if told := _accuracy(home, config):
        screen.say(told)


def _accuracy(home: Home, config: Path | None) -> str:
    """Say how often the model in use was right on mentions drawn at random; "" where too few were judged."""
    from grapevine import models
    from transforms.score import model_version
    from warehouse import overrides

    own = models.in_use(home, config)
    found = overrides.accuracy(home, model_version(own["model_version"] if own["path"] else None))
    if found.count < _FEWEST:
        return ""
    low, high = _wilson(found.right_count, found.count)
    share = found.right_count / found.count
    return (
        f"of {found.count} mentions drawn at random the model was right about {found.right_count}: "
        f"{share:.0%} (90 % range {low:.0%} to {high:.0%})"
    )


def _wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 90 % range of a share (E. B. Wilson, 1927)."""
    share, squared = right / count, _Z**2
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    half = _Z / (1 + squared / count) * math.sqrt(share * (1 - share) / count + squared / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _questions(screen: Screen, one: Round) -> Iterator[None]:
    """Show each mention and take its key, until all are answered or the person quits."""
    while one.at < len(one.candidates):
        candidate = one.candidates[one.at]
        _show(screen, candidate, f"{one.at + 1} of {len(one.candidates)}")
        while (key := _key()) not in (*_KEYS, "s", "u", "q"):
            screen.note(_HELP)
        if key == "q":
            return
        if key == "u":
            one.undo()
        else:
            found = _KEYS.get(key)
            one.answer(found)
            screen.note(f"  {found or 'passed over'} (found: {candidate.found_label})")
        yield


def _key() -> str:
    try:
        return typer.getchar().lower()
    except EOFError:
        return "q"


def _show(screen: Screen, one: Candidate, place: str) -> None:
    head = f"{place}   {one.brand_name} · {one.source} · {one.told_at:%Y-%m-%d}"
    text = "\n".join(part for part in (one.title, one.text) if part) or "(no words)"
    screen.say(f"\n{_plain(head)}\n  " + _plain(text[:_LONGEST]).replace("\n", "\n  "))


def _plain(text: str) -> str:
    """Return the text without what could move the cursor or turn the direction of writing: strangers wrote it."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _show_imported(screen: Screen, done: Imported, *, as_json: bool) -> None:
    if as_json:
        screen.json({name: getattr(done, name) for name in done.__dataclass_fields__})
    else:
        counts = f"{done.written_count:,} labels kept, {done.unchanged_count:,} stood there already"
        empty = f", {done.empty_count:,} rows without a label" if done.empty_count else ""
        screen.say(f"{counts}{empty}, {len(done.refused):,} refused")
        for reason in done.refused[:_SHOWN_REFUSALS]:
            screen.note(f"  refused: {_plain(reason)}")
        if len(done.refused) > _SHOWN_REFUSALS:
            screen.note(f"  and {len(done.refused) - _SHOWN_REFUSALS:,} more; --json lists them all")
        if done.written_count:
            screen.note("`grapevine run` brings them into the figures")
    if done.refused and not (done.written_count or done.unchanged_count):
        raise InputError("none of the labels can be used; the reasons say what to mend")

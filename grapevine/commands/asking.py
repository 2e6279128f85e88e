"""Questions on the terminal, and what happens where nobody can answer."""

from __future__ import annotations

import sys

import typer

from records.errors import InputError

__all__ = ["agree", "ask", "is_interactive"]


def is_interactive() -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stdin.isatty()


def ask(question: str, *, option: str, usual: str | None = None) -> str:
    """Return the answer to a question.

    Args:
        question: without its colon.
        option: which option answers it too.
        usual: the answer if just Enter is pressed; None to insist.

    Raises:
        InputError: there is nobody to answer; the message names the option.
    """
    try:
        return str(typer.prompt(question, default=usual, err=True)).strip()
    except (typer.Abort, OSError) as error:
        raise InputError(f"nobody answered {question!r}; give {option}") from error


def agree(question: str, *, option: str) -> bool:
    """Return whether a question was answered with yes.

    Raises:
        InputError: there is nobody to answer; the message names the option.
    """
    try:
        return typer.confirm(question, default=True, err=True)
    except (typer.Abort, OSError) as error:
        raise InputError(f"nobody answered {question!r}; give {option}") from error

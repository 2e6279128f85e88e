"""The command line: `grapevine`.

Exit codes: 0 done; 1 unexpected error; 2 a setting, an argument or a file can't be used; 3 the warehouse is busy;
4 a source did not answer as asked; 5 a source's answers changed shape; 6 data broke a promise (test, contract,
validation). Errors are one line; `--debug` adds the traceback.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from grapevine.commands import register
from grapevine.commands.screen import Screen, screen
from records.errors import GrapevineError

__all__ = ["app", "common_first", "console", "main"]

_OBJECTS_BEFORE_COLLECTING = 50_000  # dbt makes millions of them and hardly a cycle

app = typer.Typer(
    name="grapevine",
    help="From visible reviews and posts to the word of mouth behind them, with honest ranges.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _options(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option("--home", help="Home folder; GRAPEVINE_HOME, then ./var.", show_default=False)
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and debug logs.")] = False,
) -> None:
    context.obj = Screen(home=home, debug=debug)
    # the level stands on the handler: a logger that somebody turned up for a test of its own stays off the terminal
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.DEBUG if debug else logging.WARNING)
    logging.basicConfig(level=handler.level, format="%(levelname)s %(name)s: %(message)s", handlers=[handler])


register(app)


def common_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with `--home` and `--debug` before the command, wherever they were written.

    >>> common_first(["run", "--config", "a.toml", "--home", "var"])
    ['--home', 'var', 'run', '--config', 'a.toml']
    """
    first, rest, waiting = [], [], list(arguments)
    while waiting and waiting[0] != "--":
        one = waiting.pop(0)
        if one == "--debug" or one.startswith("--home="):
            first.append(one)
        elif one == "--home" and waiting:
            first += [one, waiting.pop(0)]
        else:
            rest.append(one)
    return [*first, *rest, *waiting]


def console() -> None:
    """Be the process of the command `grapevine`: run it, then leave without taking down what ends anyway.

    What must be done at exit is done; but freeing dbt's and altair's objects one by one would take half a second.
    """
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING, 20, 50)
    code = 0
    try:
        main()
    except SystemExit as left:
        if left.code is not None and not isinstance(left.code, int):
            raise
        code = left.code or 0
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):  # the reader of our output has gone
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Run the command line; turn errors that a user can act on into one line and an exit code."""
    arguments = common_first(sys.argv[1:])
    debug = "--debug" in arguments
    try:
        app(arguments)
    except GrapevineError as error:
        if debug:
            raise
        screen().error(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # the reader of our output (head, less) has gone: say nothing more, not even at shutdown
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        screen().error("stopped; run the same command again, it goes on where it was")
        sys.exit(130)
    except Exception as error:
        if debug:
            raise
        screen().error(f"unexpected {type(error).__name__}: {error}; `grapevine --debug` shows where")
        sys.exit(1)


if __name__ == "__main__":
    console()

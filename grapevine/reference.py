"""docs/generated: pages made from the declarations, so that they can't say anything else than the code.

`python -m grapevine.reference` writes them; with `--check` it writes nothing and fails when a page differs.
"""

from __future__ import annotations

import inspect
import sys
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

__all__ = ["FOLDER", "commands", "errors", "known_failures", "main", "page", "pages", "settings"]

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "generated"
_HEAD = "<!-- made by `make fix` from the declarations; change those -->\n\n"


def pages() -> dict[str, Callable[[], str]]:
    """Return the pages by file name, each with the function that makes it."""
    from connectors import reference as connectors_reference
    from connectors import registry
    from grapevine import schema
    from warehouse import dictionary

    return {
        "commands.md": commands,
        "connectors.md": connectors_reference.page,
        "errors.md": errors,
        "grapevine.schema.json": lambda: schema.text(registry.built_in()),
        "known_failures.md": known_failures,
        "settings.md": settings,
        "tables.md": dictionary.page,
    }


def page(name: str) -> str:
    """Return the text of one page's file."""
    return (_HEAD if name.endswith(".md") else "") + pages()[name]().rstrip() + "\n"


def known_failures() -> str:
    """Return the page of texts on which a sentiment lexicon goes wrong; a test holds every answer in it."""
    path = FOLDER.parents[1] / "tests" / "spec" / "known_failures.toml"
    cases = tomllib.loads(path.read_text(encoding="utf-8"))["text"]
    lines = [
        "# Texts that are easily misread",
        "",
        "What vaderSentiment says at its standard thresholds, what Grapevine says by itself, and what is right.",
        "From `tests/spec/known_failures.toml`; a test holds both answers to it. Wrong ones are in bold.",
        "",
        "| text | VADER | Grapevine | right | why |",
        "|---|---|---|---|---|",
    ]
    for case in cases:
        answers = (case[who] if case[who] == case["right"] else f"**{case[who]}**" for who in ("vader", "ours"))
        lines.append(f"| {case['text']} | {' | '.join(answers)} | {case['right']} | {case['why']} |")
    return "\n".join(lines)


def settings() -> str:
    """Return the page of all settings, one table a section of the file."""
    from grapevine import settings as models

    sections: list[tuple[str, type[BaseModel]]] = [
        ("Top of the file", models.Settings),
        ("[[brands]]", models.BrandSettings),
        ("[[sources]]", models.SourceSettings),
        ("[[coverage]]", models.CoverageSettings),
        ("[digest]", models.DigestSettings),
        ("[mail]", models.MailSettings),
        ("[[hooks]]", models.HookSettings),
        ("[alerts]", models.AlertSettings),
    ]
    parts = [
        "# Settings: grapevine.toml\n\nUnknown keys are refused; paths are relative to the file; "
        "secrets come from the environment.\n"
    ]
    for title, model in sections:
        rows = [
            (f"`{field.alias or name}`", _kind(field.annotation), _default(field), field.description or "")
            for name, field in model.model_fields.items()
            if not field.exclude
        ]
        parts.append(f"## {title}\n\n{_table(('setting', 'type', 'default', 'meaning'), rows)}")
    parts.append("What a source's connector asks for besides stands in [connectors.md](connectors.md).\n")
    return "\n".join(parts)


def commands() -> str:
    """Return the page of all commands with their arguments and options."""
    from typer.main import get_command

    from grapevine.cli import app

    root = get_command(app)
    parts = [
        "# Commands\n\nErrors are one line; `grapevine --debug COMMAND` adds the traceback. "
        "Exit codes stand in [errors.md](errors.md).\n"
    ]
    for name, command in _walk(root, "grapevine"):
        rows = []
        for parameter in command.params:
            if parameter.name == "help":
                continue
            shown = (
                ", ".join(parameter.opts) if parameter.param_type_name == "option" else (parameter.name or "").upper()
            )
            rows.append((f"`{shown}`", getattr(parameter, "help", None) or ""))
        text = inspect.cleandoc(command.help or "")
        parts.append(f"## {name}\n\n{text}\n" + (f"\n{_table(('argument', 'meaning'), rows)}" if rows else ""))
    return "\n".join(parts)


def errors() -> str:
    """Return the page of errors and exit codes."""
    from records import errors as declared

    rows = []
    for name in declared.__all__:
        kind = getattr(declared, name)
        if isinstance(kind, type) and issubclass(kind, declared.GrapevineError):
            rows.append((f"`{name}`", kind.exit_code, inspect.cleandoc(kind.__doc__ or "").splitlines()[0]))
    return (
        "# Errors and exit codes\n\nEvery message names the thing, its value and the remedy.\n\n"
        + _table(("error", "exit code", "meaning"), sorted(rows, key=lambda row: (row[1], row[0])))
        + "\nExit code 0 means done, 1 an unexpected error, 130 stopped by Ctrl-C.\n"
    )


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` name those that differ from what stands on disk; return an exit code."""
    made = {name: page(name) for name in pages()}
    if "--check" in arguments:
        stale = [
            name
            for name, text in made.items()
            if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
        ]
        if stale:
            sys.stderr.write(
                f"docs/generated is behind the declarations: {', '.join(stale)}; run `make fix` and commit\n"
            )
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name in sorted(inner):
        yield from _walk(inner[name], f"{path} {name}")


def _kind(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return ", ".join(map(str, arguments))
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_kind(part) for part in arguments if part is not type(None))
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return "table"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    names = {str: "text", bool: "true or false", int: "whole number", float: "number"}
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _default(field: Any) -> str:
    if field.default_factory is not None or field.default in (None, ()):
        return ""
    return (
        "required"
        if field.default is PydanticUndefined
        else f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return (
        "\n".join(
            "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
            for line in lines
        )
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

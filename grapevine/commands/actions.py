"""`action`: what the team did about a driver, so that later digests show what was told before and after."""

from __future__ import annotations

from typing import Annotated

import typer

from grapevine.commands.screen import Screen
from grapevine.commands.steps import Config
from grapevine.messages import near
from records.errors import InputError
from records.home import Home

__all__ = ["register"]

actions = typer.Typer(
    no_args_is_help=True, help="What was done about a driver: add it, list what came of it, remove it."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(actions, name="action")


@actions.command("add")
def add(
    context: typer.Context,
    begin: Annotated[str, typer.Option("--from", help="When it began: 2026-W46, 2026-11 or 2026-11-09.")],
    note: Annotated[str, typer.Option("--note", help="What was done, in a few words.")],
    driver: Annotated[
        str | None,
        typer.Option("--driver", help="The driver it is about; a part of its key is enough.", show_default=False),
    ] = None,
    brand: Annotated[
        str | None,
        typer.Option("--brand", help="Key of the brand; needed where several are set up.", show_default=False),
    ] = None,
    config: Config = None,
) -> None:
    """Write down what was done; digests from then on show the bad experiences before and after."""
    from digests.periods import Period
    from warehouse.actions import Action
    from warehouse.actions import add as write_down

    screen: Screen = context.obj
    workspace = screen.workspace(config)
    brands = [one.key for one in workspace.brands]
    if brand is None and len(brands) != 1:
        raise InputError(f"--brand is missing; it is one of {', '.join(brands)}")
    action = Action(
        brand=brand or brands[0],
        driver=_driver(driver) if driver else None,
        from_date=Period.parse(begin).start,
        note=note.strip(),
    )
    action_id = write_down(workspace.home, action)
    about = action.driver or "all bad experiences"
    screen.say(f"{action_id}: {about}, from {action.from_date}; the next `grapevine run` compares before and after")


@actions.command("list")
def show(context: typer.Context) -> None:
    """List what was done, with the bad experiences told before and after as far as they are published."""
    from warehouse.actions import known

    screen: Screen = context.obj
    home = screen.resolved_home()
    found = known(home)
    if not found:
        screen.say("nothing was written down; `grapevine action add --driver on_hold --from 2026-W46 --note ...`")
        return
    outcomes = _outcomes(home)
    rows = [
        (
            one.action_id,
            one.brand,
            one.driver or "all",
            one.from_date,
            one.note,
            *outcomes.get(one.action_id, ("",) * 3),
        )
        for one in found
    ]
    screen.table(("id", "brand", "driver", "from", "note", "days", "bad before > after", "change, 90 % range"), rows)


@actions.command("remove")
def remove(
    context: typer.Context, action_id: Annotated[str, typer.Argument(help="As `action list` shows it.")]
) -> None:
    """Forget an action that was written down by mistake."""
    from warehouse.actions import remove as forget

    screen: Screen = context.obj
    forget(screen.resolved_home(), action_id)
    screen.say(f"{action_id} is forgotten")


def _driver(given: str) -> str:
    """Return the key of the driver that is meant: itself, or the only one whose key holds what was given."""
    from transforms.drivers import drivers

    wanted = given.strip().lower().replace(" ", "_").replace("-", "_")
    found = [key for key in drivers() if key == wanted] or [key for key in drivers() if wanted in key]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"--driver {given!r} may mean {', '.join(found)}; name one of them")
    raise InputError(f"--driver is {given!r}, which is no driver{near(wanted, set(drivers()))}")


def _outcomes(home: Home) -> dict[str, tuple[str, str, str]]:
    from warehouse import query

    if not home.current.exists():
        return {}
    rows = query.select(
        home,
        "SELECT action_id, day_count, bad_count_before, bad_count_after, bad_change_ratio, bad_change_ratio_low, "
        "bad_change_ratio_high FROM action",
    ).rows
    return {
        action_id: (
            str(days),
            "" if before is None else f"{before} > {after}",
            "" if ratio is None or low is None else f"{ratio:.2g} ({low:.2g} to {high:.2g})",
        )
        for action_id, days, before, after, ratio, low, high in rows
    }

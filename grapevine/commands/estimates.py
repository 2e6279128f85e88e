"""`amplify`, `what-if`, `rates`: what mentions stand for, what would change it, and the rates that it rests on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from grapevine.commands.screen import Screen
from records.errors import InputError
from records.mention import Channel

if TYPE_CHECKING:
    from transforms.rates import Profile

__all__ = ["register", "short"]

Bad = Annotated[int, typer.Option("--bad", help="Bad experiences seen.")]
Good = Annotated[int, typer.Option("--good", help="Good experiences seen.")]
ChannelName = Annotated[str, typer.Option("--channel", help="Where: review_site, online or company.")]
CoverageShare = Annotated[
    float, typer.Option("--coverage", help="Share of the channel's tellings that is collected, above 0 to 1.")
]
ProfileName = Annotated[str, typer.Option("--profile", help="Rate profile; see `grapevine rates list`.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(amplify)
    app.command("what-if")(what_if)
    group = typer.Typer(no_args_is_help=True, help="The rates that estimates rest on.", rich_markup_mode=None)
    group.command("list")(list_rates)
    for command in (show, compare, check, calibrate):
        group.command()(command)
    app.add_typer(group, name="rates")


def amplify(
    context: typer.Context,
    bad: Bad = 0,
    good: Good = 0,
    channel: ChannelName = "review_site",
    coverage: CoverageShare = 1.0,
    profile: ProfileName = "dr2013",
    as_json: Json = False,
) -> None:
    """Estimate the experiences behind mentions, and how far they are told."""
    from transforms.amplification import amplify as estimate

    screen: Screen = context.obj
    result = estimate(bad=bad, good=good, channel=channel, coverage=coverage, profile=profile)
    if as_json:
        screen.json(result)
        return
    rows = [
        (
            valence,
            f"{seen:,}",
            short(result[valence]["experiences"]),
            f"{short(result[valence]['experiences_low'])} to {short(result[valence]['experiences_high'])}",
            short(result[valence]["exposures"]),
            _share(result[valence]["hidden_share"]),
        )
        for valence, seen in (("bad", bad), ("good", good))
    ]
    screen.table(("", "seen", "experiences behind", "90 % range", "exposures", "told elsewhere"), rows)
    screen.say(
        f"If customers talk as in {profile}: "
        f"one bad experience is heard as often as {result['recovery_ratio']:.2f} good ones."
    )


def what_if(
    context: typer.Context,
    bad: Bad = 0,
    good: Good = 0,
    channel: ChannelName = "review_site",
    coverage: CoverageShare = 1.0,
    profile: ProfileName = "dr2013",
    recover: Annotated[float, typer.Option("--recover", help="Share of the bad cases seen that are put right.")] = 0.0,
    faster: Annotated[str, typer.Option("--faster", help="By how much sooner they are answered, like 6h.")] = "0h",
    invite_reviews: Annotated[
        float, typer.Option("--invite-reviews", help="Share of customers who post a review because they were asked.")
    ] = 0.0,
    invite_complaints: Annotated[
        float, typer.Option("--invite-complaints", help="Share of the disappointed who tell you because you asked.")
    ] = 0.0,
    as_json: Json = False,
) -> None:
    """Say what recovering more cases, answering faster or inviting honest words would change."""
    from transforms.amplification import Count
    from transforms.coverage import triangular
    from transforms.rates import load_profile
    from transforms.what_if import INVITATION_TEXT, Plan
    from transforms.what_if import what_if as change

    screen: Screen = context.obj
    where = get_args(Channel)
    if channel not in where:
        raise InputError(f"--channel is {channel!r}, must be one of {', '.join(where)}")
    known = triangular(coverage, coverage, coverage)
    counts = {
        "bad": [Count(cast("Any", channel), bad, known)],
        "good": [Count(cast("Any", channel), good, known)],
    }
    plan = Plan(
        recover=recover,
        faster_hours=_hours(faster),
        invite_reviews=invite_reviews,
        invite_complaints=invite_complaints,
    )
    result = change(cast("Any", counts), load_profile(profile), plan)
    if as_json:
        screen.json({name: getattr(result, name) for name in result.__slots__})
        return
    cases, people = result.recovered_cases, result.people
    rows = [
        ("bad experiences put right", short(cases.point), f"{short(cases.low)} to {short(cases.high)}"),
        ("exposures avoided and gained", short(people.point), f"{short(people.low)} to {short(people.high)}"),
        ("bad experiences that can be seen at all", _share(result.recoverable_share), ""),
        ("good among what is seen, before", _share(result.visible_positive_share_before), ""),
        ("good among what is seen, after", _share(result.visible_positive_share_after), ""),
        ("word-of-mouth balance, before", _signed(result.balance_before), ""),
        ("word-of-mouth balance, after", _signed(result.balance_after), ""),
    ]
    screen.table(("", "estimate", "90 % range"), rows)
    if invite_reviews:
        screen.say(INVITATION_TEXT)


def list_rates(context: typer.Context) -> None:
    """Show the rate profiles there are."""
    from transforms.rates import load_profile, profile_names

    screen: Screen = context.obj
    found = [load_profile(name) for name in profile_names()]
    screen.table(("profile", "date", "title", "source"), [(one.name, one.date, one.title, one.source) for one in found])


def show(context: typer.Context, profile: Annotated[str, typer.Argument(help="Name of a profile.")]) -> None:
    """Show a profile: each rate with its evidence, and what is weak in it."""
    from transforms.rate_review import notes
    from transforms.rates import VALENCES, load_profile

    screen: Screen = context.obj
    found = load_profile(profile)
    rows = [
        (valence, channel, f"{one.share_rate:.0%}", one.sample_size, one.audience_mean, one.mark, one.source)
        for valence in VALENCES
        for channel, one in found.rates[valence].items()
    ]
    screen.say(f"{found.title}. {found.source}. {found.population}.")
    screen.table(("told", "channel", "share", "n", "audience", "mark", "source"), rows)
    for note in (*found.caveats, *notes(found)):
        screen.say(f"- {note}")


def compare(
    context: typer.Context, profiles: Annotated[list[str], typer.Argument(help="Names of two or more profiles.")]
) -> None:
    """Show what profiles differ in: rates, reach of an experience, break-even."""
    from transforms.rate_review import compare as side_by_side
    from transforms.rates import load_profile

    screen: Screen = context.obj
    rows = side_by_side([load_profile(name) for name in profiles])
    screen.table(("figure", *profiles), [(row.figure, *row.values) for row in rows])


def check(context: typer.Context, file: Annotated[Path, typer.Argument(help="A profile as TOML.")]) -> None:
    """Check a profile of your own, and name what is weak in it."""
    from transforms.rate_review import notes

    screen: Screen = context.obj
    profile = _read_profile(file)
    screen.say(f"{profile.name} can be used")
    for note in notes(profile):
        screen.say(f"- {note}")


def calibrate(
    context: typer.Context,
    survey: Annotated[Path | None, typer.Argument(help="CSV of answers; without it the template is printed.")] = None,
    customers: Annotated[
        Path | None,
        typer.Option("--customers", help="Instead of a survey: customers known to have had it, one a line."),
    ] = None,
    experience: Annotated[str, typer.Option("--experience", help="What those customers had: bad or good.")] = "bad",
    channel: Annotated[str, typer.Option("--channel", help="Where they are looked for, by person key.")] = "company",
    brand: Annotated[str | None, typer.Option("--brand", help="Of this brand only.", show_default=False)] = None,
    coverage: CoverageShare = 1.0,
    profile: ProfileName = "dr2013",
    name: Annotated[str, typer.Option("--name", help="Name of the new profile.")] = "own",
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it; printed when left out.")] = None,
) -> None:
    """Make a profile of your own from a survey (whom did you tell, how many?) or from a list of customers.

    The customers must be a fair sample of those who had the experience, not people who complained elsewhere. How many
    of them wrote on the channel is its rate, without asking anybody.
    """
    from transforms import survey as surveys
    from transforms.rates import load_profile

    screen: Screen = context.obj
    if survey is not None and customers is not None:
        raise InputError(
            "a survey and --customers are given; do one, then the other with --profile on top of the first"
        )
    today = datetime.now(UTC).date()
    if customers is not None:
        from warehouse.people import seen_of_list

        where = get_args(Channel)
        if channel not in where:
            raise InputError(f"--channel is {channel!r}, must be one of {', '.join(where)}")
        if experience not in ("bad", "good"):
            raise InputError(f"--experience is {experience!r}, must be bad or good")
        people = _read(customers).splitlines()
        found = seen_of_list(screen.resolved_home(), people, label=experience, channel=channel, brand=brand)
        made = surveys.calibrate_by_list(
            load_profile(profile), cast("Any", experience), cast("Any", channel), **found._asdict(), coverage=coverage,
            name=name, on=today,
        )  # fmt: skip
        screen.note(f"{found.seen} of {found.customers} customers were seen on {channel}")
    elif survey is not None:
        made = surveys.calibrate(load_profile(profile), surveys.read_survey(_read(survey)), name=name, on=today)
    else:
        screen.say(surveys.TEMPLATE.rstrip())
        return
    text = surveys.profile_toml(made)
    if out is None:
        screen.say(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"--out is {out}, which can't be written ({error.strerror}); choose another place") from error
    screen.say(f"{out} written; check it with `grapevine rates check {out}`")


def _read_profile(file: Path) -> Profile:
    from transforms.rates import parse_profile

    return parse_profile(_read(file), where=str(file))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} can't be read as UTF-8 text; correct the path") from error


def _hours(text: str) -> float:
    units = {"h": 1.0, "d": 24.0}
    try:
        return float(text[:-1]) * units[text[-1:]]
    except (ValueError, KeyError) as error:
        raise InputError(f"--faster is {text!r}; write it like 6h or 2d") from error


def short(value: float | None) -> str:
    """Two significant digits: the estimate knows no more."""
    if value is None:
        return "unknown"
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 1 else f"{value:.2g}"


def _share(value: Any) -> str:
    return "unknown" if value is None else f"{value:.0%}"


def _signed(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.2f}"

"""Settings: one file, `grapevine.toml`, checked whole before anything runs.

Unknown keys are refused, paths are relative to the file, and secrets have no place in it: they come from the
environment or from an Airflow connection. The rooms never see these models, only the records made of them.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from grapevine.messages import describe, near
from records import brand as brand_records
from records import setup
from records.errors import ConfigError
from records.mention import Channel

__all__ = [
    "AlertSettings",
    "BrandSettings",
    "ClassifierSettings",
    "CoverageSettings",
    "DigestSettings",
    "HookSettings",
    "MailSettings",
    "Settings",
    "SourceSettings",
    "ValueSettings",
    "load_settings",
]

_Share = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ValueSettings(_Strict):
    """`[brands.value]`: the brand's own numbers; what rests on one that is left out stays blank."""

    customer_count: int | None = Field(None, gt=0, description="Customers it has.")
    leaving_share: float | None = Field(
        None, ge=0, le=1, description="Of the customers who say they leave after a bad experience, the share that does."
    )
    customer_value: float | None = Field(None, ge=0, description="What a customer is worth, in its own currency.")
    market_size: int | None = Field(None, gt=0, description="People who could hear of it: the most it can reach.")
    in_market_share: float | None = Field(
        None, ge=0, le=1, description="Share of those who hear of it that is about to buy."
    )
    deterred_share: float | None = Field(
        None, ge=0, le=1, description="Share of those about to buy that bad words put off."
    )
    new_customer_value: float | None = Field(
        None, ge=0, description="What a customer who never came is worth; customer_value when left out."
    )


class BrandSettings(_Strict):
    """`[[brands]]`: a brand to listen for."""

    name: str = Field(min_length=1, description="The brand's name, as people read it.")
    key: str | None = Field(None, description="Stable key in tables; made from the name when left out.")
    aliases: tuple[str, ...] = Field((), description="Other names; mentions by them count.")
    handles: tuple[str, ...] = Field((), description='Accounts, with their "@".')
    any: tuple[str, ...] = Field((), description="Words or phrases of which one is enough.")
    all: tuple[str, ...] = Field((), description="Words or phrases that must all be there as well.")
    none: tuple[str, ...] = Field((), description="Words or phrases that must not be there.")
    match_name: bool = Field(
        True, description="Whether the name itself counts; false for names that are ordinary words."
    )
    competitors: tuple[str, ...] = Field((), description="Keys of the brands to compare with.")
    owner: str | None = Field(None, description="Who is told: a name or an address.")
    time_zone: str | None = Field(
        None, description="IANA time zone of its days and weeks; the file's default otherwise."
    )
    value: ValueSettings = Field(
        default_factory=ValueSettings, description="Its own numbers, for customers at risk and prospects put off."
    )

    @property
    def resolved_key(self) -> str:
        """The key, given or made from the name."""
        return self.key or brand_records.brand_key(self.name)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return _zone(value) if value else value


class SourceSettings(BaseModel):
    """`[[sources]]`: what to pull; keys beside these belong to the connector, which checks them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    connector: str = Field(min_length=1, description="Which connector reads it; see `grapevine connectors list`.")
    name: str | None = Field(
        None, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Its name; the connector's when left out."
    )
    channel: Channel | None = Field(
        None, description="online, review_site or company; the connector's own when left out."
    )
    retention_days: int = Field(30, ge=1, description="How long landing files are kept.")
    recheck_limit: int = Field(
        1000,
        ge=0,
        description="Mentions that `recheck` asks this source about in one sweep, those longest unseen first; "
        "X bills $0.005 for each. 0 asks about none.",
    )

    @property
    def resolved_name(self) -> str:
        """The entry's name, given or the connector's."""
        return self.name or self.connector


class CoverageSettings(_Strict):
    """`[[coverage]]`: the chance that a telling on a source's channel is collected at all."""

    brand: str | None = Field(None, description="A brand's key; all brands when left out.")
    source: str = Field(description="The source it holds for.")
    valid_from: date | None = Field(None, alias="from", description="First day on which it holds.")
    low: _Share = Field(description="Lowest believable share, above 0.")
    mode: _Share = Field(description="Most believable share.")
    high: _Share = Field(description="Highest believable share, at most 1.")
    basis: Literal["observed", "inferred", "assumed"] = Field("assumed", description="How it is known.")
    disjoint: bool = Field(False, description="Whether it collects other tellings than the channel's other sources.")

    @model_validator(mode="after")
    def _ordered(self) -> CoverageSettings:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"low <= mode <= high must hold, got {self.low}, {self.mode}, {self.high}")
        return self


class ClassifierSettings(_Strict):
    """`[classifier]`: what decides whether a mention tells of a bad or a good experience."""

    weights: str | None = Field(
        None,
        min_length=1,
        description="Weights file from `grapevine train`, relative to this file; weights.tsv in the home folder when "
        'left out and there, else those that come with Grapevine; "default": always the latter.',
    )


class DigestSettings(_Strict):
    """`[digest]`: who receives the weekly digest and from whom."""

    recipients: tuple[str, ...] = Field((), description="Addresses.")
    across_recipients: tuple[str, ...] = Field(
        (), description="Addresses that get one mail with a row per brand, for those who answer for several."
    )
    across_order: Literal["worst", "best"] = Field("worst", description="Which of its brands come first.")
    pages_url: str | None = Field(
        None, pattern="^https?://", description="Where the digests' folder is served; mails then link to the pages."
    )
    sender: str = Field("Grapevine <grapevine@localhost>", description="The From address.")
    language: Literal["en", "de"] = Field("en", description="Language of the digest.")
    min_n: int = Field(12, ge=1, description="Fewest experiences, in both periods, for a percentage.")
    feedback: str | None = Field(None, description='Address of "Wrong? Tell us" and of unsubscribing.')
    unsubscribe_url: str | None = Field(None, pattern="^https://", description="For one-click unsubscribing.")


class MailSettings(_Strict):
    """`[mail]`: the server that sends; its password comes from GRAPEVINE_SMTP_PASSWORD."""

    host: str | None = Field(None, min_length=1, description="Name of the SMTP server.")
    connection: str | None = Field(
        None, min_length=1, description="Id of an Airflow connection of type smtp, instead of what stands here."
    )
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["none", "starttls", "tls"] = Field("starttls", description="How the connection is protected.")
    user: str | None = Field(None, description="For servers that ask for a log-in.")

    @model_validator(mode="after")
    def _one_server(self) -> MailSettings:
        if (self.host is None) == (self.connection is None):
            raise ValueError("mail needs either host or connection, and not both")
        return self


class HookSettings(_Strict):
    """`[[hooks]]`: a place that digests and alerts are posted to."""

    name: str = Field(min_length=1, description="What it is called in reports.")
    kind: Literal["slack", "webhook"] = Field(description="What it understands.")
    url_variable: str = Field(description="Environment variable that holds its address, which is a secret.")
    secret_variable: str | None = Field(None, description="Environment variable with the key that signs webhooks.")


class AlertSettings(_Strict):
    """`[alerts]`: what can't wait, and who is told."""

    recipients: tuple[str, ...] = Field((), description="Addresses; those of the digest when left out.")
    false_alarms_per_month: float = Field(1.0, gt=0, description="False alarms a month that a brand's figure may give.")
    fewest_events: int = Field(5, ge=1, description="Fewest bad experiences or ratings that can be news.")
    cool_down_days: int = Field(3, ge=0, description="Days after an alert in which it does not open again.")
    great_reach: int = Field(10_000, ge=1, description="Exposures from which one bad mention is news by itself.")
    words: tuple[str, ...] = Field(("lawsuit", "injury"), description="Words or phrases that always are.")


class Settings(_Strict):
    """The whole of `grapevine.toml`."""

    sample: bool = Field(False, description="Whether the data are made up; every digest then says so.")
    as_of: datetime | None = Field(None, description="The moment the data stand for; see `as_of` in the glossary.")
    profile: str = Field("dr2013", description="The rate profile that estimates use.")
    time_zone: str = Field("UTC", description="IANA time zone of brands that set none.")
    brands: tuple[BrandSettings, ...] = Field((), description="Brands to listen for.")
    sources: tuple[SourceSettings, ...] = Field((), description="What to pull.")
    coverage: tuple[CoverageSettings, ...] = Field((), description="What share of tellings is collected.")
    classifier: ClassifierSettings = Field(default_factory=ClassifierSettings, description="What labels mentions.")
    digest: DigestSettings = Field(default_factory=DigestSettings, description="The digest.")
    mail: MailSettings | None = Field(None, description="The server that sends; nothing is sent without it.")
    hooks: tuple[HookSettings, ...] = Field((), description="Where digests and alerts are posted as well.")
    alerts: AlertSettings = Field(default_factory=AlertSettings, description="What can't wait.")
    owners: dict[str, str] = Field(
        default_factory=dict, description="Who acts: a name for a role (service) or for a single driver (on_hold)."
    )
    folder: Path = Field(Path(), exclude=True, description="The folder of the file; not a setting.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _zone(value)

    @field_validator("as_of")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; write it like 2026-11-16T06:00:00Z")
        return value.astimezone(UTC) if value else None

    @model_validator(mode="after")
    def _references(self) -> Settings:
        _unique("brands", [brand.resolved_key for brand in self.brands])
        _unique("sources", [source.resolved_name for source in self.sources])
        keys = {brand.resolved_key for brand in self.brands}
        for brand in self.brands:
            for other in brand.competitors:
                if other not in keys:
                    raise ValueError(
                        f"brand {brand.name!r} names the competitor {other!r}, "
                        f"which is no brand's key{near(other, keys)}"
                    )
        names = {source.resolved_name for source in self.sources}
        for entry in self.coverage:
            if entry.source not in names:
                raise ValueError(
                    f"coverage names the source {entry.source!r}, which is not set up{near(entry.source, names)}"
                )
        return self

    @field_validator("owners")
    @classmethod
    def _known_owners(cls, value: dict[str, str]) -> dict[str, str]:
        if value:
            from transforms.drivers import drivers

            known = {*drivers(), *(driver.owner for driver in drivers().values())}
            for name, owner in value.items():
                if name not in known:
                    raise ValueError(f"{name} = {owner!r} names neither a role nor a driver{near(name, known)}")
        return value

    def brand_records(self) -> tuple[brand_records.Brand, ...]:
        """Return the brands as the rooms know them; a competitor without a zone takes that of who names it first."""
        zones = {brand.resolved_key: brand.time_zone for brand in self.brands}
        for brand in self.brands:
            for other in brand.competitors:
                zones[other] = zones[other] or brand.time_zone
        return tuple(
            brand_records.Brand(
                key=brand.resolved_key,
                name=brand.name,
                aliases=brand.aliases,
                handles=brand.handles,
                any_words=brand.any,
                all_words=brand.all,
                none_words=brand.none,
                match_name=brand.match_name,
                competitors=brand.competitors,
                owner=brand.owner,
                time_zone=zones[brand.resolved_key] or self.time_zone,
                value=brand_records.BrandValue(**brand.value.model_dump()),
            )
            for brand in self.brands
        )

    def source_setups(self) -> tuple[setup.SourceSetup, ...]:
        """Return the sources as the rooms know them, each connector's own settings checked and paths made absolute."""
        from grapevine.sources import setup_source

        return tuple(
            setup_source({**source.model_dump(), "name": source.resolved_name}, folder=self.folder)
            for source in self.sources
        )

    def driver_records(self) -> tuple[setup.DriverRow, ...]:
        """Return the playbook with the owners named here: a driver's own, else its role's, else None."""
        from transforms.drivers import drivers, phrase_words

        words = phrase_words()
        return tuple(
            setup.DriverRow(
                driver=driver.key,
                title=driver.title,
                driver_group=driver.group,
                published_figure=driver.figure,
                rated_by=driver.rated_by,
                advice=driver.advice,
                owner_role=driver.owner,
                owner=self.owners.get(driver.key) or self.owners.get(driver.owner),
                phrase_words=words[driver.key],
            )
            for driver in drivers().values()
        )

    def coverage_records(self) -> tuple[setup.Coverage, ...]:
        """Return what is set about coverage."""
        return tuple(
            setup.Coverage(
                brand=entry.brand,
                source=entry.source,
                valid_from=entry.valid_from,
                low=entry.low,
                mode=entry.mode,
                high=entry.high,
                basis=entry.basis,
                is_disjoint=entry.disjoint,
            )
            for entry in self.coverage
        )

    @property
    def digest_hash(self) -> str:
        """32 hex digits that change when any setting does."""
        text = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def load_settings(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        ConfigError: the file is missing, is not TOML, or a setting is unknown or has an unusable value; the message
            names the setting, its value and what to do.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist; name a settings file with --config, or write one with `grapevine init`"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read as UTF-8 text: {error}; give another with --config") from error
    return parse_settings(text, path)


def parse_settings(text: str, path: Path) -> Settings:
    """Check the words of a settings file, written or not yet.

    Args:
        text: TOML.
        path: where it stands or will stand; paths in it are relative to its folder.

    Raises:
        ConfigError: it is not TOML, or a setting is unknown or has an unusable value.
    """
    try:
        table = tomllib.loads(text)
        return Settings.model_validate({**table, "folder": path.resolve().parent})
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: {describe(error, Settings)}") from error


def _unique(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two {what} are called {twice[0]!r}; give one of them another key or name")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no IANA time zone; write one like 'Europe/Berlin' or 'UTC'") from error
    return value

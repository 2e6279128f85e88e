-- The private tables that Python writes. Keys and history rest on these: add columns, never change a key.
-- One statement per table, each may run again. Descriptions stand in warehouse/raw_comments.sql? (see warehouse/store.py)
CREATE SCHEMA IF NOT EXISTS raw;

CREATE TABLE IF NOT EXISTS raw.mention_version (   -- content; a new row only when content_hash differs from the current one
    mention_id UUID NOT NULL, version_no INTEGER NOT NULL,   -- 1, 2, ...
    source VARCHAR NOT NULL, namespace VARCHAR NOT NULL, native_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, channel VARCHAR NOT NULL,
    author_id VARCHAR, person_key VARCHAR,
    title VARCHAR, text VARCHAR, language VARCHAR,
    published_at TIMESTAMPTZ, edited_at TIMESTAMPTZ, fetched_at TIMESTAMPTZ NOT NULL,
    rating DOUBLE, rating_max DOUBLE,
    thread_id VARCHAR, parent_id VARCHAR, repost_of VARCHAR,
    place_id VARCHAR, product_id VARCHAR, team_id VARCHAR, staff_id VARCHAR,
    visibility VARCHAR NOT NULL, content_hash VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,                  -- as_of of the load that brought this version
    version_loaded_at TIMESTAMPTZ NOT NULL,        -- wall clock
    PRIMARY KEY (mention_id, version_no)
);
CREATE TABLE IF NOT EXISTS raw.mention_state (     -- newest fetch wins, a null never overwrites a number
    mention_id UUID NOT NULL PRIMARY KEY, current_version_no INTEGER NOT NULL, content_hash VARCHAR NOT NULL,
    url VARCHAR, view_count BIGINT, like_count BIGINT, repost_count BIGINT, reply_count BIGINT,
    helpful_count BIGINT, follower_count BIGINT, has_reply BOOLEAN, reply_at TIMESTAMPTZ,
    first_seen_at TIMESTAMPTZ NOT NULL,            -- as_of of the load that first brought it
    fetched_at TIMESTAMPTZ NOT NULL, state_loaded_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS raw.mention_brand (
    mention_id UUID NOT NULL, brand VARCHAR NOT NULL, matched_by VARCHAR NOT NULL, brand_loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (mention_id, brand)
);
CREATE TABLE IF NOT EXISTS raw.rating_count (
    source VARCHAR NOT NULL, namespace VARCHAR NOT NULL, subject_id VARCHAR NOT NULL, counted_at TIMESTAMPTZ NOT NULL,
    rating DOUBLE NOT NULL, rating_max DOUBLE NOT NULL, rating_count BIGINT NOT NULL,
    PRIMARY KEY (source, namespace, subject_id, counted_at, rating)
);
CREATE TABLE IF NOT EXISTS raw.classification (
    mention_id UUID NOT NULL, version_no INTEGER NOT NULL, brand VARCHAR NOT NULL,
    model_version VARCHAR NOT NULL, prep_hash VARCHAR NOT NULL,
    label VARCHAR,                                 -- bad, neutral, good; NULL = not scored (language)
    label_basis VARCHAR NOT NULL,                  -- rating, text, none
    p_bad DOUBLE, p_neutral DOUBLE, p_good DOUBLE, compound DOUBLE,
    classification_loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (mention_id, version_no, brand, model_version, prep_hash)
);
CREATE TABLE IF NOT EXISTS raw.signature (         -- what the words alone give, whatever the brand
    mention_id UUID NOT NULL, version_no INTEGER NOT NULL, prep_hash VARCHAR NOT NULL,
    text_hash VARCHAR,                             -- NULL for texts too short to be called a copy
    minhash_bands BIGINT[], detected_language VARCHAR,
    public_title VARCHAR, public_text VARCHAR,     -- after redaction
    signature_loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (mention_id, version_no)
);
CREATE TABLE IF NOT EXISTS raw.cursor (            -- where a pull goes on: one row per source entry and slice
    source_name VARCHAR NOT NULL, slice VARCHAR NOT NULL, cursor_json VARCHAR NOT NULL, cursor_loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (source_name, slice)
);
CREATE TABLE IF NOT EXISTS raw.pull (              -- one row per landing run; loaded once
    run_id VARCHAR NOT NULL, source_name VARCHAR NOT NULL, source VARCHAR NOT NULL, slice VARCHAR NOT NULL,
    status VARCHAR NOT NULL,                       -- complete, partial, unchanged, failed
    error_kind VARCHAR, error_message VARCHAR, retry_at TIMESTAMPTZ,
    read_count BIGINT NOT NULL, kept_count BIGINT NOT NULL, duplicate_count BIGINT NOT NULL, rejected_count BIGINT NOT NULL,
    new_count BIGINT NOT NULL, version_count BIGINT NOT NULL, gone_count BIGINT NOT NULL, rejected_json VARCHAR,
    started_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ NOT NULL, pull_loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, source_name, slice)
);
CREATE TABLE IF NOT EXISTS raw.tombstone (         -- load, replay and restore obey these
    mention_id UUID NOT NULL PRIMARY KEY, source VARCHAR NOT NULL, reason VARCHAR NOT NULL,  -- removed, expired, forgotten
    gone_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS raw.override (
    mention_id UUID NOT NULL, brand VARCHAR NOT NULL, label VARCHAR NOT NULL, note VARCHAR, override_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (mention_id, brand)
);
CREATE TABLE IF NOT EXISTS raw.outcome (           -- a brand's own series: sales, orders, churn, contacts, NPS
    brand VARCHAR NOT NULL, series VARCHAR NOT NULL, observed_on DATE NOT NULL, value DOUBLE NOT NULL, outcome_loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (brand, series, observed_on)
);
CREATE TABLE IF NOT EXISTS raw.action (
    action_id VARCHAR NOT NULL PRIMARY KEY, brand VARCHAR NOT NULL, driver VARCHAR, from_date DATE NOT NULL, note VARCHAR, action_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS raw.alert (
    alert_id VARCHAR NOT NULL PRIMARY KEY, brand VARCHAR NOT NULL, figure VARCHAR NOT NULL, opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ, observed DOUBLE, expected DOUBLE, evidence_json VARCHAR
);
CREATE TABLE IF NOT EXISTS raw.digest_figure (     -- figures as they were sent
    brand VARCHAR NOT NULL, period_kind VARCHAR NOT NULL, period_start_date DATE NOT NULL, metric VARCHAR NOT NULL,
    value DOUBLE, value_low DOUBLE, value_high DOUBLE, sent_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (brand, period_kind, period_start_date, metric, sent_at)
);
-- Settings, written anew by each load from grapevine.toml
CREATE TABLE IF NOT EXISTS raw.brand (
    brand VARCHAR NOT NULL PRIMARY KEY, brand_name VARCHAR NOT NULL, time_zone VARCHAR NOT NULL, names VARCHAR[] NOT NULL,
    competitors VARCHAR[] NOT NULL, owner VARCHAR, is_configured BOOLEAN NOT NULL   -- false: made from a column
);
CREATE TABLE IF NOT EXISTS raw.source (
    source VARCHAR NOT NULL PRIMARY KEY, connector VARCHAR NOT NULL, sees_edits BOOLEAN, sees_deletions BOOLEAN, sees_replies BOOLEAN,
    publishes_text BOOLEAN NOT NULL, rating_max DOUBLE, rating_bad_max DOUBLE, rating_good_min DOUBLE, terms VARCHAR
);
CREATE TABLE IF NOT EXISTS raw.coverage (
    brand VARCHAR, source VARCHAR NOT NULL, valid_from DATE, low DOUBLE NOT NULL, mode DOUBLE NOT NULL, high DOUBLE NOT NULL,
    basis VARCHAR NOT NULL, is_disjoint BOOLEAN NOT NULL,
    inverse_mean DOUBLE NOT NULL, inverse_square_mean DOUBLE NOT NULL, log_variance DOUBLE NOT NULL   -- E[1/k], E[1/k^2], Var[ln k]
);
CREATE TABLE IF NOT EXISTS raw.rate_profile (      -- the rate book, from transforms/share_rates
    profile VARCHAR NOT NULL, profile_date DATE NOT NULL, valence VARCHAR NOT NULL, channel VARCHAR NOT NULL,
    share_rate DOUBLE NOT NULL, sample_size INTEGER NOT NULL, transfer_discount DOUBLE NOT NULL,
    rate_alpha DOUBLE NOT NULL, rate_beta DOUBLE NOT NULL, audience_mean DOUBLE NOT NULL, audience_shape DOUBLE NOT NULL,
    source VARCHAR NOT NULL, mark VARCHAR NOT NULL, is_current BOOLEAN NOT NULL,
    PRIMARY KEY (profile, valence, channel)
);
CREATE TABLE IF NOT EXISTS raw.clock (             -- one row: the moment the data stand for, and what has been built from
    as_of TIMESTAMPTZ NOT NULL, data_revision BIGINT NOT NULL,   -- rises whenever raw content changes
    settings_hash VARCHAR NOT NULL, built_from VARCHAR, published_from VARCHAR, is_sample BOOLEAN NOT NULL
);

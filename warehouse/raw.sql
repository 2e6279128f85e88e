-- The private tables that Python writes. Keys and history rest on these: add columns, never change a key.
--
-- This file is the one declaration: the lines before a table are its description, the words after a column are that
-- column's, and warehouse/declaration.py gives both to DuckDB as comments. One column a line.
--
-- The five large tables (mention_version, mention_state, mention_brand, classification, signature) declare no PRIMARY
-- KEY: its index made inserting 3 million rows 18 times slower and the file 8 times larger. Their key stands at the end
-- of the description; load and pending keep it, under the one lock and in one transaction, and dbt tests check it.
CREATE SCHEMA IF NOT EXISTS raw;

-- What a mention said, and each change of it: a new row only when content_hash differs from the current one.
-- One row per version of a mention; key mention_id, version_no.
CREATE TABLE IF NOT EXISTS raw.mention_version (
    mention_id UUID NOT NULL,                       -- first 128 bits of SHA-256 over source, namespace and native id
    version_no INTEGER NOT NULL,                    -- 1, 2, ... in the order in which the versions were seen
    source VARCHAR NOT NULL,                        -- where it comes from
    namespace VARCHAR NOT NULL,                     -- the instance, feed or country in which native_id is unique; may be empty
    native_id VARCHAR NOT NULL,                     -- the source's own id; mention_id once the mention is gone
    kind VARCHAR NOT NULL,                          -- post, comment, review, article, message or call
    channel VARCHAR NOT NULL,                       -- online, review_site or company
    author_id VARCHAR,                              -- keyed hash of the author; names are not stored
    person_key VARCHAR,                             -- keyed hash that links channels, only if the brand asked
    title VARCHAR,                                  -- plain text; NULL once the mention is gone
    text VARCHAR,                                   -- plain text, may be empty; NULL once the mention is gone
    language VARCHAR,                               -- as the source declares it (BCP 47)
    published_at TIMESTAMPTZ,                       -- NULL if the source gives no date
    edited_at TIMESTAMPTZ,                          -- NULL if never edited or unknown
    fetched_at TIMESTAMPTZ NOT NULL,                -- when the page that brought this version was read
    rating DOUBLE,                                  -- in the source's own scale, 0..rating_max
    rating_max DOUBLE,                              -- upper end of that scale; set exactly when rating is
    thread_id VARCHAR,                              -- native id of the thread
    parent_id VARCHAR,                              -- native id of what it answers
    repost_of VARCHAR,                              -- native id of what it repeats without words of its own
    place_id VARCHAR,                               -- the source's id of the place
    product_id VARCHAR,                             -- the source's id of the product
    team_id VARCHAR,                                -- hashed; only if the brand asked
    staff_id VARCHAR,                               -- hashed; only if the brand asked
    visibility VARCHAR NOT NULL,                    -- public, limited or gone
    content_hash VARCHAR NOT NULL,                  -- differs when words, rating, links or visibility differ; '' once gone
    seen_at TIMESTAMPTZ NOT NULL,                   -- as_of of the load that brought this version
    version_loaded_at TIMESTAMPTZ NOT NULL          -- stamp of the load that last wrote this row
);

-- What changes about a mention without being a new version: the newest fetch wins, a NULL never overwrites a number.
-- One row per mention; key mention_id.
CREATE TABLE IF NOT EXISTS raw.mention_state (
    mention_id UUID NOT NULL,                       -- the mention
    current_version_no INTEGER NOT NULL,            -- number of its newest version
    content_hash VARCHAR NOT NULL,                  -- of its newest version
    url VARCHAR,                                    -- where to read it
    view_count BIGINT,                              -- times shown, as the source counts; NULL if unknown
    like_count BIGINT,                              -- NULL if unknown
    repost_count BIGINT,                            -- NULL if unknown
    reply_count BIGINT,                             -- NULL if unknown
    helpful_count BIGINT,                           -- NULL if unknown
    follower_count BIGINT,                          -- of the author; NULL if unknown
    has_reply BOOLEAN,                              -- whether the company answered; NULL if the source cannot tell
    reply_at TIMESTAMPTZ,                           -- when it answered
    first_seen_at TIMESTAMPTZ NOT NULL,             -- as_of of the load that first brought it
    fetched_at TIMESTAMPTZ NOT NULL,                -- newest fetch
    state_loaded_at TIMESTAMPTZ NOT NULL            -- stamp of the load that last changed anything but fetched_at
);

-- Which monitored brands a mention is about; a brand once matched stays.
-- One row per mention and brand; key mention_id, brand.
CREATE TABLE IF NOT EXISTS raw.mention_brand (
    mention_id UUID NOT NULL,                       -- the mention
    brand VARCHAR NOT NULL,                         -- key of the brand
    matched_by VARCHAR NOT NULL,                    -- what decided first: setting, column:NAME, handle:@NAME, word:NAME
    brand_loaded_at TIMESTAMPTZ NOT NULL            -- stamp of the load that brought this row
);

-- How many ratings of one value a place or product had, for sources whose terms allow no text.
-- One row per source, namespace, subject, time and rating; key source, namespace, subject_id, counted_at, rating.
CREATE TABLE IF NOT EXISTS raw.rating_count (
    source VARCHAR NOT NULL,                        -- where it comes from
    namespace VARCHAR NOT NULL,                     -- in which subject_id is unique
    subject_id VARCHAR NOT NULL,                    -- the source's id of the place or product
    counted_at TIMESTAMPTZ NOT NULL,                -- when the source was asked
    rating DOUBLE NOT NULL,                         -- the value counted, 0..rating_max
    rating_max DOUBLE NOT NULL,                     -- upper end of the scale
    rating_count BIGINT NOT NULL,                   -- ratings of that value
    PRIMARY KEY (source, namespace, subject_id, counted_at, rating)
);

-- What a model said about a version of a mention towards a brand.
-- One row per version, brand, model and preparation; key mention_id, version_no, brand, model_version, prep_hash.
CREATE TABLE IF NOT EXISTS raw.classification (
    mention_id UUID NOT NULL,                       -- the mention
    version_no INTEGER NOT NULL,                    -- its version
    brand VARCHAR NOT NULL,                         -- the brand it was judged towards
    model_version VARCHAR NOT NULL,                 -- the model that judged
    prep_hash VARCHAR NOT NULL,                     -- covers the brand's names and the lexicons; another one means rescoring
    label VARCHAR,                                  -- bad, neutral or good; NULL if it could not be judged (language)
    label_basis VARCHAR NOT NULL,                   -- rating, text or none
    p_bad DOUBLE,                                   -- 0..1
    p_neutral DOUBLE,                               -- 0..1
    p_good DOUBLE,                                  -- 0..1
    compound DOUBLE,                                -- -1..1
    bad_drivers VARCHAR[],                          -- keys of raw.driver that speak for a bad experience
    good_drivers VARCHAR[],                         -- keys of raw.driver that speak for a good one
    emotions VARCHAR[],                             -- confident, respected, valued, doubting, disrespected, unvalued
    flags VARCHAR[],                                -- reasons to take it for spam or a solicited review
    is_leaving BOOLEAN,                             -- whether it says that the customer leaves or warns others off
    is_wow BOOLEAN,                                 -- whether it tells of something beyond what was expected
    is_repaired BOOLEAN,                            -- whether a failure is told first and its repair after it
    classification_loaded_at TIMESTAMPTZ NOT NULL   -- stamp of the import that brought this row
);

-- What the words of a version give whatever the brand: signatures to find copies by, and the text that may be shown.
-- One row per version of a mention; key mention_id, version_no.
CREATE TABLE IF NOT EXISTS raw.signature (
    mention_id UUID NOT NULL,                       -- the mention
    version_no INTEGER NOT NULL,                    -- its version
    prep_hash VARCHAR NOT NULL,                     -- of the preparation that made this row
    text_hash VARCHAR,                              -- equal for equal words; NULL for texts too short to be called a copy
    minhash_bands BIGINT[],                         -- texts that share a band are probably copies
    detected_language VARCHAR,                      -- NULL if undecided
    public_title VARCHAR,                           -- after redaction
    public_text VARCHAR,                            -- after redaction
    signature_loaded_at TIMESTAMPTZ NOT NULL        -- stamp of the import that last changed this row
);

-- Texts that are nearly the words of an earlier mention, told at most 30 days before. Only first versions; equal words
-- are found by their hash instead.
-- One row per pair; key mention_id, copy_of.
CREATE TABLE IF NOT EXISTS raw.near_copy (
    mention_id UUID NOT NULL,                       -- the later one
    copy_of UUID NOT NULL,                          -- the earlier one
    shared_band_count INTEGER NOT NULL,             -- of 16 bands; 4 or more
    near_loaded_at TIMESTAMPTZ NOT NULL             -- stamp of the import that found it
);

-- Where a pull goes on.
-- One row per source entry and slice; key source_name, slice.
CREATE TABLE IF NOT EXISTS raw.cursor (
    source_name VARCHAR NOT NULL,                   -- the entry in the settings
    slice VARCHAR NOT NULL,                         -- the part of the source; "-" if there is one
    cursor_json VARCHAR NOT NULL,                   -- what the runner handed over, as JSON
    cursor_loaded_at TIMESTAMPTZ NOT NULL,          -- stamp of the load that last moved it
    PRIMARY KEY (source_name, slice)
);

-- Each landing run that was loaded, with its counts: read = kept + duplicate + rejected.
-- One row per run of a slice; key run_id, source_name, slice.
CREATE TABLE IF NOT EXISTS raw.pull (
    run_id VARCHAR NOT NULL,                        -- the pull's run
    source_name VARCHAR NOT NULL,                   -- the entry in the settings
    source VARCHAR NOT NULL,                        -- what its mentions hold in source
    slice VARCHAR NOT NULL,                         -- the part of the source
    status VARCHAR NOT NULL,                        -- complete, partial, unchanged or failed
    error_kind VARCHAR,                             -- class of the error, if there was one
    error_message VARCHAR,                          -- its message
    retry_at TIMESTAMPTZ,                           -- when the source asked to come back
    read_count BIGINT NOT NULL,                     -- records seen
    kept_count BIGINT NOT NULL,                     -- records that are a version, or confirm the current one once in the run
    duplicate_count BIGINT NOT NULL,                -- records that repeat the preceding one of the same id in the run
    rejected_count BIGINT NOT NULL,                 -- records that could not be used or are tombstoned
    new_count BIGINT NOT NULL,                      -- mentions never seen before
    version_count BIGINT NOT NULL,                  -- versions made, first ones included
    gone_count BIGINT NOT NULL,                     -- mentions the source reported as removed
    rejected_json VARCHAR,                          -- {"reason": count}
    started_at TIMESTAMPTZ NOT NULL,                -- when the pull began
    ended_at TIMESTAMPTZ NOT NULL,                  -- when it ended
    pull_loaded_at TIMESTAMPTZ NOT NULL,            -- stamp of the load
    PRIMARY KEY (run_id, source_name, slice)
);

-- Mentions that were removed, expired or forgotten: load, replay and restore obey these, for ever.
-- One row per mention; key mention_id.
CREATE TABLE IF NOT EXISTS raw.tombstone (
    mention_id UUID NOT NULL PRIMARY KEY,           -- the mention
    source VARCHAR NOT NULL,                        -- where it came from
    reason VARCHAR NOT NULL,                        -- removed (at the source), expired or forgotten
    gone_at TIMESTAMPTZ NOT NULL,                   -- as_of when it was found gone
    is_erased BOOLEAN NOT NULL                      -- false until its words are out of every file under the home folder
);

-- What was known to repeat another telling when words or people of either were taken away: it must not start to count.
-- One row per mention, brand and episode; key mention_id, brand, episode_no.
CREATE TABLE IF NOT EXISTS raw.gone_duplicate (
    mention_id UUID NOT NULL,                       -- the mention that repeats, gone or not
    brand VARCHAR NOT NULL,                         -- the brand
    episode_no INTEGER NOT NULL,                    -- which of its tellings
    duplicate_of UUID,                              -- the telling that counts instead; NULL for reposts of unseen ones
    duplicate_rule VARCHAR NOT NULL,                -- author, near, repost or text
    label VARCHAR,                                  -- bad, neutral or good at that time; with another one it holds no longer
    PRIMARY KEY (mention_id, brand, episode_no)
);

-- Labels set by people; they stand above any model, and stay when the mention is gone, so that history holds.
-- One row per mention and brand; key mention_id, brand.
CREATE TABLE IF NOT EXISTS raw.override (
    mention_id UUID NOT NULL,                       -- the mention
    brand VARCHAR NOT NULL,                         -- the brand
    label VARCHAR NOT NULL,                         -- bad, neutral or good
    note VARCHAR,                                   -- why; NULL once the mention is gone
    override_at TIMESTAMPTZ NOT NULL,               -- when it was set
    version_no INTEGER,                             -- the version that was judged; NULL: the newest seen by override_at
    origin VARCHAR,                                 -- terminal, file or mail; NULL if unknown
    is_random BOOLEAN,                              -- drawn at random, so that it tells how often the model is right
    found_label VARCHAR,                            -- what the model had said of its words; NULL if it had not judged them
    model_version VARCHAR,                          -- the model that had
    override_loaded_at TIMESTAMPTZ,                 -- stamp of the writing that last changed this row
    PRIMARY KEY (mention_id, brand)
);

-- How often the weights in use gave which label to mentions whose true label is known, on texts that they had not seen.
-- Empty where the weights in use were never measured so. Holds for labels from words, not for those from ratings.
-- One row per true and given label of the weights in use; key model_version, actual, labelled.
CREATE TABLE IF NOT EXISTS raw.confusion (
    model_version VARCHAR NOT NULL,                 -- the model, as raw.classification names it
    actual VARCHAR NOT NULL,                        -- what a person says: bad, neutral or good
    labelled VARCHAR NOT NULL,                      -- what the model said: bad, neutral or good
    mention_count BIGINT NOT NULL,                  -- texts of the trial, 0 or more
    measured_on VARCHAR NOT NULL,                   -- which texts, and how they were kept apart from those learned from
    confusion_loaded_at TIMESTAMPTZ NOT NULL,       -- stamp of the load that brought this row
    PRIMARY KEY (model_version, actual, labelled)
);

-- A brand's own series: sales, orders, churn, contacts, NPS.
-- One row per brand, series and day; key brand, series, observed_on.
CREATE TABLE IF NOT EXISTS raw.outcome (
    brand VARCHAR NOT NULL,                         -- the brand
    series VARCHAR NOT NULL,                        -- name of the series
    observed_on DATE NOT NULL,                      -- the day, in the brand's time zone
    value DOUBLE NOT NULL,                          -- in the series' own unit
    outcome_loaded_at TIMESTAMPTZ NOT NULL,         -- stamp of the load that last changed this row
    PRIMARY KEY (brand, series, observed_on)
);

-- What a brand did about a driver, and from when.
-- One row per action; key action_id.
CREATE TABLE IF NOT EXISTS raw.action (
    action_id VARCHAR NOT NULL PRIMARY KEY,         -- the action
    brand VARCHAR NOT NULL,                         -- the brand
    driver VARCHAR,                                 -- the driver it is about, if one
    from_date DATE NOT NULL,                        -- first day on which it may show
    note VARCHAR,                                   -- what was done
    action_at TIMESTAMPTZ NOT NULL                  -- when it was written down
);

-- What stood out, judged anew from the marts at every publish; without words, which would have to be erased.
-- One row per alert of the last five weeks; key alert_id.
CREATE TABLE IF NOT EXISTS raw.judged_alert (
    alert_id VARCHAR NOT NULL PRIMARY KEY,          -- the alert, the same in every run
    brand VARCHAR NOT NULL,                         -- the brand; '' for a source, which serves all brands
    figure VARCHAR NOT NULL,                        -- bad_count, exposure_count, driver, rating, mention, word or source
    subject VARCHAR,                                -- the driver, mention or source that it is about; NULL for the brand as a whole
    opened_on DATE NOT NULL,                        -- the day that gave it
    closed_on DATE,                                 -- the day on which it ended; NULL while open
    observed DOUBLE NOT NULL,                       -- what was seen: a count, exposures, a share of a rating's scale, or days of silence
    expected DOUBLE,                                -- what was to be expected; NULL where an alert needs no expectation
    usual_high DOUBLE,                              -- the count above which such days are rare; NULL for what is no count
    day_count INTEGER                               -- days judged together; of exposures the days before, of a silence its days
);

-- Figures as they were first sent, to name those that have since moved; copied from state/send.sqlite at every publish.
-- One row per brand, period, metric and sending; key brand, period_kind, period_start_date, metric, sent_at.
CREATE TABLE IF NOT EXISTS raw.digest_figure (
    brand VARCHAR NOT NULL,                         -- the brand
    period_kind VARCHAR NOT NULL,                   -- day, week, month, quarter or year
    period_start_date DATE NOT NULL,                -- first day, inclusive
    metric VARCHAR NOT NULL,                        -- name of the figure
    value DOUBLE,                                   -- as sent
    sent_at TIMESTAMPTZ NOT NULL,                   -- when it was sent
    PRIMARY KEY (brand, period_kind, period_start_date, metric, sent_at)
);

-- Brands, from the settings or made from a column; a brand that leaves the settings stays while mentions name it.
-- One row per brand; key brand.
CREATE TABLE IF NOT EXISTS raw.brand (
    brand VARCHAR NOT NULL PRIMARY KEY,             -- key of the brand
    brand_name VARCHAR NOT NULL,                    -- as people read it
    time_zone VARCHAR NOT NULL,                     -- IANA name; its days and weeks are counted there
    names VARCHAR[] NOT NULL,                       -- everything it is called: name, aliases, handles
    competitors VARCHAR[] NOT NULL,                 -- keys of the brands it is compared with
    owner VARCHAR,                                  -- who is told
    is_configured BOOLEAN NOT NULL,                 -- whether the settings name it; false: made from a column, or left
    customer_count BIGINT,                          -- customers it has; this and what follows is NULL until the brand gives it
    leaving_share DOUBLE,                           -- of those who say they leave after a bad experience, the share that does
    customer_value DOUBLE,                          -- what a customer is worth, in its own currency
    market_size BIGINT,                             -- people who could hear of it
    in_market_share DOUBLE,                         -- of those who hear of it, the share about to buy
    deterred_share DOUBLE,                          -- of those about to buy, the share that bad words put off
    new_customer_value DOUBLE                       -- what a customer who never came is worth; NULL: customer_value
);

-- Sources, from the settings and the connectors' declarations; one that leaves the settings stays.
-- One row per source; key source.
CREATE TABLE IF NOT EXISTS raw.source (
    source VARCHAR NOT NULL PRIMARY KEY,            -- what mentions hold in source
    connector VARCHAR NOT NULL,                     -- the connector that reads it
    sees_edits BOOLEAN,                             -- whether a changed mention is seen; NULL if it depends
    sees_deletions BOOLEAN,                         -- whether a removed mention is seen; NULL if it depends
    sees_replies BOOLEAN,                           -- whether an answer by the company is seen; NULL if it depends
    publishes_text BOOLEAN NOT NULL,                -- whether its terms allow text in the published tables
    rating_max DOUBLE,                              -- the scale for which the two cut points below are set
    rating_bad_max DOUBLE,                          -- highest bad rating, inclusive
    rating_good_min DOUBLE,                         -- lowest good rating, inclusive
    terms VARCHAR                                   -- what its terms allow, in a few words
);

-- The chance that a telling on a source's channel is collected at all, as a range; no row means nobody set it.
-- One row per brand (NULL: all brands), source and first day; key brand, source, valid_from.
CREATE TABLE IF NOT EXISTS raw.coverage (
    brand VARCHAR,                                  -- the brand; NULL for all
    source VARCHAR NOT NULL,                        -- the source
    valid_from DATE,                                -- first day on which it holds, brand's time zone; NULL for ever
    low DOUBLE NOT NULL,                            -- lowest believable share, above 0
    mode DOUBLE NOT NULL,                           -- most believable share
    high DOUBLE NOT NULL,                           -- highest believable share, at most 1
    basis VARCHAR NOT NULL,                         -- observed, inferred or assumed
    is_disjoint BOOLEAN NOT NULL,                   -- whether its tellings are others than those of the channel's other sources
    inverse_mean DOUBLE NOT NULL,                   -- E[1/k]
    inverse_square_mean DOUBLE NOT NULL,            -- E[1/k^2]
    log_variance DOUBLE NOT NULL                    -- Var[ln k]
);

-- The rate book: how often an experience is told, and to how many, as published; from transforms/share_rates.
-- One row per profile, valence and channel; key profile, valence, channel.
CREATE TABLE IF NOT EXISTS raw.rate_profile (
    profile VARCHAR NOT NULL,                       -- name of the profile
    profile_date DATE NOT NULL,                     -- when it was last changed
    valence VARCHAR NOT NULL,                       -- bad or good
    channel VARCHAR NOT NULL,                       -- friends, coworkers, online, company or review_site
    share_rate DOUBLE NOT NULL,                     -- share of experiences told there, 0..1
    sample_size INTEGER NOT NULL,                   -- people behind the rate
    transfer_discount DOUBLE NOT NULL,              -- how much less the sample counts elsewhere, 0..1
    rate_alpha DOUBLE NOT NULL,                     -- of the rate's Beta distribution
    rate_beta DOUBLE NOT NULL,                      -- of the rate's Beta distribution
    audience_mean DOUBLE NOT NULL,                  -- people reached per telling
    audience_shape DOUBLE NOT NULL,                 -- of the audience's distribution
    source VARCHAR NOT NULL,                        -- where the numbers were published
    mark VARCHAR NOT NULL,                          -- how sure the share rate is
    audience_mark VARCHAR,                          -- how sure the audience is
    is_current BOOLEAN NOT NULL,                    -- whether the settings name this profile
    PRIMARY KEY (profile, valence, channel)
);

-- The playbook: why experiences are bad or good, what to do about it, and who; from transforms/playbook and [owners].
-- One row per driver; key driver.
CREATE TABLE IF NOT EXISTS raw.driver (
    driver VARCHAR NOT NULL PRIMARY KEY,            -- its key, as raw.classification names it
    title VARCHAR NOT NULL,                         -- as people read it
    driver_group VARCHAR NOT NULL,                  -- people, process, policy or practice
    published_figure VARCHAR,                       -- its published weight, in the publisher's own words; NULL if none was
    rated_by VARCHAR,                               -- who gave that figure: business or consumers
    advice VARCHAR NOT NULL,                        -- one line on what to do
    owner_role VARCHAR NOT NULL,                    -- who acts by default: service, operations, product, sales or finance
    owner VARCHAR,                                  -- the person or team that the settings name
    phrase_words VARCHAR                            -- the words of the phrases by which it is found, separated by blanks
);

-- The moment the data stand for, and what has been made from them.
-- One row.
CREATE TABLE IF NOT EXISTS raw.clock (
    as_of TIMESTAMPTZ NOT NULL,                     -- "now" for every model
    data_revision BIGINT NOT NULL,                  -- rises whenever raw content changes
    settings_hash VARCHAR NOT NULL,                 -- of the settings and rates in the tables above
    scored_from VARCHAR,                            -- fingerprint of what was last scored; NULL: look at all again
    built_from VARCHAR,                             -- fingerprint of what core and marts were built from
    built_loaded_at TIMESTAMPTZ,                    -- newest stamp among what they were built from when that last went well
    published_from VARCHAR,                         -- fingerprint of what was last published
    is_sample BOOLEAN NOT NULL,                     -- whether the data are made up
    scored_loaded_at TIMESTAMPTZ,                   -- rows loaded up to then were looked at for scored_from
    clock_loaded_at TIMESTAMPTZ NOT NULL            -- newest stamp given out; each is later than the one before
);

-- The text of this file that the tables were last made from, so that opening the door costs one look.
-- One row.
CREATE TABLE IF NOT EXISTS raw.declaration (
    declaration_hash VARCHAR NOT NULL               -- of warehouse/raw.sql
);

-- The published tables as far as digests read them; the real ones are made by dbt contracts.
create schema marts;
create table marts.brand (brand varchar, brand_name varchar, time_zone varchar, owner varchar, is_configured boolean,
    competitor_names varchar);
create table marts.mentions (mention_id uuid, brand varchar, brand_name varchar, source varchar, channel varchar,
    kind varchar, published_at timestamptz, told_at timestamptz, told_date date, title varchar, text varchar, url varchar,
    rating double, rating_max double, language varchar, label varchar, p_bad double, p_good double, view_count bigint,
    like_count bigint, repost_count bigint, reply_count bigint, helpful_count bigint, follower_count bigint,
    exposure_count double, is_duplicate boolean, is_recovered boolean, is_gone boolean, has_reply boolean, reply_at timestamptz,
    drivers varchar, emotions varchar, is_leaving boolean, is_wow boolean,
    least_reach_count bigint);
create table marts.brand_day (brand varchar, told_date date, mention_count bigint, bad_count bigint, neutral_count bigint,
    good_count bigint, unscored_count bigint, duplicate_count bigint, is_complete boolean);
create table marts.brand_period (brand varchar, period_kind varchar, period_start_date date, mention_count bigint,
    bad_count bigint, neutral_count bigint, good_count bigint, unscored_count bigint, duplicate_count bigint,
    recovered_count bigint, estimated_bad_count double, estimated_bad_count_low double, estimated_bad_count_high double,
    estimated_good_count double, estimated_good_count_low double, estimated_good_count_high double,
    good_per_bad double, good_per_bad_low double, good_per_bad_high double, break_even_ratio double,
    bad_change_ratio double, bad_change_ratio_low double, bad_change_ratio_high double, is_bad_change_finding boolean,
    good_change_ratio double, good_change_ratio_low double, good_change_ratio_high double, is_good_change_finding boolean,
    sign_flips boolean, is_disagreeing boolean, average_rating double, rating_count bigint, is_complete boolean, is_final boolean, is_coverage_known boolean,
    profile varchar);
create table marts.channel_period (brand varchar, period_kind varchar, period_start_date date, channel varchar,
    is_collected boolean, bad_count bigint, good_count bigint,
    estimated_bad_telling_count double, estimated_bad_telling_count_low double, estimated_bad_telling_count_high double,
    estimated_good_telling_count double, estimated_good_telling_count_low double, estimated_good_telling_count_high double);
create table marts.source_health (source_name varchar, source varchar, slice varchar, status varchar,
    error_message varchar, rejected_count bigint, future_count bigint, newest_published_at timestamptz);
create table marts.rate_profile (profile varchar, valence varchar, channel varchar, share_rate double,
    sample_size integer, audience_mean double, source varchar, mark varchar);
create table marts.share_of_voice_period (brand varchar, compared_brand varchar, compared_brand_name varchar,
    is_own boolean, period_kind varchar, period_start_date date, voice_count bigint, bad_count bigint, good_count bigint,
    share_of_voice double, comparison_basis varchar);
create table marts.driver (driver varchar, title varchar, driver_group varchar, published_figure varchar, rated_by varchar,
    advice varchar, owner_role varchar, owner varchar, phrase_words varchar);
create table marts.driver_period (brand varchar, period_kind varchar, period_start_date date, driver varchar,
    driver_title varchar, bad_count bigint, bad_exposure_count double, bad_exposure_count_low double, bad_exposure_count_high double,
    bad_change_ratio double, bad_change_ratio_low double, bad_change_ratio_high double, is_bad_change_finding boolean,
    good_count bigint, good_exposure_count double, good_exposure_count_low double, good_exposure_count_high double,
    good_change_ratio double, good_change_ratio_low double, good_change_ratio_high double, is_good_change_finding boolean,
    priority_exposure_count double);
create table marts.response_queue (mention_id uuid, brand varchar, queue_rank integer, told_date date,
    swing_exposure_count double, age_hours double, has_reply boolean);
create table marts.recovery (mention_id uuid, brand varchar, recovered_date date, recovery_hours double);
create table marts.action (action_id varchar, brand varchar, driver varchar, driver_title varchar, from_date date,
    note varchar, day_count integer, bad_count_before bigint, bad_count_after bigint, bad_change_ratio double,
    bad_change_ratio_low double, bad_change_ratio_high double, is_bad_change_finding boolean);
create table marts.alert (alert_id varchar, brand varchar, figure varchar, subject varchar, opened_date date,
    closed_date date, is_open boolean, observed_value double, expected_value double, usual_high_value double,
    day_count integer);

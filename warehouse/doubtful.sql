-- Which mentions are worth a person's look: every third drawn at random, the others each brand's most doubtful first.
-- Given as variables: limit_count, brands (empty: all).
--
-- A third of all mentions, told by their ids, is never shown for being doubtful: what is drawn from it is a fair sample
-- however much of the rest has been labelled, and tells how often the model is right.
WITH candidate AS (
    SELECT
        told.mention_id,
        told.brand,
        told.version_no,
        told.source,
        told.told_at,
        told.label AS found_label,
        -- 1 less the distance between the two likeliest labels: 0 if sure, 1 if two are equally likely
        1 + told.p_bad + told.p_neutral + told.p_good - 2 * greatest(told.p_bad, told.p_neutral, told.p_good)
        - least(told.p_bad, told.p_neutral, told.p_good) AS doubt,
        md5_number_lower(told.mention_id::VARCHAR || told.brand) AS draw_no,
        md5_number_lower(told.mention_id::VARCHAR) % 3 = 0 AS is_random
    FROM core.experience AS told
    INNER JOIN raw.mention_state AS state
        ON told.mention_id = state.mention_id AND told.version_no = state.current_version_no
    ANTI JOIN raw.override AS held ON told.mention_id = held.mention_id AND told.brand = held.brand
    ANTI JOIN raw.tombstone AS tombstone ON told.mention_id = tombstone.mention_id
    WHERE
        told.label_basis = 'text'
        AND NOT told.is_duplicate
        AND (len(getvariable('brands')) = 0 OR list_contains(getvariable('brands'), told.brand))
),

in_brand AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY is_random, brand
            ORDER BY if(is_random, draw_no, 0), doubt DESC, mention_id
        ) AS place_no
    FROM candidate
),

in_turn AS (  -- the brands take turns
    SELECT *, row_number() OVER (PARTITION BY is_random ORDER BY place_no, brand) AS turn_no
    FROM in_brand
)

SELECT
    chosen.mention_id,
    chosen.brand,
    brand.brand_name,
    chosen.source,
    chosen.told_at,
    signature.public_title AS title,
    signature.public_text AS text,
    chosen.found_label,
    chosen.doubt,
    chosen.is_random,
    coalesce(source.publishes_text, true) AS publishes_text
FROM in_turn AS chosen
INNER JOIN raw.brand AS brand ON chosen.brand = brand.brand
LEFT JOIN raw.source AS source ON chosen.source = source.source
LEFT JOIN raw.signature AS signature
    ON chosen.mention_id = signature.mention_id AND chosen.version_no = signature.version_no
ORDER BY chosen.turn_no * if(chosen.is_random, 3, 1.5), chosen.is_random DESC
LIMIT getvariable('limit_count')

-- Words and pairs of words told more often than in the weeks before, counted once a telling: log-odds with an informative
-- Dirichlet prior (the words of both times together), divided by their standard error: Monroe, Colaresi and Quinn (2008),
-- "Fightin' Words". Left out is what the brands are called and what drivers are found by, where most of those tellings
-- name a driver already. A mention's id is a hash, so that the first ones in its order are a fair sample.
with told as (
    select
        told_date >= $first_day as is_now,
        drivers is not null as has_driver,
        regexp_extract_all(lower(coalesce(title, '') || ' . ' || coalesce(text, '')), '[\p{L}][\p{L}''’]+|[.!?,;:\n]')
            as words
    from marts.mentions
    where brand = $brand and told_date between $before_first_day and $last_day
        and not is_duplicate and not coalesce(is_gone, false)
    qualify row_number() over (partition by is_now order by mention_id) <= 20000
),

term as (
    select is_now, has_driver, unnest(list_distinct(list_concat(
        list_filter(words, lambda word: length(word) > 3),
        list_filter(
            list_transform(range(1, len(words)), lambda place: words[place] || ' ' || words[place + 1]),
            lambda pair: regexp_matches(pair, '^[^ .!?,;:\n]+ [^ .!?,;:\n]+$')
        )
    ))) as term
    from told
),

counted as (
    select
        term,
        count(*) filter (where is_now) as now_count,
        count(*) filter (where not is_now) as before_count,
        count(*) filter (where is_now and has_driver) as named_count
    from term
    group by term
),

total as (
    select sum(now_count) as now_total, sum(before_count) as before_total
    from counted
),

weighed as (
    select
        counted.*,
        $prior * (now_count + before_count) / (now_total + before_total) as prior,
        ln((now_count + prior) / (now_total + $prior - now_count - prior))
        - ln((before_count + prior) / (before_total + $prior - before_count - prior)) as log_odds,
        log_odds / sqrt(1 / (now_count + prior) + 1 / (before_count + prior)) as standing
    from counted
    cross join total
    where now_count >= $fewest and before_total > 0
),

known as (  -- by what drivers are found, and what brands are called
    select
        (select list_distinct(flatten(list(string_split(phrase_words, ' ')))) from marts.driver) as driver_words,
        (
            select list_distinct(flatten(list(regexp_extract_all(lower(brand || ' ' || brand_name), '\p{L}+'))))
            from marts.brand
        ) as brand_words
)

select term, now_count, before_count, standing
from weighed
cross join known
where standing >= $least_standing
    and not list_has_any(string_split(term, ' '), brand_words)
    and not (list_has_all(driver_words, string_split(term, ' ')) and 2 * named_count >= now_count)
order by standing desc, now_count desc, term
limit 30

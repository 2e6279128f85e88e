-- Which coverage holds for a brand's source from which day on: the brand's own goes before the general one, a newer
-- valid_from before an older one.
with line as (
    select *, coalesce(valid_from, date '0001-01-01') as from_date
    from {{ source('raw', 'coverage') }}
),

listened as (select distinct brand, source from {{ ref('listening') }}),

turn as (  -- days on which another line may begin to hold
    select distinct listened.brand, listened.source, line.from_date
    from listened
    inner join line on listened.source = line.source and (line.brand is null or listened.brand = line.brand)
)

select
    turn.brand,
    turn.source,
    turn.from_date,
    line.low,
    line.mode,
    line.high,
    line.is_disjoint,
    line.inverse_mean,
    line.inverse_square_mean,
    line.log_variance
from turn
inner join line
    on turn.source = line.source
    and (line.brand is null or turn.brand = line.brand)
    and turn.from_date >= line.from_date
qualify row_number() over (
    partition by turn.brand, turn.source, turn.from_date
    order by line.brand is not null desc, line.from_date desc
) = 1

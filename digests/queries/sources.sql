-- One row per source entry: its worst last status over its slices, and what its last pulls left out.
select
    source_name,
    -- Nothing new is as good as complete, and must not make a digest look changed.
    arg_max(case status when 'unchanged' then 'complete' else status end, case status when 'failed' then 3 when 'partial' then 2 else 1 end) as status,
    arg_max(coalesce(error_message, ''), case status when 'failed' then 3 when 'partial' then 2 else 1 end)
        as error_message,
    cast(sum(coalesce(rejected_count, 0)) as bigint) as rejected_count,
    cast(max(coalesce(future_count, 0)) as bigint) as future_count,
    cast(min(newest_published_at at time zone 'UTC') as date) as newest_date
from marts.source_health
group by source_name
order by source_name

-- Counts are totals over all pulls, so that read = kept + duplicates + rejected can be checked for each source.
with pulled as (
    select
        source_name,
        source,
        slice,
        max(ended_at) as last_pull_at,
        max(ended_at) filter (where status in ('complete', 'unchanged')) as last_success_at,
        arg_max({'status': status, 'error_message': error_message}, (ended_at, run_id)) as last_pull,
        sum(read_count)::bigint as read_count,
        sum(kept_count)::bigint as kept_count,
        sum(duplicate_count)::bigint as duplicate_count,
        sum(rejected_count)::bigint as rejected_count,
        sum(new_count)::bigint as new_count,
        sum(version_count)::bigint as version_count,
        sum(gone_count)::bigint as gone_count
    from {{ source('raw', 'pull') }}
    group by source_name, source, slice
),

known as (
    select
        source,
        max(published_at) as newest_published_at,
        count(*) as mention_count,
        count(*) filter (where told_at > clock.as_of) as future_count
    from {{ ref('mention') }}
    cross join {{ source('raw', 'clock') }} as clock
    group by source
)

select
    pulled.source_name,
    pulled.source,
    pulled.slice,
    pulled.last_pull_at,
    pulled.last_success_at,
    pulled.last_pull.status as status,
    pulled.last_pull.error_message as error_message,
    pulled.read_count,
    pulled.kept_count,
    pulled.duplicate_count,
    pulled.rejected_count,
    pulled.new_count,
    pulled.version_count,
    pulled.gone_count,
    known.newest_published_at,
    coalesce(known.mention_count, 0) as mention_count,
    coalesce(known.future_count, 0) as future_count
from pulled
left join known on pulled.source = known.source

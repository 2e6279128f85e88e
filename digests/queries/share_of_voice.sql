-- One row per compared brand, the brand itself first: what was told on the sources and days that all of them have.
select
    compared_brand as brand, compared_brand_name as brand_name, voice_count as mention_count, bad_count, good_count,
    share_of_voice as share, comparison_basis
from marts.share_of_voice_period
where brand = $brand and period_kind = $period_kind and period_start_date = $period_start
order by is_own desc, share_of_voice desc, compared_brand_name

-- At most one row: a brand's figures in one period.
select
    period_start_date, mention_count, bad_count, neutral_count, good_count, unscored_count, duplicate_count,
    recovered_count, estimated_bad_count, estimated_bad_count_low, estimated_bad_count_high,
    estimated_good_count, estimated_good_count_low, estimated_good_count_high,
    good_per_bad, good_per_bad_low, good_per_bad_high, break_even_ratio,
    bad_change_ratio, bad_change_ratio_low, bad_change_ratio_high, is_bad_change_finding,
    good_change_ratio, good_change_ratio_low, good_change_ratio_high, is_good_change_finding,
    coalesce(sign_flips, false) as sign_flips, coalesce(is_disagreeing, false) as is_disagreeing,
    average_rating, rating_count, is_complete, is_final, is_coverage_known, profile
from marts.brand_period
where brand = $brand and period_kind = $period_kind and period_start_date = $period_start

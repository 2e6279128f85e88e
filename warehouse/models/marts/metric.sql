-- Every figure of the marts once: what it is in, what it means, what it rests on, and along what it may be added up.
{%- set observed, inferred = 'observed', 'inferred' %}
{%- set figures = [
    ('mention_count', 'brand_period', 'mentions', 'Mentions first told in the period, repeats included.', observed, true, true, false),
    ('changed_count', 'brand_period', 'experiences', 'Experiences told by editing an earlier mention, in the period of the edit.', observed, true, true, true),
    ('bad_count', 'brand_period', 'experiences', 'Bad experiences seen: distinct tellings after taking out repeats.', observed, true, true, true),
    ('good_count', 'brand_period', 'experiences', 'Good experiences seen: distinct tellings after taking out repeats.', observed, true, true, true),
    ('neutral_count', 'brand_period', 'mentions', 'Mentions that tell of no experience, repeats taken out.', observed, true, true, false),
    ('unscored_count', 'brand_period', 'mentions', 'Mentions that could not be judged (language) or are not judged yet.', observed, true, true, false),
    ('duplicate_count', 'brand_period', 'mentions', 'Repeats: same author or nearly the same words within 30 days, and reposts.', observed, true, true, false),
    ('recovered_count', 'brand_period', 'experiences', 'Bad experiences whose author later told a good one in the same mention.', observed, true, true, true),
    ('observed_positive_share', 'brand_period', 'share 0..1', 'Good among good and bad experiences seen; posted reviews as they stand.', observed, false, false, false),
    ('average_rating', 'brand_period', 'points of 5', 'Mean rating, scaled to five, repeats taken out.', observed, false, false, false),
    ('rating_count', 'brand_period', 'ratings', 'Ratings behind average_rating.', observed, true, true, false),
    ('estimated_bad_count', 'brand_period', 'experiences', 'Bad experiences that those seen stand for, given share rates and coverage.', inferred, true, false, true),
    ('estimated_good_count', 'brand_period', 'experiences', 'Good experiences that those seen stand for, given share rates and coverage.', inferred, true, false, true),
    ('bad_exposure_count', 'brand_period', 'exposures', 'Times a bad experience is told to, read or seen by somebody, first hand; may repeat, not different people.', inferred, true, false, true),
    ('good_exposure_count', 'brand_period', 'exposures', 'Times a good experience is told to, read or seen by somebody, first hand; may repeat, not different people.', inferred, true, false, true),
    ('bad_hidden_share', 'brand_period', 'share 0..1', 'Part of the tellings of bad experiences that no collected channel shows.', inferred, false, false, false),
    ('good_hidden_share', 'brand_period', 'share 0..1', 'Part of the tellings of good experiences that no collected channel shows.', inferred, false, false, false),
    ('recoverable_share', 'brand_period', 'share 0..1', 'Chance that a bad experience shows on any collected channel: the most that can be recovered.', inferred, false, false, false),
    ('bad_observed_exposure_count', 'brand_period', 'exposures', 'Audiences of the bad tellings seen, where sources tell them (views, followers).', observed, true, true, true),
    ('bad_reproduction', 'brand_period', 'retellings per exposure', 'R: retellings that one bad exposure causes, from reposts where sources tell of them.', inferred, false, false, false),
    ('bad_second_hand_count', 'brand_period', 'exposures', 'Further exposures of bad experiences by retelling.', inferred, true, false, true),
    ('bad_people_count', 'brand_period', 'people', 'Different people who hear of bad experiences; only with a market size.', inferred, false, false, false),
    ('bad_disagreement', 'brand_period', 'chi-square', 'Q: how far the channels contradict each other on bad experiences.', inferred, false, false, false),
    ('good_observed_exposure_count', 'brand_period', 'exposures', 'Audiences of the good tellings seen, where sources tell them (views, followers).', observed, true, true, true),
    ('good_reproduction', 'brand_period', 'retellings per exposure', 'R: retellings that one good exposure causes, from reposts where sources tell of them.', inferred, false, false, false),
    ('good_second_hand_count', 'brand_period', 'exposures', 'Further exposures of good experiences by retelling.', inferred, true, false, true),
    ('good_people_count', 'brand_period', 'people', 'Different people who hear of good experiences; only with a market size.', inferred, false, false, false),
    ('good_disagreement', 'brand_period', 'chi-square', 'Q: how far the channels contradict each other on good experiences.', inferred, false, false, false),
    ('customers_at_risk_count', 'brand_period', 'customers', 'Customers expected to leave over the bad experiences of the period; blank until the brand gives its numbers.', inferred, false, false, true),
    ('prospects_put_off_count', 'brand_period', 'people', 'People about to buy whom bad words put off; blank until the brand gives its numbers.', inferred, false, false, true),
    ('revenue_at_risk', 'brand_period', 'currency', 'Customers at risk times what one is worth to the brand; blank until set.', inferred, false, false, false),
    ('prospect_revenue_at_risk', 'brand_period', 'currency', 'Prospects put off times what a new customer is worth to the brand; blank until set.', inferred, false, false, false),
    ('opposite_good_per_bad', 'brand_period', 'good per bad', 'good_per_bad if satisfied customers told more: the check of the sign.', inferred, false, false, false),
    ('opposite_word_of_mouth_balance', 'brand_period', '-1..+1', 'word_of_mouth_balance if satisfied customers told more: the check of the sign.', inferred, false, false, false),
    ('good_per_bad', 'brand_period', 'good per bad', 'Estimated good experiences per estimated bad one.', inferred, false, false, false),
    ('break_even_ratio', 'brand_period', 'good per bad', 'Good experiences that reach as many as one bad one does (recovery ratio on exposures).', 'assumed', false, false, false),
    ('adjusted_positive_share', 'brand_period', 'share 0..1', 'Share of estimated experiences that were good, corrected for bad ones being posted more often.', inferred, false, false, false),
    ('word_of_mouth_balance', 'brand_period', '-1..+1', 'Good minus bad exposures by their sum.', inferred, false, false, false),
    ('bad_change_ratio', 'brand_period', 'ratio', 'Bad experiences against the period before, on channels collected in both, at equal coverage.', inferred, false, false, false),
    ('good_change_ratio', 'brand_period', 'ratio', 'Good experiences against the period before, on channels collected in both, at equal coverage.', inferred, false, false, false),
    ('estimated_bad_telling_count', 'channel_period', 'tellings', 'Times bad experiences are told on the channel, seen or not.', inferred, true, true, true),
    ('estimated_good_telling_count', 'channel_period', 'tellings', 'Times good experiences are told on the channel, seen or not.', inferred, true, true, true),
    ('priority_exposure_count', 'driver_period', 'exposures', 'What is at stake with a driver: estimated bad experiences times the exposures that change when one turns good.', inferred, true, false, true),
    ('share_of_voice', 'share_of_voice_period', 'share 0..1', 'Part of the mentions of a brand and its competitors, on the sources and days that all of them have.', observed, false, false, false),
    ('voice_count', 'share_of_voice_period', 'mentions', 'Mentions behind share_of_voice, repeats taken out.', observed, false, false, false),
    ('swing_exposure_count', 'response_queue', 'exposures', 'Exposures that an answer which recovers the customer saves and gains.', inferred, true, true, true),
    ('already_told_share', 'response_queue', 'share 0..1', 'Part of the tellings of a case that have already happened.', 'assumed', false, false, false),
    ('age_hours', 'response_queue', 'hours', 'Time since the case was told.', observed, false, false, false),
    ('recovery_hours', 'recovery', 'hours', 'Time from the bad experience to the edit that takes it back.', observed, false, false, false),
    ('exposure_count', 'mentions', 'exposures', 'Times the mention was shown, where the source says so.', observed, false, true, false),
    ('outcome_value', 'outcome_period', 'the series', 'What the brand measured itself: mean of the values of the period.', observed, false, false, false),
    ('rank_correlation', 'backtest', '-1..+1', 'How far a figure and a measured series, some periods later, rise and fall together (Spearman).', inferred, false, false, false),
    ('put_right_count', 'what_if', 'experiences', 'Bad experiences put right under one step of one lever.', inferred, true, false, true),
    ('extra_bad_review_count', 'what_if', 'reviews', 'Bad reviews written only because customers were asked.', inferred, true, false, true),
    ('extra_good_review_count', 'what_if', 'reviews', 'Good reviews written only because customers were asked.', inferred, true, false, true),
    ('changed_positive_share', 'what_if', 'share 0..1', 'Good among good and bad experiences seen, with the invited reviews.', inferred, false, false, false),
    ('changed_word_of_mouth_balance', 'what_if', '-1..+1', 'Word-of-mouth balance after the step.', inferred, false, false, false),
    ('swing', 'sensitivity', 'ratio', 'How far one input moves a figure, between the ends of what is believed of it.', inferred, false, false, false),
    ('share_rate', 'rate_profile', 'share 0..1', 'Share of experiences that are told on the channel.', 'assumed', false, false, false),
    ('mode', 'coverage', 'share 0..1', 'Chance that a telling on the channel is collected at all, most believable value.', 'assumed', false, false, false)
] %}
select *
from (values
    {%- for metric, table_name, unit, definition, basis, over_time, over_channel, over_brand in figures %}
    ('{{ metric }}', '{{ table_name }}', '{{ unit }}', '{{ definition }}', '{{ basis }}', {{ over_time }}, {{ over_channel }}, {{ over_brand }})
    {{- "," if not loop.last }}
    {%- endfor %}
) as figure (
    metric, table_name, unit, definition, basis,
    is_additive_over_time, is_additive_over_channel, is_additive_over_brand
)

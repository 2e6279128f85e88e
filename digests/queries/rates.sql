-- The survey behind the estimates: one row per valence and channel.
select profile, valence, channel, share_rate, sample_size, audience_mean, source, mark
from marts.rate_profile
where profile = $profile
order by valence, channel

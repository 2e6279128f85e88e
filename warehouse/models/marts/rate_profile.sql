select
    profile, profile_date, valence, channel, share_rate, sample_size, transfer_discount, rate_alpha, rate_beta,
    audience_mean, audience_shape, source, mark, audience_mark, is_current
from {{ source('raw', 'rate_profile') }}

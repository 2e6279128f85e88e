-- What the figures mean, what they rest on, and whether those of several periods may be added up.
select metric, unit, definition, basis, is_additive_over_time
from metric
order by all

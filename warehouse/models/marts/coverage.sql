select brand, source, valid_from, low, mode, high, basis, is_disjoint
from {{ source('raw', 'coverage') }}

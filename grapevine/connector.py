"""What somebody else's connector imports: the contract, and nothing of the rest.

A package outside this tree names its connector in the entry-point group `grapevine.connectors` and imports from
here only; `CONTRACT_VERSION` rises when that contract changes.
"""

from connectors.contract import *  # noqa: F403
from connectors.contract import __all__ as __all__

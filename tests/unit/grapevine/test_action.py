from __future__ import annotations

import pytest

from grapevine.commands.actions import _driver
from records.errors import InputError


@pytest.mark.parametrize(("given", "key"), [("on_hold", "on_hold"), ("hold", "on_hold"), ("On hold", "on_hold")])
def test_driver__a_part_of_its_key_is_enough(given: str, key: str) -> None:
    assert _driver(given) == key


def test_driver__names_those_it_may_be() -> None:
    with pytest.raises(InputError, match="may mean no_concern, no_real_person"):
        _driver("no_")
    with pytest.raises(InputError, match="--driver is 'prise', which is no driver; did you mean 'price'"):
        _driver("prise")

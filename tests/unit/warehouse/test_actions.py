from __future__ import annotations

from datetime import date

import pytest

from records.errors import InputError
from warehouse.actions import Action, add, known, remove

HOLD = Action(brand="acme", driver="on_hold", from_date=date(2026, 11, 9), note="Call back offered")


def test_add__once_however_often_it_is_said(home, loaded, ask):
    loaded()
    revision = ask("SELECT data_revision FROM raw.clock")[0][0]
    assert add(home, HOLD) == add(home, HOLD) == HOLD.action_id
    later = Action(brand="acme", driver=None, from_date=date(2026, 11, 16), note="")
    add(home, later)
    assert known(home) == [later, HOLD]
    assert ask("SELECT data_revision FROM raw.clock")[0][0] == revision + 3


def test_remove__takes_it_back(home, loaded):
    loaded()
    add(home, HOLD)
    remove(home, HOLD.action_id)
    assert known(home) == []
    with pytest.raises(InputError, match="no action has the id"):
        remove(home, HOLD.action_id)


def test_add__needs_a_known_brand_and_a_warehouse(home, loaded):
    assert known(home) == []
    with pytest.raises(InputError, match="the warehouse is empty"):
        add(home, HOLD)
    loaded()
    with pytest.raises(InputError, match="--brand is 'nobody', which is no brand's key; known: acme, bolt"):
        add(home, Action(brand="nobody", driver=None, from_date=date(2026, 11, 9), note=""))

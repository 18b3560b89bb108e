"""The routes of browsing, below ``/v1``."""

from __future__ import annotations

from typing import Final

from service.api.browsing import acts, goods, law

ROUTES: Final = (
    goods.list_goods,
    goods.get_goods,
    law.list_programs,
    law.get_program,
    law.list_measures,
    law.get_measure,
    law.get_stacking,
    acts.list_acts,
    acts.get_act,
    acts.list_lists,
    acts.get_list,
    acts.list_origins,
    acts.get_origin,
)

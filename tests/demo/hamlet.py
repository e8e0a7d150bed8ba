"""A city that can be reckoned by hand: three units, two procedures in two fields."""

import numpy as np

from sipas.demo.city import City, CityProcedure, CityUnit
from sipas.demo.frame import Strata
from sipas.demo.model import Model

COPIES, BIRTHS = CityProcedure("P1", "Chứng thực"), CityProcedure("P2", "Hộ tịch")
UNITS = (
    CityUnit("A", "Phường A", "commune"),
    CityUnit("B", "Phường B", "commune"),
    CityUnit("C", "Phường C", "commune"),
)
COUNTER, ONLINE, POST = 0, 1, 2

# Unit, procedure, service channel, transactions.
STRATA = [
    (0, 0, COUNTER, 60),
    (0, 0, ONLINE, 30),
    (0, 1, COUNTER, 10),
    (1, 0, COUNTER, 20),
    (1, 0, ONLINE, 20),
    (2, 0, COUNTER, 9),
]
# Chance of being satisfied in private, and as said at a kiosk: odds 4 times as good. Links change nothing.
PRIVATE = [0.5, 0.6, 0.8, 0.2, 0.5, 0.9]
AT_KIOSK = [0.8, 6 / 7, 16 / 17, 0.5, 0.8, 36 / 37]


def hamlet() -> Model:
    unit, procedure, channel, transactions = np.array(STRATA).T
    city = City(UNITS, (COPIES, BIRTHS), {unit.code: {"P1": 0.9, "P2": 0.1} for unit in UNITS})
    private = np.array(PRIVATE)
    return Model(
        strata=Strata(city, unit, procedure, channel, transactions),
        overall=np.log(private / (1 - private)),
        items=np.zeros(23),
        aspects=np.zeros((3, 23)),
        kindness=np.repeat([[np.log(4.0)], [0.0]], 23, axis=1),
    )

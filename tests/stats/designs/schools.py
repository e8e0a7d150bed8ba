"""The samples of Californian schools that come with R's `survey`, and the designs they were drawn by."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from sipas.stats import Column
from sipas.stats.arrays import FloatArray
from sipas.stats.designs.stages import RowDesign, row_design
from tests.stats.surveys import read_rows


@dataclass(frozen=True)
class Schools:
    rows: list[dict[str, str]]

    def numbers(self, *names: str) -> FloatArray:
        """float64[schools, names]: NaN where a value is missing."""
        return np.array([[float(row[name].replace("NA", "nan")) for name in names] for row in self.rows])

    def number(self, name: str) -> FloatArray:
        return self.numbers(name)[:, 0]

    def column(self, name: str) -> Column:
        return Column.of(row[name] for row in self.rows)


@cache
def read_schools(name: str) -> Schools:
    return Schools(read_rows(f"api/{name}.csv"))


# By the name of each design in expected.json, the file of its sample.
SAMPLES = {
    "srs": "apisrs",
    "strat": "apistrat",
    "clus1": "apiclus1",
    "clus2": "apiclus2",
    "clus2_wr": "apiclus2",
}


def designed(design: str) -> tuple[Schools, RowDesign]:
    """The schools and the design; the calls of `svydesign` are those of api_expected.R."""
    schools = read_schools(SAMPLES[design])
    rows = len(schools.rows)
    districts, both = (schools.column("dnum"),), (schools.column("dnum"), schools.column("snum"))
    if design == "clus2":
        counts = (schools.number("fpc1"), schools.number("fpc2"))
        return schools, row_design(rows, clusters=both, populations=counts)
    weight = schools.number("pw")
    if design == "clus2_wr":
        return schools, row_design(rows, weight=weight, clusters=both)
    counted = (schools.number("fpc"),)
    if design == "srs":
        return schools, row_design(rows, weight=weight, populations=counted)
    if design == "strat":
        strata = schools.column("stype")
        return schools, row_design(rows, weight=weight, strata=strata, populations=counted)
    return schools, row_design(rows, weight=weight, clusters=districts, populations=counted)

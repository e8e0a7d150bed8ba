"""Days on the command line: a day in Vietnam, from its first moment to its last."""

from datetime import date, datetime, time, timedelta

import click

from sipas.survey.catalogue import LOCAL
from sipas.tables.cells import parse_day


class Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value))
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


def start_of_day(first: date) -> datetime:
    return datetime.combine(first, time(), LOCAL)


def end_of_day(last: date) -> datetime:
    return start_of_day(last + timedelta(days=1))

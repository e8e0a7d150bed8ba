"""Quiet hours: no messages at night, in Hanoi's time."""

from datetime import datetime, time

import msgspec

from sipas.survey.catalogue import LOCAL


class QuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """From `begin` until `end`, over midnight if it begins later than it ends; equal: never quiet."""

    from_: time = time(21)
    until: time = time(7, 30)

    def is_quiet(self, moment: datetime) -> bool:
        clock = moment.astimezone(LOCAL).time()
        if self.from_ <= self.until:
            return self.from_ <= clock < self.until
        return clock >= self.from_ or clock < self.until

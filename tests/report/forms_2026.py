"""Answers to `sipas-2026` as a survey tool writes them: codes, labels, yes and no in two languages."""

import csv
import random
from pathlib import Path

from sipas.survey.instruments.instrument import Instrument

INSTRUMENT = Path(__file__).parents[2] / "sipas/instruments/sipas-2026.toml"


def draw_rows(instrument: Instrument, people: int) -> list[dict[str, str]]:
    generator, made = random.Random(2026), []
    for number in range(people):
        row = {"response_id": f"r{number}", "sex": generator.choice("MF")}
        for column in instrument.answer_columns():
            item = instrument.items_by_id[column.item]
            if column.kind == "rating":
                scale = instrument.scale_of(item)
                row[column.id] = generator.choice([*map(str, scale.points), *scale.labels["vi"], ""])
            elif column.kind == "choice":
                option = generator.choice(item.options)
                row[column.id] = generator.choice([option.code, option.text["vi"]])
            else:
                row[column.id] = generator.choice(["1", "0", "yes", "no", "có", "không"])
        made.append(row)
    return made


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path

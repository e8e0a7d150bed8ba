"""Read indices over HTTP, as JSON and CSV.

The demonstration needs no key. For another service make one with `sipas key add --scope read`:

    SIPAS_PUBLIC_URL=https://… SIPAS_KEY=… .venv/bin/python examples/read_indices.py
"""

# %% Connect.
import os

import httpx

service = httpx.Client(base_url=os.environ.get("SIPAS_PUBLIC_URL", "http://127.0.0.1:8000"))
if "SIPAS_KEY" in os.environ:
    service.headers["authorization"] = f"Bearer {os.environ['SIPAS_KEY']}"
survey_round = os.environ.get("SIPAS_ROUND", "demo")

# %% Ask for the overall index of each unit. The parameters are the options of `sipas estimate`.
parameters = {"round": survey_round, "by": "unit", "measure": "overall"}
table = service.get("/api/indices", params=parameters).raise_for_status().json()
print(table["definition"], table["weights"]["method"])

# %% Each row has an estimate, its interval and its notes. A number that cannot be estimated is null.
for row in table["rows"][:5]:
    unit, notes = row["by"]["unit"], "; ".join(note["text"] for note in row["notes"])
    if row["estimate"] is None:
        print(unit, "–", notes)
    else:
        print(unit, f"{row['estimate']:.1%} ({row['low']:.1%}–{row['high']:.1%})", row["n"], notes)

# %% The same as CSV, for a spreadsheet.
text = service.get("/api/indices", params=parameters, headers={"accept": "text/csv"}).raise_for_status().text
print(text.splitlines()[0])

# %% A chart, in English.
chart = service.get("/charts/league.svg", params={"round": survey_round, "by": "unit", "lang": "en"})
print(chart.raise_for_status().headers["content-type"], len(chart.content) > 1000)

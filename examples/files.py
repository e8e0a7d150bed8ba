"""Compute indices from files with the library. Needs polars; run from the root of the repository."""

# %% Read the responses and the frame: completed transactions by stratum.
import polars as pl

import sipas.stats as st

responses = pl.read_csv("tests/reference/sipas/responses.csv")
counts = pl.read_csv("tests/reference/sipas/frame.csv")

# %% Describe the design: items by factor, strata, and the counts to weight to.
factors = {f"f{k}": [name for name in responses.columns if name.startswith(f"f{k}q")] for k in range(1, 6)}
strata = ["unit", "procedure_group", "channel"]
design = st.SurveyDesign.from_frame(responses, items=factors, strata=strata, frame=(counts, "N_h"))

# %% Estimate the overall index of each unit, with 95 % intervals. A result becomes a data frame.
units = design.estimate("overall", by="unit").to_frame()
print(units.select("unit", "estimate", "low", "high", "n", "reliable"))

# %% Choose another interval and level.
options = st.Options(ci="beta", level=0.9)
print(design.estimate("factors", options=options).to_frame().select("measure", "estimate", "low", "high"))

# %% Judge the target of 70 %.
print(design.targets(0.7, by="unit"))

# %% Rank the units; print each rank with its range.
print(design.ranks(by="unit"))

# %% Compare the service channels.
print(design.compare("overall", by="channel"))

"""Estimate from clusters and replicate weights. Needs polars; run from the root of the repository."""

# %% Read a household survey: districts are strata, villages and households are clusters.
import polars as pl

import sipas.stats as st

people = pl.read_csv("tests/reference/designs/responses.csv")
factors = {"a": ["q1", "q2", "q3"], "b": ["q4", "q5", "q6"]}
shown = ["measure", "estimate", "se", "low", "high", "df"]

# %% Clusters in two stages. Villages are numbered inside their district, so nest them.
clusters = st.Clusters(["village", "household"], nest=True, populations=["villages", "households"])
two_stages = st.SurveyDesign.from_frame(
    people, items=factors, strata="district", weights="weight", clusters=clusters
)
print(two_stages.estimate("all").to_frame().select(shown))

# %% Rake the weights to known counts.
raked = two_stages.rake({"sex": {"F": 5200, "M": 4700}, "age": {"18-34": 3300, "35-59": 4100, "60+": 2500}})
print(raked.estimate("all").to_frame().select(shown))

# %% The same with replicate weights that came with the data: Fay's BRR.
with_replicates = people.join(pl.read_csv("tests/reference/designs/replicates.csv"), on="response_id")
fay = st.SurveyDesign.from_frame(
    with_replicates, items=factors, weights="weight", replicates=st.Replicates("fay_", "fay", rho=0.3)
)
print(fay.estimate("all").to_frame().select(shown))

# %% Compare women and men.
print(fay.compare("factor:a", by="sex"))

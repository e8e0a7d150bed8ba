# Computes the figures of tables/expected.csv from data/responses.csv with R's `survey` package, and compares.
# Run it in the unpacked folder: Rscript reproduce.R
# A measure is a sum of ratios of totals. Its variance is that of the total of its linearised variable.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust")

read <- function(file, ...) read.csv(file, check.names = FALSE, encoding = "UTF-8", ...)
settings <- with(read("data/settings.csv", colClasses = "character"), setNames(value, name))
measures <- read("data/measures.csv", colClasses = c(item = "character"))
asking <- read("data/asking.csv", colClasses = c(form = "character", item = "character"))
people <- read("data/responses.csv",
  na.strings = c("", "NA", "-"),
  colClasses = c(unit = "character", form = "character")
)
people <- people[people$weight > 0, ]
kept <- if (settings[["filtered"]] == "true") people$in_filter == 1 else rep(TRUE, nrow(people))

# P(asked) of an item, by the form of each response; 1 if the form is unknown.
chance <- function(item) {
  own <- asking[asking$item == item, ]
  found <- own$probability[match(people$form, own$form)]
  ifelse(is.na(found), 1, found)
}

# Satisfied answers (y) and answers (x) to the items of one ratio, each times 1 / P(asked).
ratio_parts <- function(items) {
  y <- x <- numeric(nrow(people))
  for (item in items) {
    answer <- people[[item]]
    p <- chance(item)
    counts <- !is.na(answer) & p > 0
    x[counts] <- x[counts] + 1 / p[counts]
    satisfied <- counts & answer >= as.numeric(settings[["satisfied"]])
    y[satisfied] <- y[satisfied] + 1 / p[satisfied]
  }
  list(y = y, x = x)
}

# Strata in which a form draws items of the measure, or leaves them out, have no finite-population factor.
population <- function(items) {
  drawn <- Reduce(`|`, lapply(items, function(item) chance(item) < 1))
  fpc <- ifelse(is.na(people$fpc), Inf, people$fpc)
  ifelse(people$stratum %in% people$stratum[drawn], Inf, fpc)
}

standard_error <- function(e, fpc) {
  design <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~fpc,
    data = data.frame(stratum = people$stratum, weight = people$weight, fpc = fpc, e = e))
  as.numeric(SE(svytotal(~e, design)))
}

prepared <- lapply(split(measures, factor(measures$measure, unique(measures$measure))), function(own) {
  by_ratio <- split(own, own$ratio)
  list(
    parts = lapply(by_ratio, function(one) ratio_parts(one$item)),
    shares = sapply(by_ratio, function(one) one$coefficient[1]),
    fpc = population(own$item)
  )
})

line <- function(name, unit, domain) {
  measure <- prepared[[name]]
  w <- people$weight * domain
  estimate <- 0
  e <- numeric(nrow(people))
  for (k in seq_along(measure$parts)) {
    part <- measure$parts[[k]]
    ratio <- sum(w * part$y) / sum(w * part$x)
    estimate <- estimate + measure$shares[k] * ratio
    e <- e + measure$shares[k] * domain * (part$y - ratio * part$x) / sum(w * part$x)
  }
  se <- if (settings[["errors"]] == "yes") sprintf("%.4f", 100 * standard_error(e, measure$fpc)) else ""
  c(name, unit, sum(domain), sprintf("%.4f", 100 * estimate), se)
}

expected <- read("tables/expected.csv", colClasses = "character")
computed <- as.data.frame(t(apply(expected, 1, function(row) {
  unit <- row[["unit"]]
  line(row[["measure"]], unit, if (unit == "") kept else kept & people$unit == unit)
})))
names(computed) <- names(expected)
computed$n <- trimws(computed$n)
for (name in c("n", "se")) computed[[name]][expected[[name]] == ""] <- ""
write.csv(computed, stdout(), row.names = FALSE, quote = FALSE)
wrong <- which(rowSums(computed != expected) > 0)
if (length(wrong)) {
  message(length(wrong), " of ", nrow(expected), " figures differ from tables/expected.csv, such as:")
  print(cbind(expected[wrong[1], ], computed[wrong[1], ]))
  quit(status = 1)
}
message("all ", nrow(expected), " figures equal tables/expected.csv")

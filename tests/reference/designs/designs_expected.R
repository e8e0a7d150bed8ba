# Answers of a made-up household survey, and what R's survey makes of them under cluster designs and replicate
# weights. Run in this folder: Rscript designs_expected.R. It writes responses.csv, replicates.csv and expected.csv.
# R 4.2.2, survey 4.1-1.
suppressMessages(library(survey))
options(digits = 17, survey.lonely.psu = "adjust", survey.replicates.mse = FALSE)
set.seed(20261130)

# Eight districts, four villages in each (numbered 1 to 4 inside the district), 5 to 9 households in each, 1 to 3 people.
districts <- sprintf("D%d", 1:8)
people <- do.call(rbind, lapply(seq_along(districts), function(d) do.call(rbind, lapply(1:4, function(v) {
  households <- sample(5:9, 1)
  do.call(rbind, lapply(seq_len(households), function(h) {
    data.frame(district = districts[d], village = v, household = h, person = seq_len(sample(1:3, 1)),
               villages = 10 + 3 * d, households = 40 + 7 * v + d, village_mood = rnorm(1, 0, 0.05))
  }))
}))))
n <- nrow(people)
people$pair <- paste0(people$district, ifelse(people$village <= 2, "a", "b"))
people$sex <- sample(c("F", "M"), n, TRUE)
people$age <- sample(c("18-34", "35-59", "60+"), n, TRUE, c(0.35, 0.4, 0.25))
people$weight <- round(people$villages / 4 * people$households / 7 * runif(n, 0.7, 1.4), 3)
level <- 0.55 + 0.03 * as.integer(factor(people$district)) + ave(people$village_mood, people$district, people$village)
for (j in 1:6) {
  draw <- 1 + rbinom(n, 4, pmin(pmax(level + 0.02 * j + rnorm(n, 0, 0.12), 0.05), 0.95))
  draw[runif(n) < 0.04 * j] <- NA
  people[[paste0("q", j)]] <- draw
}
people$response_id <- sprintf("r%03d", seq_len(n))
items <- paste0("q", 1:6)
columns <- c("response_id", "district", "village", "household", "pair", "villages", "households", "sex", "age", "weight", items)
write.csv(people[columns], "responses.csv", row.names = FALSE, quote = FALSE, na = "")

for (j in 1:6) {
  people[[paste0("s", j)]] <- as.numeric(people[[items[j]]] >= 4)
  # A missing answer weighs nothing in every estimate below; a number in its place keeps R from giving up.
  people[[paste0("p", j)]] <- ifelse(is.na(people[[items[j]]]), 0, people[[items[j]]])
  people[[paste0("t", j)]] <- ifelse(is.na(people[[items[j]]]), 0, people[[paste0("s", j)]])
}
total <- function(prefix, which) rowSums(people[paste0(prefix, which)], na.rm = TRUE)
answered <- function(which) rowSums(!is.na(people[paste0("q", which)]))
people$ya <- total("s", 1:3); people$xa <- answered(1:3)
people$yb <- total("s", 4:6); people$xb <- answered(4:6)
people$yo <- people$ya + people$yb; people$xo <- people$xa + people$xb
for (sex in c("F", "M")) {
  people[[paste0("y", sex)]] <- ifelse(is.na(people$s1) | people$sex != sex, 0, people$s1)
  people[[paste0("x", sex)]] <- as.numeric(!is.na(people$s1) & people$sex == sex)
}

linearised <- list(
  clusters_with_replacement = svydesign(ids = ~village, strata = ~district, weights = ~weight, data = people, nest = TRUE),
  two_stages = svydesign(ids = ~village + household, strata = ~district, fpc = ~villages + households, weights = ~weight,
                         data = people, nest = TRUE),
  one_stage_fpc = svydesign(ids = ~village, strata = ~district, fpc = ~villages, weights = ~weight, data = people, nest = TRUE),
  weights_alone = svydesign(ids = ~1, weights = ~weight, data = people),
  strata_and_weights = svydesign(ids = ~1, strata = ~district, weights = ~weight, data = people)
)
sex_counts <- data.frame(sex = c("F", "M"), Freq = c(5200, 4700))
age_counts <- data.frame(age = c("18-34", "35-59", "60+"), Freq = c(3300, 4100, 2500))
linearised$raked <- calibrate(linearised$clusters_with_replacement, list(~sex, ~age), list(sex_counts, age_counts),
                              calfun = "raking", epsilon = 1e-12, maxit = 200)
linearised$post_stratified <- calibrate(linearised$clusters_with_replacement, ~sex - 1, c(sexF = 5200, sexM = 4700))

pairs_design <- svydesign(ids = ~village, strata = ~pair, weights = ~weight, data = people, nest = TRUE)
made <- list(
  brr = as.svrepdesign(pairs_design, type = "BRR"),
  fay = as.svrepdesign(pairs_design, type = "Fay", fay.rho = 0.3),
  jkn = as.svrepdesign(linearised$clusters_with_replacement, type = "JKn"),
  bootstrap = as.svrepdesign(linearised$clusters_with_replacement, type = "subbootstrap", replicates = 40)
)
analysis <- lapply(made, function(design) round(weights(design, "analysis"), 9))
replicates <- do.call(cbind, lapply(names(analysis), function(name) {
  block <- as.data.frame(analysis[[name]])
  names(block) <- paste0(name, "_", seq_len(ncol(block)))
  block
}))
write.csv(cbind(response_id = people$response_id, replicates), "replicates.csv", row.names = FALSE, quote = FALSE)
given <- function(name, ...) svrepdesign(data = people, weights = ~weight, repweights = analysis[[name]], combined.weights = TRUE, ...)
replicated <- list(
  brr = given("brr", type = "BRR"),
  fay = given("fay", type = "Fay", rho = 0.3),
  jkn = given("jkn", type = "JKn", scale = 1, rscales = made$jkn$rscales),
  bootstrap = given("bootstrap", type = "bootstrap")
)

rows <- list()
add <- function(design, measure, domain, quantity, value) {
  rows[[length(rows) + 1]] <<- data.frame(design = design, measure = measure, domain = domain, quantity = quantity, value = as.numeric(value))
}
add_estimate <- function(design, measure, domain, estimate, se, df) {
  add(design, measure, domain, "estimate", estimate)
  add(design, measure, domain, "se", se)
  add(design, measure, domain, "df", df)
}
index <- function(weights, data) {
  0.4 * sum(weights * data$ya) / sum(weights * data$xa) + 0.6 * sum(weights * data$yb) / sum(weights * data$xb)
}
estimate_all <- function(name, design, domain) {
  is_replicated <- inherits(design, "svyrep.design")
  for (j in c(1, 5)) {
    answers <- subset(design, !is.na(get(paste0("q", j))))
    share <- svymean(as.formula(paste0("~t", j)), answers, deff = !is_replicated)
    add_estimate(name, paste0("item:q", j), domain, coef(share), SE(share), degf(answers))
    if (!is_replicated) add(name, paste0("item:q", j), domain, "deff", deff(share))
    mean <- svymean(as.formula(paste0("~p", j)), answers)
    add_estimate(name, paste0("mean:item:q", j), domain, coef(mean), SE(mean), degf(answers))
    for (method in c("mean", "beta", "xlogit")) {
      interval <- confint(svyciprop(as.formula(paste0("~t", j)), answers, method = method, df = degf(answers)))
      add(name, paste0("item:q", j), domain, paste0(method, "_low"), interval[1])
      add(name, paste0("item:q", j), domain, paste0(method, "_high"), interval[2])
    }
  }
  for (part in list(c("factor:a", "ya", "xa"), c("factor:b", "yb", "xb"), c("overall:pooled", "yo", "xo"))) {
    ratio <- svyratio(as.formula(paste0("~", part[2])), as.formula(paste0("~", part[3])), design)
    add_estimate(name, part[1], domain, coef(ratio), SE(ratio), degf(design))
  }
  combined <- if (is_replicated) {
    withReplicates(design, index)
  } else {
    svycontrast(svytotal(~ya + xa + yb + xb, design), quote(0.4 * ya / xa + 0.6 * yb / xb))
  }
  add_estimate(name, "overall:factors", domain, coef(combined), SE(combined), degf(design))
}
designs <- c(linearised, replicated)
for (name in names(designs)) {
  design <- designs[[name]]
  estimate_all(name, design, "")
  for (sex in c("F", "M")) estimate_all(name, design[people$sex == sex, ], paste0("sex=", sex))
  for (district in c("D2", "D7")) estimate_all(name, design[people$district == district, ], paste0("district=", district))
  gap <- function(weights, data) sum(weights * data$yF) / sum(weights * data$xF) - sum(weights * data$yM) / sum(weights * data$xM)
  difference <- if (inherits(design, "svyrep.design")) {
    withReplicates(design, gap)
  } else {
    svycontrast(svytotal(~yF + xF + yM + xM, design), quote(yF / xF - yM / xM))
  }
  add(name, "item:q1", "sex=F less sex=M", "estimate", coef(difference))
  add(name, "item:q1", "sex=F less sex=M", "se", SE(difference))
  cells <- svychisq(~t1 + sex, subset(design, !is.na(q1)), statistic = "F")
  add(name, "item:q1", "chisq by sex", "F", cells$statistic)
  add(name, "item:q1", "chisq by sex", "p", cells$p.value)
}
expected <- do.call(rbind, rows)
expected$value <- sprintf("%.17g", expected$value)
write.csv(expected, "expected.csv", row.names = FALSE, quote = FALSE)
cat(nrow(expected), "numbers\n")

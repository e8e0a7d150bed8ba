# Answers of a made-up household survey, drawn in stages, and what R's survey makes of them.
# Run in this folder: Rscript households_expected.R. It writes all_adults.csv, one_adult.csv, frame.csv, margins.csv,
# expected.csv and expected_points.csv. R 4.2.2, survey 4.1-1.
#
# Villages were drawn with probability proportional to their households, households at random in them. In
# all_adults.csv every adult answers; in one_adult.csv one adult of each household, weighted by the number of adults.
suppressMessages(library(survey))
options(digits = 17, survey.lonely.psu = "adjust")
set.seed(20261201)

draw_district <- function(d) {
  villages <- 14 + 3 * d
  size <- sample(40:260, villages)
  psus <- 3 + d %% 3
  chance <- psus * size / sum(size)
  drawn <- sample(villages, psus, prob = size)
  do.call(rbind, lapply(seq_along(drawn), function(v) {
    mood <- rnorm(1, 0, 0.07)
    do.call(rbind, lapply(seq_len(6 + (v + d) %% 4), function(h) {
      adults <- sample(1:4, 1, prob = c(0.2, 0.45, 0.2, 0.15))
      data.frame(district = sprintf("D%d", d), psu = v, hh = h, adult = seq_len(adults), adults = adults,
                 villages = villages, households = size[drawn[v]],
                 weight = 1 / (chance[drawn[v]] * (6 + (v + d) %% 4) / size[drawn[v]]), mood = mood + rnorm(1, 0, 0.05))
    }))
  }))
}
people <- do.call(rbind, lapply(1:5, draw_district))
n <- nrow(people)
people$weight <- round(people$weight, 4)
people$person_weight <- people$weight * people$adults
people$sex <- sample(c("F", "M"), n, TRUE, c(0.55, 0.45))
people$age <- sample(c("18-34", "35-59", "60+"), n, TRUE, c(0.3, 0.42, 0.28))
for (j in 1:6) {
  p <- 0.62 + people$mood + 0.03 * j + 0.05 * (people$sex == "F") - 0.04 * (people$age == "60+")
  draw <- 1 + rbinom(n, 4, pmin(pmax(p, 0.05), 0.97))
  draw[runif(n) < 0.03 * j] <- NA
  people[[paste0("q", j)]] <- draw
}
people$response_id <- sprintf("h%04d", seq_len(n))
chosen <- ave(runif(n), people$district, people$psu, people$hh, FUN = function(u) rank(u) == 1) == 1
items <- paste0("q", 1:6)
columns <- c("response_id", "district", "psu", "hh", "adults", "villages", "households", "sex", "age", "weight",
             "person_weight", items)
write.csv(people[columns], "all_adults.csv", row.names = FALSE, quote = FALSE, na = "")
write.csv(people[chosen, columns], "one_adult.csv", row.names = FALSE, quote = FALSE, na = "")

district_counts <- data.frame(district = sprintf("D%d", 1:5), Freq = c(5200, 6100, 7400, 8300, 9000))
sex_counts <- data.frame(sex = c("F", "M"), Freq = c(18700, 17300))
age_counts <- data.frame(age = c("18-34", "35-59", "60+"), Freq = c(11900, 15100, 9000))
write.csv(setNames(district_counts, c("district", "count")), "frame.csv", row.names = FALSE, quote = FALSE)
margin <- function(counts) data.frame(margin = names(counts)[1], level = counts[[1]], count = counts$Freq)
write.csv(rbind(margin(sex_counts), margin(age_counts), margin(district_counts)), "margins.csv", row.names = FALSE, quote = FALSE)

with_sums <- function(people) {
  for (j in 1:6) {
    missing <- is.na(people[[items[j]]])
    people[[paste0("x", j)]] <- as.numeric(!missing)
    people[[paste0("s", j)]] <- ifelse(missing, 0, as.numeric(people[[items[j]]] >= 4))
    people[[paste0("p", j)]] <- ifelse(missing, 0, people[[items[j]]])
  }
  total <- function(prefix, which) rowSums(people[paste0(prefix, which)])
  people$ya <- total("s", 1:3); people$xa <- total("x", 1:3)
  people$yb <- total("s", 4:6); people$xb <- total("x", 4:6)
  people$yo <- people$ya + people$yb; people$xo <- people$xa + people$xb
  people
}
everyone <- with_sums(people)
one <- with_sums(people[chosen, ])
calibrated <- function(design, ...) {
  calibrate(design, list(~sex, ~age, ~district), list(sex_counts, age_counts, district_counts), epsilon = 1e-12, maxit = 200, ...)
}
stages <- svydesign(id = ~psu + hh, strata = ~district, weights = ~weight, data = everyone, nest = TRUE)
counted <- svydesign(id = ~psu + hh, strata = ~district, weights = ~weight, fpc = ~villages + households, data = everyone, nest = TRUE)
person <- svydesign(id = ~psu + hh, strata = ~district, weights = ~person_weight, data = one, nest = TRUE)
designs <- list(
  stages = stages,
  stages_fpc = counted,
  stages_post_stratified = postStratify(stages, ~district, district_counts),
  stages_linear = calibrated(stages),
  stages_fpc_linear = calibrated(counted),
  stages_fpc_raking = calibrated(counted, calfun = "raking"),
  stages_logit = calibrated(stages, calfun = "logit", bounds = c(0.3, 3)),
  person = person,
  person_post_stratified = postStratify(person, ~district, district_counts),
  person_raking = calibrated(person, calfun = "raking")
)

rows <- list()
add <- function(design, measure, domain, found) {
  rows[[length(rows) + 1]] <<- data.frame(design = design, measure = measure, domain = domain, quantity = names(found), value = as.numeric(found))
}
clusters_of <- function(design) {
  inside <- weights(design) != 0
  length(unique(design$cluster[inside, 1]))
}
estimate <- function(name, measure, domain, design, y, x, counted_by) {
  ratio <- svyratio(as.formula(paste0("~", y)), as.formula(paste0("~", x)), design, deff = TRUE)
  replaced <- svyratio(as.formula(paste0("~", y)), as.formula(paste0("~", x)), design, deff = "replace")
  effect <- as.numeric(deff(ratio))
  size <- sum(weights(counted_by) != 0) / clusters_of(counted_by)
  add(name, measure, domain, c(estimate = as.numeric(coef(ratio)), se = as.numeric(SE(ratio)), df = degf(counted_by),
                               deff = effect, deff_replace = as.numeric(deff(replaced)),
                               n = sum(weights(counted_by) != 0), clusters = clusters_of(counted_by),
                               roh = (effect - 1) / (size - 1)))
}
estimate_all <- function(name, domain, design) {
  for (j in c(1, 6)) {
    answers <- subset(design, get(paste0("x", j)) == 1)
    estimate(name, paste0("item:q", j), domain, answers, paste0("s", j), paste0("x", j), answers)
    estimate(name, paste0("mean:item:q", j), domain, answers, paste0("p", j), paste0("x", j), answers)
  }
  for (part in list(c("factor:a", "ya", "xa"), c("factor:b", "yb", "xb"), c("overall:pooled", "yo", "xo"))) {
    estimate(name, part[1], domain, design, part[2], part[3], design)
  }
}
for (name in names(designs)) {
  design <- designs[[name]]
  estimate_all(name, "", design)
  for (of in c("F", "M")) estimate_all(name, paste0("sex=", of), subset(design, sex == of))
  for (of in c("D1", "D4")) estimate_all(name, paste0("district=", of), subset(design, district == of))
  estimate_all(name, "sex=F,age=60+", subset(design, sex == "F" & age == "60+"))
}
expected <- do.call(rbind, rows)
expected <- expected[is.finite(expected$value), ]
expected$value <- sprintf("%.17g", expected$value)
# The name of the domain sex=F,age=60+ holds a comma.
write.csv(expected, "expected.csv", row.names = FALSE, quote = 3)
cat(nrow(expected), "numbers\n")

# The share of each point of the scale, with t intervals.
points <- list()
add_points <- function(name, measure, domain, design, which, counted_by) {
  x <- rowSums(!is.na(design$variables[items[which]]))
  for (v in 1:5) {
    design$variables$at <- rowSums(design$variables[items[which]] == v, na.rm = TRUE)
    design$variables$of <- x
    ratio <- svyratio(~at, ~of, design)
    half <- qt(0.975, degf(counted_by)) * as.numeric(SE(ratio))
    share <- as.numeric(coef(ratio))
    points[[length(points) + 1]] <<- data.frame(design = name, measure = measure, domain = domain, point = v, share = share,
                                                low = max(share - half, 0), high = min(share + half, 1))
  }
}
for (name in c("stages", "stages_fpc_linear", "person_raking")) {
  for (domain in c("", "sex=F", "sex=M")) {
    design <- designs[[name]]
    if (domain != "") design <- subset(design, sex == substring(domain, 5))
    answers <- subset(design, x6 == 1)
    add_points(name, "item:q6", domain, answers, 6, answers)
    add_points(name, "factor:a", domain, design, 1:3, design)
  }
}
points <- do.call(rbind, points)
for (column in c("share", "low", "high")) points[[column]] <- sprintf("%.17g", points[[column]])
write.csv(points, "expected_points.csv", row.names = FALSE, quote = FALSE)
cat(nrow(points), "shares\n")

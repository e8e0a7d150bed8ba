# Index trees of the shape of the questionnaire of 2026: 1 + 2 + 9 nodes over 39 items, 51 indicators.
# Makes the answers (responses.csv, frame.csv, tree.csv), and what R's survey makes of them (expected.csv).
# Run in this folder: Rscript tree2026_expected.R        R 4.2.2, survey 4.1-1
library(survey)
options(survey.lonely.psu = "adjust", digits = 17)
set.seed(2026)

# --- the tree ---------------------------------------------------------------------------------------
sizes <- c(ia = 2, ib = 2, ic = 9, id = 10, iia = 3, iib = 4, iic = 3, iid = 3, iie = 3)

part_of <- ifelse(substr(names(sizes), 1, 2) == "ii", "services", "policy")
names(part_of) <- names(sizes)
items <- unlist(lapply(names(sizes), function(f) paste0(f, seq_len(sizes[f]))))
factor_of <- rep(names(sizes), sizes)
stopifnot(length(items) == 39)

unequal <- function(k) { w <- seq(k, 1); round(w / sum(w), 6) }
fill <- function(w) { w[1] <- 1 - sum(w[-1]); w }
tree <- rbind(
  data.frame(node = c("policy", "services"), parent = "total", weight = c(0.55, 0.45)),
  do.call(rbind, lapply(unique(part_of), function(p) {
    own <- names(sizes)[part_of == p]
    data.frame(node = own, parent = p, weight = fill(unequal(length(own))))
  })),
  data.frame(node = items, parent = factor_of,
             weight = unlist(lapply(sizes, function(k) fill(unequal(k)))))
)
write.csv(tree, "tree.csv", row.names = FALSE, quote = FALSE)

# --- the answers ------------------------------------------------------------------------------------
n <- 2400
units <- sprintf("U%d", 1:6)
unit <- sample(units, n, TRUE, prob = c(5, 4, 3, 3, 2, 2))
group <- sample(c("land", "civil", "business"), n, TRUE, prob = c(5, 3, 2))
village <- paste0(unit, "-", sample(1:7, n, TRUE))
sex <- sample(c("F", "M"), n, TRUE)
age <- sample(c("18-24", "25-34", "35-49", "50-60", "over-60"), n, TRUE, prob = c(1, 2, 3, 3, 2))
user <- ifelse(runif(n) < 0.55, "yes", "no")
skill <- rnorm(n) * 0.7 + 0.25 * (age == "over-60") - 0.15 * (unit == "U3") + 0.2 * (user == "yes")
answers <- sapply(seq_along(items), function(j) {
  score <- 3.7 + skill + rnorm(n) * 0.9 + 0.5 * sin(j)
  pmin(5, pmax(1, round(score)))
})
colnames(answers) <- items
answers[matrix(runif(length(answers)) < 0.04, n)] <- NA         # left out
partial <- which(runif(n) < 0.08)                               # stopped in the middle
for (i in partial) answers[i, sample(5:39, 1):39] <- NA
silent <- which(user == "no" & runif(n) < 0.3)                  # non-users who left the services out
answers[silent, part_of[factor_of] == "services"] <- NA
data <- data.frame(response_id = sprintf("r%04d", 1:n), unit, group, village, sex, age, user, answers)

counts <- as.data.frame(table(unit = data$unit, group = data$group), stringsAsFactors = FALSE)
counts$count <- counts$Freq * sample(3:40, nrow(counts), TRUE) + sample(0:9, nrow(counts), TRUE)
write.csv(counts[c("unit", "group", "count")], "frame.csv", row.names = FALSE, quote = FALSE)
write.csv(data, "responses.csv", row.names = FALSE, quote = FALSE, na = "")

# --- what is estimated ------------------------------------------------------------------------------
key <- paste(data$unit, data$group)
N <- setNames(counts$count, paste(counts$unit, counts$group))[key]
n_h <- setNames(counts$Freq, paste(counts$unit, counts$group))[key]
for (j in items) {
  data[[paste0("s_", j)]] <- as.numeric(!is.na(data[[j]]) & data[[j]] >= 4)
  data[[paste0("a_", j)]] <- as.numeric(!is.na(data[[j]]))
}
data$stratum <- key
data$N <- N
data$w <- N / n_h
designs <- list(
  strata = svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~N, data = data),
  clusters = svydesign(ids = ~village, strata = ~unit, weights = ~w, data = data)
)
totals <- as.formula(paste("~", paste(c(paste0("s_", items), paste0("a_", items)), collapse = "+")))

below <- function(node) {
  children <- tree$node[tree$parent == node]
  if (!length(children)) return(node)
  unlist(lapply(children, below))
}
pooled <- function(node) {
  own <- below(node)
  sprintf("(%s)/(%s)", paste0("s_", own, collapse = "+"), paste0("a_", own, collapse = "+"))
}
# How a node is made, as an expression of totals. kind: equal, unequal, pooled, or mixed, where factors
# are pooled and what stands above them has weights.
expression_of <- function(node, kind) {
  own <- tree[tree$parent == node, ]
  if (!nrow(own) || kind == "pooled" || (kind == "mixed" && node %in% names(sizes))) return(pooled(node))
  weight <- if (kind == "equal") rep(1 / nrow(own), nrow(own)) else own$weight
  parts <- sapply(own$node, expression_of, kind = kind)
  paste0("(", paste(sprintf("%.17g*%s", weight, parts), collapse = "+"), ")")
}
nodes <- c("total", "policy", "services", names(sizes))
formula_of <- function(prefix, own) as.formula(paste("~", paste0(prefix, own, collapse = "+")))

rows <- list()
add <- function(...) rows[[length(rows) + 1]] <<- data.frame(..., stringsAsFactors = FALSE)
estimate_in <- function(name, design, by, level) {
  found <- svytotal(totals, design)
  for (kind in c("equal", "unequal", "pooled", "mixed")) for (node in nodes) {
    made <- svycontrast(found, setNames(list(parse(text = expression_of(node, kind))[[1]]), node))
    add(design = name, index = kind, by = by, level = level, node = node,
        estimate = as.numeric(coef(made)), se = as.numeric(SE(made)))
  }
  for (item in items) {
    ratio <- svyratio(formula_of("s_", item), formula_of("a_", item), design)
    add(design = name, index = "item", by = by, level = level, node = item,
        estimate = as.numeric(coef(ratio)), se = as.numeric(SE(ratio)))
  }
  # A second way to the same numbers: linear combinations of ratios, and ratios of totals over items.
  last <- tail(do.call(rbind, rows), 4 * length(nodes) + length(items))
  for (f in names(sizes)) {
    own <- below(f)
    ratios <- svyratio(formula_of("s_", own), formula_of("a_", own), design, covmat = TRUE)
    names_of <- names(coef(ratios))
    for (kind in c("equal", "unequal")) {
      weight <- if (kind == "equal") rep(1 / length(own), length(own)) else tree$weight[tree$parent == f]
      linear <- setNames(numeric(length(names_of)), names_of)
      linear[paste0("s_", own, "/a_", own)] <- weight
      combined <- svycontrast(ratios, list(index = linear))
      theirs <- last[last$index == kind & last$node == f, ]
      stopifnot(abs(coef(combined) - theirs$estimate) < 1e-12, abs(SE(combined) / theirs$se - 1) < 1e-10)
    }
  }
  for (node in nodes) {
    own <- below(node)
    design$variables$S <- rowSums(design$variables[paste0("s_", own)])
    design$variables$A <- rowSums(design$variables[paste0("a_", own)])
    ratio <- svyratio(~S, ~A, design)
    theirs <- last[last$index == "pooled" & last$node == node, ]
    stopifnot(abs(coef(ratio) - theirs$estimate) < 1e-12, abs(SE(ratio) / theirs$se - 1) < 1e-10)
  }
}
for (name in names(designs)) {
  design <- designs[[name]]
  estimate_in(name, design, "", "")
  for (u in units) estimate_in(name, subset(design, unit == u), "unit", u)
  for (s in c("F", "M")) for (a in sort(unique(age)))
    estimate_in(name, subset(design, sex == s & age == a), "sex+age", paste(s, a, sep = "|"))
  for (u in c("no", "yes")) estimate_in(name, subset(design, user == u), "user", u)
}
expected <- do.call(rbind, rows)
for (column in c("estimate", "se")) expected[[column]] <- sprintf("%.17g", expected[[column]])
write.csv(expected, "expected.csv", row.names = FALSE, quote = FALSE)

# Users against non-users: without finite-population factor, as comparisons are made.
free <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = data)
for (u in c("yes", "no")) for (j in items) for (p in c("s_", "a_"))
  free$variables[[paste0(p, j, "_", u)]] <- free$variables[[paste0(p, j)]] * (free$variables$user == u)
both <- as.formula(paste("~", paste(outer(c(outer(c("s_", "a_"), items, paste0)), c("_yes", "_no"), paste0),
                                    collapse = "+")))
found <- svytotal(both, free)
rename <- function(text, u) gsub("([sa]_[a-z0-9]+)", paste0("\\1_", u), text)
differences <- do.call(rbind, lapply(c("equal", "unequal", "pooled", "mixed"), function(kind)
  do.call(rbind, lapply(nodes, function(node) {
    text <- expression_of(node, kind)
    made <- svycontrast(found, list(d = parse(text = paste(rename(text, "yes"), "-", rename(text, "no")))[[1]]))
    data.frame(index = kind, node = node, difference = sprintf("%.17g", coef(made)), se = sprintf("%.17g", SE(made)))
  }))))
write.csv(differences, "expected_differences.csv", row.names = FALSE, quote = FALSE)

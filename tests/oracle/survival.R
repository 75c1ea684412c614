source("common.R")
suppressPackageStartupMessages({ library(survival); library(cmprsk) })
set.seed(20260102)
cases <- list()
add <- function(name, input, answer) cases[[length(cases) + 1]] <<- case(name, input, answer)
first_at_most_half <- function(x, time) { i <- which(x <= 0.5 + 1e-9); if (length(i)) time[i[1]] else NA }

km <- function(name, time, event, level = 0.95) {
  fit <- survfit(Surv(time, event) ~ 1, conf.type = "log-log", conf.int = level)
  end <- max(time)
  horizons <- c(end / 3, end)
  means <- sapply(horizons, function(h) survival:::survmean(fit, rmean = h)$matrix[c("rmean", "se(rmean)")])
  add(name, list(time = time, event = as.integer(event), level = one(level), horizons = horizons),
      list(time = fit$time, at_risk = fit$n.risk, survival = fit$surv,
           se = ifelse(fit$surv > 0, fit$surv * fit$std.err, NA), lower = fit$lower, upper = fit$upper,
           median = one(first_at_most_half(fit$surv, fit$time)),
           median_lower = one(first_at_most_half(fit$lower, fit$time)),
           median_upper = one(first_at_most_half(fit$upper, fit$time)), mean = means[1, ], mean_se = means[2, ]))
}
km("km", 5, 1); km("km", 5, 0)
km("km", c(1, 2, 3, 4), c(0, 0, 0, 0)); km("km", c(3, 3, 3), c(1, 1, 1)); km("km", c(3, 3, 3), c(1, 0, 1))
km("km", c(1, 2, 3, 4), c(1, 1, 1, 1))             # a plateau at the median
km("km", c(1, 2, 3, 4, 5, 6), c(1, 1, 1, 0, 0, 0)) # that is never left
for (i in 1:25) {
  n <- sample(c(2:9, 40, 200), 1); scale <- sample(c(1, 4, 100), 1)
  time <- if (i %% 2) round(rexp(n, 1 / scale) + 0.005, 2) else sample(1:20, n, TRUE)
  km("km", time, rbinom(n, 1, c(0.2, 0.7, 1)[i %% 3 + 1]), c(0.95, 0.9)[i %% 2 + 1])
}
with(survival::ovarian, km("km", futime, fustat))
with(survival::kidney, km("km", time, status))

aj <- function(time, state, states, level = 0.95) {
  fit <- survfit(Surv(time, factor(state, 0:states)) ~ 1, conf.type = "log-log", conf.int = level)
  columns <- 1 + seq_len(states)
  matrix_of <- function(m) unname(as.matrix(m)[, columns, drop = FALSE])
  # The estimate twice: cmprsk's must agree before either is written.
  for (s in seq_len(states)) if (any(state == s)) {
    other <- timepoints(cuminc(time, state, cencode = 0), fit$time)$est
    row <- other[grep(paste0(" ", s, "$"), rownames(other)), ]
    stopifnot(all(is.na(row) | abs(row - fit$pstate[, s + 1]) < 1e-9))
  }
  # Where everybody has had the event the error is 0: R gives what its rounding leaves.
  se <- matrix_of(fit$std.err); incidence <- matrix_of(fit$pstate)
  certain <- incidence < 1e-12 | incidence > 1 - 1e-12
  se[certain] <- 0
  lower <- matrix_of(fit$lower); upper <- matrix_of(fit$upper)
  lower[certain] <- NA; upper[certain] <- NA
  add("aj", list(time = time, state = state, states = one(states), level = one(level)),
      list(time = fit$time, incidence = incidence, se = se, lower = lower, upper = upper))
}
aj(c(1, 2, 3, 4), c(1, 1, 1, 1), 2); aj(c(1, 2, 3, 4), c(2, 2, 2, 1), 2); aj(c(2, 2, 2, 5), c(1, 2, 0, 1), 2)
aj(c(1, 2, 3, 4), c(1, 1, 2, 2), 2); aj(c(1, 2), c(1, 0), 2)
for (i in 1:25) {
  n <- sample(c(3:9, 30, 150), 1); states <- 1 + i %% 3 + 1
  aj(if (i %% 2) sample(1:15, n, TRUE) else round(rexp(n, 1 / 30), 1) + 0.1, c(1, sample(0:states, n - 1, TRUE)), states,
     c(0.95, 0.998)[i %% 2 + 1])
}
with(survival::mgus2, { # published: Therneau's vignette "competing"
  pick <- 1:400
  aj(ifelse(pstat == 0, futime, ptime)[pick], ifelse(pstat == 0, 2 * death, 1)[pick], 2)
})

logrank <- function(time, event, group, stratum = NULL) {
  fit <- if (is.null(stratum)) survdiff(Surv(time, event) ~ group) else survdiff(Surv(time, event) ~ group + strata(stratum))
  sums <- function(x) unname(if (is.matrix(x)) rowSums(x) else x)
  expected <- sums(fit$exp)
  df <- sum(expected > 0) - 1
  add("logrank", list(time = time, event = as.integer(event), group = as.integer(factor(group)) - 1L,
                      stratum = if (is.null(stratum)) rep(0L, length(time)) else as.integer(factor(stratum))),
      list(observed = sums(fit$obs), expected = expected, chisq = one(fit$chisq), df = one(df),
           p = one(pchisq(fit$chisq, df, lower.tail = FALSE))))
}
lung <- survival::lung
logrank(lung$time, lung$status == 2, lung$sex) # published: χ² = 10.3 on 1
logrank(lung$time[1:227], (lung$status == 2)[1:227], lung$sex[1:227], is.na(lung$inst[1:227]) | lung$inst[1:227] > 11)
logrank(survival::ovarian$futime, survival::ovarian$fustat, survival::ovarian$rx)
logrank(c(1, 2, 3, 4, 5, 6), rep(1, 6), c(1, 1, 1, 2, 2, 2)) # perfect separation
for (i in 1:20) {
  n <- sample(c(12, 60, 200), 1); k <- 2 + i %% 4
  group <- c(1:k, sample(k, n - k, TRUE))
  logrank(sample(1:40, n, TRUE), rbinom(n, 1, 0.7), group, if (i %% 2) sample(3, n, TRUE) else NULL)
}
write_oracle("survival", c("survival", "cmprsk"), cases)

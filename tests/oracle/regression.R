source("common.R")
suppressPackageStartupMessages(library(sandwich))
set.seed(20260105)
cases <- list()
add <- function(name, input, answer) cases[[length(cases) + 1]] <<- case(name, input, answer)

# With time counted from the change, then turned back: at t = 0, far away, lm itself loses digits.
its <- function(t, y, start, lag = 3) {
  o <- order(t); since <- t[o] - start; ys <- y[o]; D <- as.numeric(since >= 0); after <- pmax(0, since)
  fit <- lm(ys ~ since + D + after)
  back <- diag(4); back[1, 2] <- -start
  beta <- drop(back %*% coef(fit))
  se <- sqrt(diag(back %*% NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = FALSE) %*% t(back)))
  ts <- t[o]; direct <- lm(ys ~ ts + D + after)
  stopifnot(all(abs(coef(direct) / beta - 1) < 1e-5),
            all(abs(sqrt(diag(NeweyWest(direct, lag = lag, prewhite = FALSE, adjust = FALSE))) / se - 1) < 1e-5))
  add("its", list(t = t, y = y, at = one(start), lag = one(lag)), list(beta = unname(beta), se = unname(se)))
}
for (i in 1:15) {
  n <- c(16, 24, 60)[i %% 3 + 1]; t <- if (i %% 4 == 0) 2010 + seq_len(n) / 4 else seq_len(n); start <- t[n / 2 + 1]
  y <- round(20 + 0.3 * seq_len(n) + 5 * (t >= start) + as.numeric(arima.sim(list(ar = 0.5), n)) * 3, 3)
  keep <- if (i %% 5 == 0) sample(n) else seq_len(n) # rows in any order
  its(t[keep], y[keep], start, c(3, 0, 1, 6)[i %% 4 + 1])
}

did <- function(unit, period, treated, y) {
  fit <- lm(y ~ factor(unit) + factor(period) + treated)
  v <- vcovCL(fit, cluster = unit, type = "HC1", cadjust = TRUE)
  pre <- c(NA, NA)
  first <- min(period[treated != 0]); ever <- unit %in% unit[treated != 0]
  keep <- period < first
  if (length(unique(period[keep])) > 1) {
    u <- unit[keep]; p <- period[keep]; trend <- ifelse(ever[keep], p, 0); z <- y[keep]
    line <- lm(z ~ factor(u) + factor(p) + trend)
    if (!is.na(coef(line)["trend"]) && line$df.residual > 0) pre <- c(coef(line)["trend"], sqrt(vcovCL(line, cluster = u, type = "HC1", cadjust = TRUE)["trend", "trend"]))
  }
  add("did", list(unit = unit, period = period, treated = treated, y = y),
      list(estimate = one(unname(coef(fit)["treated"])), se = one(sqrt(v["treated", "treated"])),
           t = one(qt(0.975, length(unique(unit)) - 1)), pre = one(unname(pre[1])), pre_se = one(unname(pre[2]))))
}
for (i in 1:14) {
  g <- c(4, 10, 40)[i %% 3 + 1]; p <- c(2, 5, 12)[(i + 1) %% 3 + 1]; if (g == 4 && p == 2) p <- 5
  d <- expand.grid(unit = seq_len(g) - 1, period = seq_len(p) - 1)
  start <- ifelse(seq_len(g) <= g / 2, ceiling(p / 2) + (seq_len(g) %% 2) * (p > 5), 99)
  d$treated <- as.numeric(d$period >= start[d$unit + 1])
  d$y <- round(10 + rnorm(g)[d$unit + 1] * 2 + d$period * 0.4 - 2 * d$treated + rnorm(nrow(d)), 3)
  if (i %% 4 == 0 && p > 2) d <- d[sample(nrow(d), round(nrow(d) * 0.85)), ] # unbalanced, shuffled
  if (i == 9) d <- rbind(d, d[1:7, ]) # several rows of one cell
  if (i == 13) { # two pieces that share no period
    d$period <- d$period + ifelse(d$unit %% 2 == 0, 0, p)
    d$treated <- as.numeric(d$unit %% 4 < 2 & d$period %% p >= p / 2)
  }
  did(d$unit, d$period, d$treated, d$y)
}
write_oracle("regression", "sandwich", cases)

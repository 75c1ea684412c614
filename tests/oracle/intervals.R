source("common.R")
set.seed(20260101)
cases <- list()
add <- function(name, input, answer) cases[[length(cases) + 1]] <<- case(name, input, answer)

# Pairs (count, total): all of the small ones, the edges, and large ones.
pairs <- do.call(rbind, lapply(c(1, 2, 3, 5, 8, 13), function(n) cbind(0:n, n)))
pairs <- rbind(pairs, cbind(c(0, 1, 29, 81, 15, 0, 20, 263, 5000), c(1e6, 1e6, 263, 263, 148, 20, 20, 263, 10000)))
n <- round(10^runif(60, 0, 7))
pairs <- rbind(pairs, cbind(rbinom(60, n, runif(60)), n))
levels <- rep(c(0.95, 0.998, 0.9), length.out = nrow(pairs))

for (i in seq_len(nrow(pairs))) {
  x <- pairs[i, 1]; n <- pairs[i, 2]; level <- levels[i]
  input <- list(count = one(x), total = one(n), level = one(level))
  wilson <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  add("wilson", input, list(lower = one(wilson[1]), upper = one(wilson[2])))
  exact <- binom.test(x, n, conf.level = level)$conf.int
  add("clopper_pearson", input, list(lower = one(exact[1]), upper = one(exact[2])))
}

# Newcombe's method 10 on prop.test's own score intervals. The first eight are the examples of his paper's table II.
examples <- rbind(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20), c(0, 10, 0, 10),
                  c(10, 10, 0, 20), c(10, 10, 0, 10))
n1 <- round(10^runif(40, 0, 6)); n2 <- round(10^runif(40, 0, 6))
examples <- rbind(examples, cbind(rbinom(40, n1, runif(40)), n1, rbinom(40, n2, runif(40)), n2))
for (i in seq_len(nrow(examples))) {
  e <- examples[i, ]; p1 <- e[1] / e[2]; p2 <- e[3] / e[4]; level <- if (i > 8 && i %% 2) 0.99 else 0.95
  s1 <- suppressWarnings(prop.test(e[1], e[2], conf.level = level, correct = FALSE))$conf.int
  s2 <- suppressWarnings(prop.test(e[3], e[4], conf.level = level, correct = FALSE))$conf.int
  add("newcombe", list(counts = e, level = one(level)),
      list(value = one(p1 - p2), lower = one(p1 - p2 - sqrt((p1 - s1[1])^2 + (s2[2] - p2)^2)),
           upper = one(p1 - p2 + sqrt((s1[2] - p1)^2 + (p2 - s2[1])^2))))
}

for (x in c(0:30, 99, 100, 1000, 123456, 1e6, 12345678)) for (level in c(0.95, 0.998)) {
  exact <- poisson.test(x, conf.level = level)$conf.int
  z <- z_of(level)
  byar <- c(if (x == 0) NA else x * max(0, 1 - 1 / (9 * x) - z / (3 * sqrt(x)))^3,
            (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * sqrt(x + 1)))^3)
  rate <- if (x < 10) exact else byar
  add("poisson", list(count = one(x), level = one(level)),
      list(exact_lower = one(exact[1]), exact_upper = one(exact[2]), byar_lower = one(byar[1]),
           byar_upper = one(byar[2]), rate_lower = one(rate[1]), rate_upper = one(rate[2])))
}

for (level in c(0.5, 0.8, 0.9, 0.95, 0.99, 0.998, 0.9999)) {
  add("normal", list(level = one(level)), list(z = one(z_of(level))))
  for (df in c(1, 2, 3, 7.5, 30, 1000)) {
    add("student", list(level = one(level), degrees = one(df)), list(t = one(qt((1 - level) / 2, df, lower.tail = FALSE))))
  }
}
for (x in c(0.001, 0.5, 3.84, 10, 50, 200, 600)) for (df in c(1, 2, 3, 19, 150)) {
  add("chi_square", list(x = one(x), degrees = one(df)), list(p = one(pchisq(x, df, lower.tail = FALSE))))
}
for (n in c(0:60, 100, 500, 1001)) {
  add("binomial_half", list(trials = one(n), probability = one(0.05)), list(k = one(qbinom(0.05, n, 0.5))))
}
for (shape in c(0.01, 0.5, 1, 9.5, 1e3, 1e6)) for (p in c(1e-6, 0.001, 0.025, 0.5, 0.975)) {
  add("gamma", list(shape = one(shape), p = one(p)),
      list(lower = one(qgamma(p, shape)), upper = one(qgamma(p, shape, lower.tail = FALSE))))
}
for (a in c(0.05, 0.5, 1, 3, 700, 2e5)) for (b in c(0.5, 2, 40, 1e4)) for (p in c(0.001, 0.025, 0.5)) {
  add("beta", list(a = one(a), b = one(b), p = one(p)),
      list(lower = one(qbeta(p, a, b)), upper = one(qbeta(p, a, b, lower.tail = FALSE))))
}

# Standardisation: Dobson, Kuulasmaa, Eberle and Scherer 1991 with the limits of a rate.
for (i in 1:30) {
  k <- sample(1:12, 1); population <- round(10^runif(k, 2, 6)); weight <- round(10^runif(k, 2, 5))
  count <- rpois(k, population * 10^runif(1, -4, -1)); x <- sum(count); level <- if (i %% 3) 0.95 else 0.998
  if (i == 1) population[1] <- 0
  z <- z_of(level)
  answer <- list(value = NA, lower = NA, upper = NA)
  if (x >= 10 && all(population > 0)) {
    v <- sum(weight^2 * count / population^2) / sum(weight)^2
    dsr <- sum(weight * count / population) / sum(weight)
    limits <- c(x * (1 - 1 / (9 * x) - z / (3 * sqrt(x)))^3, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * sqrt(x + 1)))^3)
    answer <- list(value = dsr, lower = dsr + sqrt(v / x) * (limits[1] - x), upper = dsr + sqrt(v / x) * (limits[2] - x))
  }
  add("dsr", list(count = count, population = population, weight = weight, level = one(level)), lapply(answer, one))
}

# Quantiles, and the same from a table of values and counts.
for (i in 1:30) {
  n <- sample(c(1:6, 50, 400), 1); x <- round(rexp(n, 1 / 40)); p <- c(0, 0.05, 0.1, 0.25, 0.5, 0.9, 0.975, 1)
  add("quantile", list(x = x, p = p), list(q = unname(quantile(x, p, type = 7))))
}
write_oracle("intervals", "stats", cases)

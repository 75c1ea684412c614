source("common.R")
set.seed(20260103)
cases <- list()
add <- function(name, input, answer) cases[[length(cases) + 1]] <<- case(name, input, answer)
z95 <- z_of(0.95); z998 <- z_of(0.998)

# Spiegelhalter 2005 from its definition; R has no function of its own.
overdispersion <- function(y, s) {
  z <- y / s; k <- length(z)
  q <- quantile(z, c(0.1, 0.9), type = 7)
  phi <- sum(pmin(pmax(z, q[1]), q[2])^2) / k
  w <- 1 / s^2
  tau2 <- if (k > 1) max(0, (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w))) else 0
  list(phi = phi, tau2 = tau2)
}
# `tail`: the exact chance of a count as far on the same side; it must be as small as the limits have it.
say <- function(value, l, tail) {
  beyond <- (value < l$lower95 | value > l$upper95) + (value < l$lower998 | value > l$upper998)
  exact <- (tail <= 0.025) + (tail <= 0.001)
  c("no more different than chance", "worth watching", "worth a conversation")[pmin(beyond, exact) + 1]
}
two_sided <- function(z, tail) pmax(2 * pnorm(-abs(z)), pmin(1, 2 * tail))
binomial_tail <- function(x, n, p) ifelse(x / n < p, pbinom(x, n, p), pbinom(x - 1, n, p, lower.tail = FALSE))
poisson_tail <- function(o, e) ifelse(o < e, ppois(o, e), ppois(o - 1, e, lower.tail = FALSE))

funnel <- function(count, n) {
  used <- n > 0; x <- count[used]; m <- n[used]
  target <- sum(x) / sum(m)
  s <- 1 / (2 * sqrt(m))
  over <- overdispersion(asin(sqrt(x / m)) - asin(sqrt(target)), s)
  hold <- function(angle) sin(pmin(pmax(angle, 0), pi / 2))^2
  limits <- function(tau2) {
    spread <- sqrt(s^2 + tau2); centre <- asin(sqrt(target))
    list(lower95 = hold(centre - z95 * spread), upper95 = hold(centre + z95 * spread),
         lower998 = hold(centre - z998 * spread), upper998 = hold(centre + z998 * spread))
  }
  adjusted <- limits(over$tau2); tail <- binomial_tail(x, m, target)
  add("funnel", list(count = count, n = n),
      list(target = one(target), phi = one(over$phi), tau2 = one(over$tau2), used = which(used) - 1L, value = x / m,
           adjusted = adjusted, plain = limits(0), flag = say(x / m, adjusted, tail),
           p = two_sided((asin(sqrt(x / m)) - asin(sqrt(target))) / sqrt(s^2 + over$tau2), tail)))
}
funnel(c(0, 3, 10), c(5, 9, 30)); funnel(3, 10); funnel(c(0, 0), c(4, 9)); funnel(c(4, 9), c(4, 9)); funnel(c(2, 0, 5), c(4, 0, 9))
for (i in 1:15) {
  k <- sample(c(5, 12, 60), 1); n <- round(10^runif(k, 0, c(2, 3.5, 6)[i %% 3 + 1]))
  funnel(rbinom(k, n, plogis(rnorm(k, -2 + i %% 4, c(0, 0.3, 1)[i %% 3 + 1]))), n)
}
ratio <- function(observed, expected) {
  s <- 1 / sqrt(expected)
  over <- overdispersion(log(ifelse(observed == 0, 0.5, observed) / expected), s)
  limits <- function(tau2) {
    spread <- sqrt(s^2 + tau2)
    low <- function(z) { l <- exp(-z * spread); ifelse(l * expected < 0.5, 0, l) }
    list(lower95 = low(z95), upper95 = exp(z95 * spread), lower998 = low(z998), upper998 = exp(z998 * spread))
  }
  adjusted <- limits(over$tau2); tail <- poisson_tail(observed, expected)
  add("ratio_funnel", list(observed = observed, expected = expected),
      list(phi = one(over$phi), tau2 = one(over$tau2), value = observed / expected, adjusted = adjusted, plain = limits(0),
           flag = say(observed / expected, adjusted, tail),
           p = two_sided(log(ifelse(observed == 0, 0.5, observed) / expected) / sqrt(s^2 + over$tau2), tail)))
}
ratio(c(0, 0, 5, 12), c(0.2, 8, 5.5, 40.25)); ratio(7, 3.5)
for (i in 1:12) {
  k <- sample(c(6, 40), 1); expected <- round(10^runif(k, -0.5, 3), 3)
  ratio(rpois(k, expected * exp(rnorm(k, 0, c(0, 0.2, 0.8)[i %% 3 + 1]))), expected)
}

# XmR by its definition, one rule after another, each written as a plain search.
signals <- function(x, u) {
  n <- length(x); out <- rep("", n); side <- rep(0L, n)
  mark <- function(i, name, s) for (j in i) if (out[j] == "") { out[j] <<- name; side[j] <<- as.integer(s) }
  for (i in seq_len(n)) if (abs(u[i]) > 3 + 1e-12) mark(i, "outside", sign(u[i]))
  if (n >= 7) for (i in 1:(n - 6)) { d <- diff(x[i:(i + 6)]); if (all(d > 0) || all(d < 0)) mark(i:(i + 6), "trend", sign(d[1])) }
  for (s in c(1, -1)) for (i in seq_len(max(0, n - 1))) {
    window <- i:min(n, i + 2); far <- window[s * u[window] > 2 + 1e-12]
    if (length(far) >= 2) mark(far, "two_of_three", s)
  }
  if (n >= 7) for (i in 1:(n - 6)) if (all(u[i:(i + 6)] > 0) || all(u[i:(i + 6)] < 0)) mark(i:(i + 6), "shift", sign(u[i]))
  list(signal = out, side = side)
}
xmr <- function(value, screen) {
  r <- abs(diff(value)); m <- mean(r)
  if (screen && m > 0) m <- mean(r[r < 3.267 * m])
  centre <- mean(value)
  distance <- value - centre
  u <- ifelse(abs(distance) <= 1e-12 * max(abs(value)), 0, distance / (2.66 * m / 3))
  s <- signals(value, u)
  add("xmr", list(value = value, screen = one(screen)),
      list(mean = one(centre), range = one(m), lower = one(centre - 2.66 * m), upper = one(centre + 2.66 * m),
           signal = s$signal, side = s$side))
}
pprime <- function(count, n) {
  used <- n > 0; x <- count[used]; m <- n[used]; p <- x / m; centre <- sum(x) / sum(m)
  s <- sqrt(centre * (1 - centre) / m)
  z <- ifelse(abs(p - centre) <= 1e-12, 0, (p - centre) / s)
  sigma <- mean(abs(diff(z))) / 1.128
  found <- signals(p, ifelse(z == 0, 0, z / sigma))
  add("pprime", list(count = count, n = n),
      list(mean = one(centre), sigma_z = one(sigma), used = which(used) - 1L, lower = pmax(0, centre - 3 * s * sigma),
           upper = pmin(1, centre + 3 * s * sigma), signal = found$signal, side = found$side))
}
run <- function(value) {
  m <- median(value); useful <- value[value != m]; n <- length(useful)
  if (n > 0) {
    r <- rle(useful > m)$lengths
    answer <- list(median = m, useful = n, longest_run = max(r), longest_run_max = round(log2(n)) + 3,
                   crossings = length(r) - 1, crossings_min = qbinom(0.05, n - 1, 0.5))
  } else answer <- list(median = m, useful = 0, longest_run = 0, longest_run_max = 0, crossings = 0, crossings_min = 0)
  answer$signal <- answer$longest_run > answer$longest_run_max || answer$crossings < answer$crossings_min
  add("run", list(value = value), lapply(answer, one))
}
series <- list(c(5, 5), rep(0.1, 30), rep(7, 3), 1:20, c(1, 2), c(rep(10, 12), rep(20, 12)), c(3, 9, 3, 9, 3, 9, 40, 3, 9),
               c(10, 11, 10, 11, 10, 11, 10, 11, 16, 11, 16, 10, 11), c(10, 11, 10, 11, 10, 11, 10, 14, 11, 7, 10, 11))
for (i in 1:25) {
  n <- sample(c(8, 15, 24, 60), 1); base <- rnorm(n, 50, 5)
  if (i %% 5 == 1) base <- base + seq_len(n) * 0.7
  if (i %% 5 == 2) base <- base + ifelse(seq_len(n) > n / 2, 12, 0)
  if (i %% 5 == 3) base[sample(n, 2)] <- 90
  series[[length(series) + 1]] <- round(base, i %% 3)
}
for (s in series) { xmr(s, FALSE); xmr(s, TRUE); run(s) }
run(4)
pprime(c(1, 2, 3), c(10, 12, 14)); pprime(c(5, 0, 6, 2), c(10, 0, 12, 9))
for (i in 1:15) {
  k <- sample(c(5, 14, 30), 1); n <- round(10^runif(k, 1, c(2, 4, 6)[i %% 3 + 1])); p <- plogis(rnorm(k, -1, c(0, 0.2, 0.5)[i %% 3 + 1]))
  x <- rbinom(k, n, p); if (sum(x) > 0) pprime(x, n)
}

# The spread with hidden counts of 1 to 7: each stands for seven, at the middles of sevenths of its chances, which have the
# power s^2 / (s^2 + tau2); from tau2 = 0 on, twelve times over.
hidden <- function(kind, target, count, n, sizes) {
  binomial <- kind == "proportion"
  y <- function(x, size) if (binomial) asin(sqrt(x / size)) - asin(sqrt(target)) else log(ifelse(x == 0, 0.5, x) / size)
  s <- function(size) if (binomial) 1 / (2 * sqrt(size)) else 1 / sqrt(size)
  copies <- function(size, tau2) {
    chance <- if (binomial) dbinom(1:7, size, target, log = TRUE) else dpois(1:7, size, log = TRUE)
    w <- exp((chance - max(chance)) * s(size)^2 / (s(size)^2 + tau2)); w <- cumsum(w / sum(w))
    vapply((1:7 - 0.5) / 7, function(share) which(w >= share)[1], 0L)
  }
  tau2 <- 0
  for (round in 1:12) {
    z <- c(rep(y(count, n) / s(n), each = 7), unlist(lapply(sizes, function(size) y(copies(size, tau2), size) / s(size))))
    q <- quantile(z, c(0.1, 0.9), type = 7); phi <- mean(pmin(pmax(z, q[1]), q[2])^2)
    k <- length(z) / 7; w <- 1 / s(c(n, sizes))^2
    tau2 <- max(0, (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w)))
    if (tau2 == 0) break
  }
  add("hidden", list(kind = one(kind), target = one(target), count = count, n = n, hidden = sizes), list(phi = one(phi), tau2 = one(tau2)))
}
for (i in 1:12) {
  k <- c(12, 60)[i %% 2 + 1]; target <- c(0.02, 0.04, 0.1)[i %% 3 + 1]; spread <- c(0, 0.4)[i %% 4 %/% 2 + 1]
  n <- 5 * round(2 + rexp(k) * 40); rate <- target * exp(rnorm(k, 0, spread))
  if (i > 8) { n <- n * target; x <- rpois(k, n * rate / target) } else x <- rbinom(k, n, rate)
  shown <- x == 0 | x > 7
  hidden(if (i > 8) "ratio" else "proportion", if (i > 8) 1 else target, 5 * round(x[shown] / 5), n[shown], n[!shown])
}

write_oracle("charts", "stats", cases)

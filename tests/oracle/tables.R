source("common.R")
set.seed(20260104)
cases <- list()
add <- function(name, input, answer) cases[[length(cases) + 1]] <<- case(name, input, answer)

# The test from R; Robins–Breslow–Greenland, Sato and Woolf from their papers, with the test's own odds ratio and
# interval (which is Robins's) checked against them.
mh <- function(t, level = 0.95) {
  t <- matrix(t, ncol = 4); z <- z_of(level); n <- rowSums(t); t <- t[n >= 2, , drop = FALSE]; n <- rowSums(t)
  a <- t[, 1]; b <- t[, 2]; c <- t[, 3]; d <- t[, 4]
  array <- array(as.vector(t(t[, c(1, 3, 2, 4)])), c(2, 2, nrow(t)))
  if (nrow(t) == 1) array <- array(c(array, 0, 0, 1, 1), c(2, 2, 2)) # R asks for two strata; this one adds nothing
  plain <- suppressWarnings(mantelhaen.test(array, correct = FALSE, conf.level = level))
  corrected <- suppressWarnings(mantelhaen.test(array, correct = TRUE, conf.level = level))
  R <- a * d / n; S <- b * c / n; P <- (a + d) / n; Q <- (b + c) / n
  se <- sqrt(sum(P * R) / (2 * sum(R)^2) + sum(P * S + Q * R) / (2 * sum(R) * sum(S)) + sum(Q * S) / (2 * sum(S)^2))
  or <- sum(R) / sum(S)
  if (is.finite(or) && or > 0) stopifnot(abs(or / plain$estimate - 1) < 1e-12, abs(or * exp(z * se) / plain$conf.int[2] - 1) < 1e-9)
  n1 <- a + b; n0 <- c + d
  w <- sum(n1 * n0 / n); rd <- sum((a * n0 - c * n1) / n) / w
  sp <- sum((n1^2 * c - n0^2 * a + n1 * n0 * (n0 - n1) / 2) / n^2); sq <- sum((a * (n0 - c) + c * (n1 - a)) / (2 * n))
  h <- if (any(t == 0)) t + 0.5 else t
  lor <- log(h[, 1] * h[, 4] / (h[, 2] * h[, 3])); wt <- 1 / rowSums(1 / h)
  add("mh", list(a = a, b = b, c = c, d = d, level = one(level)),
      lapply(list(or = if (sum(S) > 0) or else NA, or_lower = if (or > 0 && sum(S) > 0) or * exp(-z * se) else NA,
                  or_upper = if (or > 0 && sum(S) > 0) or * exp(z * se) else NA, rd = rd,
                  rd_se = sqrt(max(0, rd * sp + sq)) / w, chisq = unname(plain$statistic),
                  chisq_corrected = unname(corrected$statistic), p = corrected$p.value,
                  q = sum(wt * (lor - weighted.mean(lor, wt))^2), df = nrow(t) - 1), one))
}
u <- aperm(UCBAdmissions, c(2, 1, 3)) # published: common odds ratio 0.9047 of R's help page, the other way up
mh(t(apply(u, 3, function(m) c(m[1, 1], m[1, 2], m[2, 1], m[2, 2]))))
mh(c(8, 2, 5, 5)); mh(rbind(c(5, 0, 0, 5), c(3, 2, 1, 4))); mh(rbind(c(5, 5, 0, 10), c(3, 2, 0, 4)))
mh(rbind(c(0, 0, 3, 4), c(6, 2, 3, 4))); mh(rbind(c(900000, 1e6, 800000, 1e6), c(1, 2, 3, 4)))
for (i in 1:20) {
  k <- sample(1:8, 1); size <- c(6, 40, 5000)[i %% 3 + 1]
  t <- matrix(as.numeric(rpois(4 * k, size)), ncol = 4)
  if (all(rowSums(t) >= 2) && sum((t[, 1] + t[, 2]) * (t[, 3] + t[, 4]) * (t[, 1] + t[, 3]) * (t[, 2] + t[, 4])) > 0) mh(t, c(0.95, 0.99)[i %% 2 + 1])
}

dl <- function(y, se) {
  w <- 1 / se^2; k <- length(y); mu <- sum(w * y) / sum(w); q <- sum(w * (y - mu)^2)
  tau2 <- if (k > 1) max(0, (q - (k - 1)) / (sum(w) - sum(w^2) / sum(w))) else 0
  v <- 1 / (se^2 + tau2)
  add("dl", list(estimate = y, se = se), lapply(list(tau2 = tau2, pooled = sum(v * y) / sum(v), se = 1 / sqrt(sum(v)), q = q,
                                                     i2 = if (k > 1) max(0, (q - (k - 1)) / q) else 0), one))
}
dl(0.3, 0.1); dl(c(1, 1), c(0.2, 0.2)); dl(c(0.1, 0.9), c(0.1, 0.1))
for (i in 1:15) { k <- sample(2:15, 1); se <- round(runif(k, 0.05, 1), 3); dl(round(rnorm(k, 0.2, c(0, 0.3, 2)[i %% 3 + 1]) + rnorm(k, 0, se), 4), se) }

adjust <- function(p) add("adjust", list(p = p), list(bh = p.adjust(p, "BH"), holm = p.adjust(p, "holm")))
adjust(0.04); adjust(c(0.01, 0.01, 0.01)); adjust(c(0, 1, 0.5, 0.5)); adjust(c(0.2, NA, 0.01))
for (i in 1:12) { p <- signif(runif(sample(c(2, 10, 60), 1))^sample(1:4, 1), 5); adjust(p) }

# Standardised differences; categories by Yang and Dalton 2012 with R's own solve.
for (i in 1:20) {
  m <- round(rnorm(2, 50, 5), 2); s <- round(runif(2, 1, 9), 2)
  add("smd", list(mean = m, sd = s), list(value = one((m[1] - m[2]) / sqrt(sum(s^2) / 2))))
  k <- sample(2:8, 1); x <- rpois(k, 30) + 1; y <- rpois(k, 50) + 1; if (i > 10) x[1] <- 0
  p <- x / sum(x); q <- y / sum(y); d <- (p - q)[-1]
  v <- ((diag(p) - p %o% p) + (diag(q) - q %o% q))[-1, -1, drop = FALSE] / 2
  share <- (p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2)
  add("smd_categories", list(first = x, second = y), list(value = one(sqrt(drop(d %*% solve(v) %*% d))), shares = share))
}

# The marginal likelihood of the beta-binomial, climbed by optim and finished by Newton on the scores to the last digit.
log_likelihood <- function(mu, theta, x, n) sum(mapply(function(x, n) {
  sum(log(mu + (seq_len(x) - 1) * theta)) + sum(log(1 - mu + (seq_len(n - x) - 1) * theta)) - sum(log1p((seq_len(n) - 1) * theta))
}, x, n))
scores <- function(v, x, n) {
  mu <- v[1]; theta <- v[2]
  rowSums(mapply(function(x, n) {
    i <- seq_len(x) - 1; j <- seq_len(n - x) - 1; k <- seq_len(n) - 1
    c(sum(1 / (mu + i * theta)) - sum(1 / (1 - mu + j * theta)),
      sum(i / (mu + i * theta)) + sum(j / (1 - mu + j * theta)) - sum(k / (1 + k * theta)))
  }, x, n))
}
shrink <- function(x, n, level = 0.95) {
  used <- n > 0; pooled <- sum(x) / sum(n)
  tail <- (1 - level) / 2
  answer <- NULL
  if (sum(n > 1) > 1 && any(x > 0) && any(x < n) && all(x == 0 | x == n)) { # the likelihood has no top
    none <- rep(NA, length(x))
    answer <- list(alpha = one(NA), beta = one(NA), mean = none, lower = none, upper = none)
  } else if (sum(x) > 0 && sum(x) < sum(n) && sum(n > 1) > 1) {
    f <- function(v) -log_likelihood(plogis(v[1]), exp(v[2]), x[used], n[used])
    fit <- optim(c(qlogis(pooled), log(0.02)), f, control = list(reltol = 1e-14, maxit = 4000))
    v <- c(plogis(fit$par[1]), exp(fit$par[2]))
    if (v[2] > 1e-7 && -fit$value > log_likelihood(pooled, 0, x[used], n[used]) + 1e-9) {
      for (i in 1:50) {
        h <- 1e-6 * c(min(v[1], 1 - v[1]), v[2])
        j <- sapply(1:2, function(k) (scores(replace(v, k, v[k] + h[k]), x[used], n[used]) - scores(replace(v, k, v[k] - h[k]), x[used], n[used])) / (2 * h[k]))
        v <- v - solve(j, scores(v, x[used], n[used]))
      }
      a <- v[1] / v[2]; b <- (1 - v[1]) / v[2]
      answer <- list(alpha = one(a), beta = one(b), mean = (a + x) / (a + b + n), lower = qbeta(tail, a + x, b + n - x),
                     upper = qbeta(tail, a + x, b + n - x, lower.tail = FALSE))
    }
  }
  if (is.null(answer)) {
    w <- suppressWarnings(prop.test(sum(x), sum(n), conf.level = level, correct = FALSE))$conf.int
    answer <- list(alpha = one(NA), beta = one(NA), mean = rep(pooled, length(x)), lower = rep(w[1], length(x)), upper = rep(w[2], length(x)))
  }
  add("shrink", list(count = x, n = n, level = one(level)), answer)
}
shrink(c(0, 0), c(5, 9)); shrink(c(5, 9), c(5, 9)); shrink(c(1, 0, 1), c(1, 1, 1)); shrink(3, 10); shrink(c(5, 5, 5), c(10, 10, 10))
shrink(c(0, 9, 0, 3), c(9, 9, 9, 0 + 3)); shrink(c(2, 9, 0), c(10, 11, 0))
for (i in 1:18) {
  k <- sample(c(3, 10, 40), 1); n <- round(10^runif(k, 0.3, c(1.5, 2.5, 3)[i %% 3 + 1])); s <- c(0, 0.3, 1, 2)[i %% 4 + 1]
  shrink(rbinom(k, n, plogis(rnorm(k, -2 + i %% 3, s))), n, c(0.95, 0.998)[i %% 2 + 1])
}
write_oracle("tables", "stats", cases)

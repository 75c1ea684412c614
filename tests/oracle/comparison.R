source("common.R")
suppressPackageStartupMessages({ library(survival); library(sandwich) })
set.seed(20260106)
cases <- list()
add <- function(name, input, answer) cases[[length(cases) + 1]] <<- case(name, input, answer)

# Pseudo-values of the first of two competing ends, and of the days to it within the horizon.
pseudo_of <- function(time, state, horizon) {
  # pseudo() looks for the data again, by name.
  subjects <<- data.frame(time, state = factor(state, 0:2), id = seq_along(time))
  fit <- survfit(Surv(time, state) ~ 1, data = subjects, id = id)
  list(incidence = as.vector(pseudo(fit, times = horizon, type = "pstate")[, 2]),
       mean = horizon - as.vector(pseudo(fit, times = horizon, type = "sojourn")[, 2]))
}
for (i in 1:12) {
  n <- c(5, 12, 60)[i %% 3 + 1]
  time <- sample(1:c(8, 30)[i %% 2 + 1], n, TRUE); state <- sample(0:2, n, TRUE, c(0.3, 0.5, 0.2))
  horizon <- c(4, 6, 25)[i %% 3 + 1]
  add("pseudo", list(time = time, state = state, horizon = one(horizon)), pseudo_of(time, state, horizon))
}

# The difference between two sides of clusters: HC2 scores summed by cluster, and the degrees of freedom of the quadratic
# form that the variance is, by Satterthwaite's match of its first two moments (Bell and McCaffrey 2002), in full matrices.
clustered <- function(cluster, side, weight, value, covariate = NULL) {
  w <- as.vector(weight / tapply(weight, side, sum)[as.character(side)])
  X <- cbind(side == 0, side == 1) * 1
  if (!is.null(covariate)) X <- cbind(X, covariate - mean(tapply(w * covariate, side, sum)))
  fit <- lm(value ~ 0 + X, weights = w)
  h <- hatvalues(fit); H <- X %*% solve(crossprod(X * w, X)) %*% t(X * w)
  scores <- estfun(fit) / sqrt(1 - h)
  V <- bread(fit) %*% crossprod(rowsum(scores, cluster)) %*% bread(fit) / length(value)^2
  if (!anyDuplicated(cluster)) stopifnot(all.equal(unname(V), unname(vcovHC(fit, type = "HC2")), tolerance = 1e-9))
  by <- function(k) {
    k <- c(k, 0)[seq_len(ncol(X))]
    g <- drop(k %*% solve(crossprod(X * w, X), t(X * w)))
    P <- rowsum(g / sqrt(1 - h) * (diag(length(value)) - H), cluster)
    se <- sqrt(drop(k %*% V %*% k)); degrees <- sum(P^2)^2 / sum(tcrossprod(P)^2); at <- sum(k * coef(fit))
    c(value = at, lower = at - qt(0.975, degrees) * se, upper = at + qt(0.975, degrees) * se)
  }
  list(first = by(c(1, 0)), second = by(c(0, 1)), difference = by(c(1, -1)))
}
for (i in 1:12) {
  g <- c(6, 12, 40)[i %% 3 + 1]
  d <- data.frame(cluster = seq_len(g) - 1, side = as.integer(seq_len(g) > g / 2))
  if (i %% 2 == 0) d <- rbind(d, data.frame(cluster = 0:1, side = 1L)) # two are on both sides
  d <- d[order(d$cluster), ]
  d$weight <- round(rexp(nrow(d)) + 0.1, 3); d$value <- round(rnorm(nrow(d)) + d$side, 3); d$covariate <- round(rnorm(nrow(d)), 3)
  with_covariate <- i %% 4 > 1
  answer <- clustered(d$cluster, d$side, d$weight, d$value, if (with_covariate) d$covariate)
  add("clustered", c(lapply(d, identity), list(with_covariate = one(with_covariate))), lapply(answer, unname))
}

# A county: the sample data, rmc against none, from the files alone.
read <- function(name) read.csv(file.path("../../sample-data", name), colClasses = "character")
events <- read("outcomes.csv"); referrals <- read("referrals.csv"); schemes <- read("schemes.csv"); practices <- read("practices.csv")
as_of <- as.Date("2025-06-30")
r <- referrals[referrals$request_type != "advice", ]
r$t0 <- as.Date(r$referral_date)
r$scheme <- NA
for (k in order(schemes$specialty_code != "", schemes$start_date)) { # the specialty's own row last, so that it wins
  s <- schemes[k, ]
  r$scheme[r$practice_code == s$practice_code & r$t0 >= as.Date(s$start_date) &
           (s$end_date == "" | r$t0 <= as.Date(ifelse(s$end_date == "", "2100-01-01", s$end_date))) &
           (s$specialty_code == "" | r$specialty_code == s$specialty_code)] <- s$scheme
}
events$date <- as.Date(events$event_date)
earliest <- function(types) { e <- events[events$event_type %in% types, ]; d <- tapply(as.numeric(e$date), e$referral_id, min); as.Date(as.numeric(d[r$referral_id]), origin = "1970-01-01") }
decisions <- c("rejected", "returned_with_advice", "redirected", "accepted")
e <- events[events$event_type %in% decisions, ]
e <- e[order(e$date, ifelse(e$event_seq == "", 0, suppressWarnings(as.numeric(e$event_seq))), match(e$event_type, decisions)), ]
e <- e[!duplicated(e$referral_id), ]
first <- e[match(r$referral_id, e$referral_id), ]
attended <- earliest("first_attended"); left <- earliest(c("cancelled_referral", "died"))

stratum <- paste(r$specialty_code, r$priority, r$age_band)
kind <- paste(r$specialty_code, r$priority)
size <- tapply(as.numeric(practices$list_size), practices$practice_code, sum)
sides <- c("rmc", "none")

# y of the rows that `counts`, standardised and compared by practice. Strata that one side has none of are left out, and
# so are those of which `all` has rows and `counts` none.
compare <- function(y, counts, all = counts) {
  d <- data.frame(y = y, practice = r$practice_code, scheme = r$scheme, stratum = stratum)[counts, ]
  n <- with(d, table(stratum, scheme)); total <- with(d, tapply(y, list(stratum, scheme), sum)); total[is.na(total)] <- 0
  ratio <- setNames(rep(1, ncol(n)), colnames(n))
  repeat { # what a Poisson regression on stratum and scheme fits
    before <- ratio; level <- rowSums(total) / drop(n %*% ratio); ratio <- colSums(total) / drop(level %*% n)
    if (max(abs(ratio / before - 1)) < 1e-14) break
  }
  common <- n[, "rmc"] > 0 & n[, "none"] > 0
  w <- rowSums(n[, sides]) * common / sum(rowSums(n[, sides]) * common)
  d <- d[d$scheme %in% sides & common[d$stratum], ]
  each <- w[d$stratum] / n[cbind(d$stratum, d$scheme)]
  mean_of <- tapply(each * d$y, d$scheme, sum)
  part <- each * (d$y - level[d$stratum] * ratio[d$scheme])
  rows <- aggregate(cbind(weight = each, part = part), list(scheme = d$scheme, practice = d$practice), sum)
  rows$value <- rows$part / rows$weight + (mean_of - tapply(part, d$scheme, sum))[rows$scheme]
  answer <- clustered(rows$practice, as.integer(rows$scheme == "none"), rows$weight, rows$value, log(size[rows$practice]))
  names(answer) <- c("own", "reference", "difference")
  c(lapply(answer, unname), list(left_out = one(length(setdiff(stratum[all & r$scheme %in% sides], names(common)[common])))))
}

proportion <- function(measure, hit, counts) {
  of <- function(s) { x <- hit[counts & r$scheme == s]; c(sum(x), length(x)) }
  rmc <- of("rmc"); none <- of("none")
  wilson <- function(x) unname(prop.test(x[1], x[2], correct = FALSE)$conf.int[1:2])
  use <- counts & r$scheme %in% sides
  tables <- table(factor(r$scheme[use], sides), factor(hit[use], c(TRUE, FALSE)), stratum[use])
  tables <- tables[, , apply(tables, 3, sum) > 1]
  mh <- mantelhaen.test(tables, correct = FALSE)
  add("county_proportion", list(measure = one(measure)), c(
    list(crude = c(rmc, rmc[1] / rmc[2], wilson(rmc)), reference_crude = c(none, none[1] / none[2], wilson(none)),
         odds_ratio = c(unname(mh$estimate), mh$conf.int[1:2])), compare(as.numeric(hit), counts)))
}
decided <- !is.na(first$event_type)
rejected <- decided & first$event_type == "rejected"
known <- rejected & first$referrer_contacted != ""
proportion("rejection_rate", rejected, decided)
proportion("redirected_rate", decided & first$event_type == "redirected", decided)
proportion("rejected_without_dialogue", known & first$referrer_contacted == "no", known)
follow_up <- as.numeric(as_of - r$t0)
proportion("attendance_conversion", !is.na(attended) & attended - r$t0 <= 180, follow_up >= 180)

wait <- function(measure, event, competing) {
  state <- ifelse(!is.na(event), 1, ifelse(!is.na(competing), 2, 0))
  time <- as.numeric(pmin(ifelse(state == 1, event, ifelse(state == 2, competing, as_of)))) - as.numeric(r$t0)
  capped <- pmin(time, 366)
  test <- survdiff(Surv(capped, state == 1 & time <= 365) ~ scheme + strata(stratum), data.frame(capped, state, time, scheme = r$scheme, stratum), subset = r$scheme %in% sides)
  horizons <- lapply(c(42, 126, 365), function(h) {
    # Pseudo-values by specialty and priority under each scheme, and none where nobody was followed for as long.
    incidence <- mean <- rep(NA_real_, nrow(r))
    for (rows in split(seq_len(nrow(r)), list(r$scheme, kind), drop = TRUE)) {
      if (max(follow_up[rows]) < h) next
      p <- pseudo_of(time[rows], state[rows], h); incidence[rows] <- p$incidence; mean[rows] <- p$mean
    }
    followed <- !is.na(incidence)
    rmc <- r$scheme == "rmc"
    list(days = one(h), incidence = compare(incidence, followed, TRUE), mean = compare(mean, followed, TRUE),
         crude_mean = one(mean(pseudo_of(time[rmc], state[rmc], h)$mean)))
  })
  add("county_wait", list(measure = one(measure)), list(chisq = one(unname(test$chisq)), p = one(pchisq(test$chisq, 1, lower.tail = FALSE)), within = horizons))
}
away <- as.Date(ifelse(decided & first$event_type %in% c("rejected", "returned_with_advice"), first$date, NA), origin = "1970-01-01")
wait("wait_first_attendance", attended, pmin(away, left, na.rm = TRUE))
gone <- !is.na(left) & (!decided | left < first$date)
wait("wait_decision", as.Date(ifelse(gone, NA, first$date), origin = "1970-01-01"), left)

write_oracle("comparison", c("survival", "sandwich"), cases)

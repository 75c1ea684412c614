/* Quantiles and tails of the distributions that the rest of stats/ rests on.
 *
 * Answers NAN where there is no answer and never ends the process: linking it switches GSL's aborting error handler
 * off. The incomplete gamma and beta functions and their inverses are worked out here, to about 1e-12 for any count up
 * to tens of millions: GSL's own lose their digits for some large parameters, and its inverses do not always converge.
 */
#ifndef REFERLENS_STATS_DISTRIBUTION_H
#define REFERLENS_STATS_DISTRIBUTION_H

#include <stdint.h>

/* The z for a two-sided level: 1.959963984540054 for 0.95. NAN unless 0 < level < 1. Source: Wichura 1988, AS 241. */
double normal_quantile_two_sided(double level);

/* The same for Student's t with `degrees` degrees of freedom (above 0, not necessarily whole). */
double student_quantile_two_sided(double level, double degrees);

/* The probability that a standard normal lies beyond z on either side; in [0, 1]. */
double normal_two_sided_p(double z);

/* The probability that χ² with `degrees` degrees of freedom is at least x. NAN unless degrees > 0; 1 for x ≤ 0. */
double chi_square_upper_tail(double x, double degrees);

/* The x below (above) which a gamma variable of this shape and scale 1 lies with this probability. Half the χ²
 * quantile at 2 × shape degrees of freedom. NAN unless shape > 0 and 0 < probability < 1. */
double gamma_lower_quantile(double probability, double shape);
double gamma_upper_quantile(double probability, double shape);

/* The same for a beta variable; in [0, 1]. NAN unless a > 0, b > 0 and 0 < probability < 1. */
double beta_lower_quantile(double probability, double a, double b);
double beta_upper_quantile(double probability, double a, double b);

/* The smallest k with P(X ≤ k) ≥ probability for X binomial (trials, ½). −1 unless trials ≥ 0 and
 * 0 < probability < 1. As R's qbinom(probability, trials, 0.5). */
int64_t binomial_half_quantile(double probability, int64_t trials);

/* The chance of at most (at least) `count` events: binomial in `trials` (above 0) with probability p, or Poisson about a
 * mean above 0. */
double binomial_lower_tail(double count, double trials, double p);
double binomial_upper_tail(double count, double trials, double p);
double poisson_lower_tail(double count, double mean);
double poisson_upper_tail(double count, double mean);

#endif

/* Standardised mean differences: how unlike are two groups before anything is compared between them?
 *
 * In units of the standard deviation, so that the size of the groups does not matter, as it would to a p-value. 0.1 is
 * commonly taken as the edge of what can be ignored. Sources: Cohen 1988; Austin 2009, SIM 28:3083; Yang and Dalton
 * 2012, SAS Global Forum 335.
 */
#ifndef REFERLENS_STATS_BALANCE_H
#define REFERLENS_STATS_BALANCE_H

#include <stddef.h>
#include <stdint.h>

/* (m1 − m2) / √((s1² + s2²)/2). 0 where the means are equal; NAN where they differ and both deviations are 0, or where
 * an input is NAN. */
double standardised_difference(double mean1, double deviation1, double mean2, double deviation2);

/* The same for the share of one category. NAN where a total is 0. */
double standardised_difference_of_shares(int64_t count1, int64_t total1, int64_t count2, int64_t total2);

/* Over all categories of a variable at once: √(T'S⁻¹T) on the shares of all categories but the first that occurs, S
 * their mean covariance. Never negative. NAN where a group is empty, or S is singular (groups without a category in
 * common). */
double standardised_difference_of_categories(const int64_t *counts1, const int64_t *counts2, size_t categories);

#endif

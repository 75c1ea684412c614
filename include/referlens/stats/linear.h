/* The little linear algebra that stats/ needs, on plain arrays, row by row.
 */
#ifndef REFERLENS_STATS_LINEAR_H
#define REFERLENS_STATS_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/* Solves A·x = b for a symmetric positive definite A of `size` rows by Cholesky's method. A is overwritten, b becomes
 * x. False, with both spoilt, where A is singular: a pivot below 1e-10 of its diagonal element. */
bool linear_solve_positive(double *matrix, size_t size, double *vector);

/* The same in two steps, for several right-hand sides: the first reads and overwrites the lower triangle of A alone,
 * the second solves with what it left there. */
bool linear_factor_positive(double *matrix, size_t size);
void linear_solve_factored(const double *matrix, size_t size, double *vector);

/* Least squares by Householder's QR. `design` is rows × columns and is overwritten; `outcome` (rows) becomes the
 * residuals; `coefficients` has room for `columns`; `inverse` (columns × columns) receives (X'X)⁻¹. False where rows <
 * columns or a column is a combination of those before it (to 1e-7, as R's lm has it). */
bool linear_least_squares(double *design, size_t rows, size_t columns, double *outcome, double *coefficients,
                          double *inverse);

#endif

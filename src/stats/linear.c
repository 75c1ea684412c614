#include "referlens/stats/linear.h"

#include "referlens/base/memory.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

bool linear_factor_positive(double *matrix, size_t size)
{
    for (size_t j = 0; j < size; j++) {
        double *row = &matrix[j * size];
        double diagonal = row[j];
        for (size_t k = 0; k < j; k++) {
            row[j] -= row[k] * row[k];
        }
        if (!(row[j] > 1e-10 * diagonal)) {
            return false;
        }
        row[j] = sqrt(row[j]);
        for (size_t i = j + 1; i < size; i++) {
            double *lower = &matrix[i * size];
            for (size_t k = 0; k < j; k++) {
                lower[j] -= lower[k] * row[k];
            }
            lower[j] /= row[j];
        }
    }
    return true;
}

void linear_solve_factored(const double *matrix, size_t size, double *vector)
{
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k < i; k++) {
            vector[i] -= matrix[i * size + k] * vector[k];
        }
        vector[i] /= matrix[i * size + i];
    }
    for (size_t i = size; i-- > 0;) {
        for (size_t k = i + 1; k < size; k++) {
            vector[i] -= matrix[k * size + i] * vector[k];
        }
        vector[i] /= matrix[i * size + i];
    }
}

bool linear_solve_positive(double *matrix, size_t size, double *vector)
{
    if (!linear_factor_positive(matrix, size)) {
        return false;
    }
    linear_solve_factored(matrix, size, vector);
    return true;
}

static double column_length(const double *design, size_t rows, size_t columns, size_t column)
{
    double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        sum += design[i * columns + column] * design[i * columns + column];
    }
    return sqrt(sum);
}

/* (R'R)⁻¹ from the upper triangle R: U = R⁻¹ column by column, then U·U'. */
static void invert_from_triangle(const double *triangle, size_t columns, double *scratch, double *inverse)
{
    memset(scratch, 0, columns * columns * sizeof *scratch);
    for (size_t j = 0; j < columns; j++) {
        for (size_t i = j + 1; i-- > 0;) {
            double sum = i == j ? 1 : 0;
            for (size_t k = i + 1; k <= j; k++) {
                sum -= triangle[i * columns + k] * scratch[k * columns + j];
            }
            scratch[i * columns + j] = sum / triangle[i * columns + i];
        }
    }
    for (size_t i = 0; i < columns; i++) {
        for (size_t j = 0; j < columns; j++) {
            inverse[i * columns + j] = 0;
            for (size_t k = i > j ? i : j; k < columns; k++) {
                inverse[i * columns + j] += scratch[i * columns + k] * scratch[j * columns + k];
            }
        }
    }
}

bool linear_least_squares(double *design, size_t rows, size_t columns, double *outcome, double *coefficients,
                          double *inverse)
{
    if (columns == 0 || rows < columns) {
        return false;
    }
    double *lengths = memory_resize(NULL, columns, sizeof *lengths);
    double *tau = memory_resize(NULL, columns, sizeof *tau);
    double *fit = memory_resize(NULL, rows, sizeof *fit);
    double *scratch = memory_resize(NULL, columns * columns, sizeof *scratch);
    bool full_rank = true;

    for (size_t j = 0; j < columns; j++) {
        lengths[j] = column_length(design, rows, columns, j);
    }
    gsl_matrix_view matrix = gsl_matrix_view_array(design, rows, columns);
    gsl_vector_view tau_view = gsl_vector_view_array(tau, columns);
    gsl_linalg_QR_decomp(&matrix.matrix, &tau_view.vector);
    for (size_t j = 0; j < columns; j++) {
        full_rank = full_rank && fabs(design[j * columns + j]) > 1e-7 * lengths[j];
    }
    if (full_rank) {
        gsl_vector_view outcome_view = gsl_vector_view_array(outcome, rows);
        gsl_vector_view coefficient_view = gsl_vector_view_array(coefficients, columns);
        gsl_vector_view fit_view = gsl_vector_view_array(fit, rows);
        gsl_linalg_QR_lssolve(&matrix.matrix, &tau_view.vector, &outcome_view.vector, &coefficient_view.vector,
                              &fit_view.vector);
        memcpy(outcome, fit, rows * sizeof *fit); /* GSL leaves the residuals there */
        invert_from_triangle(design, columns, scratch, inverse);
    }
    memory_free(lengths);
    memory_free(tau);
    memory_free(fit);
    memory_free(scratch);
    return full_rank;
}

/* referlens calc: intervals, standardised rates, quantiles. */
#ifndef REFERLENS_COMMAND_CALC_INTERVALS_H
#define REFERLENS_COMMAND_CALC_INTERVALS_H

#include "referlens/command/calc_request.h"

calc_function calc_wilson, calc_clopper_pearson, calc_newcombe, calc_rate, calc_poisson_exact, calc_byar, calc_dsr,
    calc_isr, calc_quantile;

#endif

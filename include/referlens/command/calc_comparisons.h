/* referlens calc: strata, estimates and p-values put together; groups set beside each other. */
#ifndef REFERLENS_COMMAND_CALC_COMPARISONS_H
#define REFERLENS_COMMAND_CALC_COMPARISONS_H

#include "referlens/command/calc_request.h"

calc_function calc_mh, calc_dl, calc_bh, calc_holm, calc_smd;

#endif

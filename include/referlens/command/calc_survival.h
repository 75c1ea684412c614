/* referlens calc: survival, cumulative incidence, log-rank. */
#ifndef REFERLENS_COMMAND_CALC_SURVIVAL_H
#define REFERLENS_COMMAND_CALC_SURVIVAL_H

#include "referlens/command/calc_request.h"

calc_function calc_km, calc_aj, calc_logrank;

#endif

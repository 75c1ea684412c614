/* referlens calc: funnels, control charts, shrinkage: what is said of each point of many. */
#ifndef REFERLENS_COMMAND_CALC_CHARTS_H
#define REFERLENS_COMMAND_CALC_CHARTS_H

#include "referlens/command/calc_request.h"

calc_function calc_funnel, calc_ratio_funnel, calc_xmr, calc_pprime, calc_run, calc_shrink;

#endif

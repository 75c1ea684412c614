/* referlens calc: interrupted series, difference in differences, the cluster bootstrap. */
#ifndef REFERLENS_COMMAND_CALC_DESIGNS_H
#define REFERLENS_COMMAND_CALC_DESIGNS_H

#include "referlens/command/calc_request.h"

calc_function calc_its, calc_did, calc_bootstrap;

#endif

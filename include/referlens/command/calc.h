/* referlens calc: one statistic on given numbers, as one JSON object, to check the program's maths by hand.
 *
 * The table of statistics in calc.c is the whole of it: name, arguments, the options it takes, its function. Nothing
 * is printed on standard output unless everything was in order.
 */
#ifndef REFERLENS_COMMAND_CALC_H
#define REFERLENS_COMMAND_CALC_H

#include "referlens/command/command.h"

extern const struct command command_calc;

#endif

/* `referlens list`: the tables that the program works by, for people and for `make install`. */
#ifndef REFERLENS_COMMAND_LIST_H
#define REFERLENS_COMMAND_LIST_H

#include "referlens/command/command.h"

extern const struct command command_list;

#endif

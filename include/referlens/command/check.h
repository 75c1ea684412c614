/* `referlens check`: what the files hold and what is wrong with them, without writing anything. */
#ifndef REFERLENS_COMMAND_CHECK_H
#define REFERLENS_COMMAND_CHECK_H

#include "referlens/command/command.h"

extern const struct command command_check;

#endif

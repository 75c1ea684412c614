/* `referlens ingest`: takes exports into a store. */
#ifndef REFERLENS_COMMAND_INGEST_H
#define REFERLENS_COMMAND_INGEST_H

#include "referlens/command/command.h"

extern const struct command command_ingest;

#endif

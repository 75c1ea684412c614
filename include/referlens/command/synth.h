/* `referlens synth`: writes the exports of an invented county (synth/export.h). */
#ifndef REFERLENS_COMMAND_SYNTH_H
#define REFERLENS_COMMAND_SYNTH_H

#include "referlens/command/command.h"

extern const struct command command_synth;

#endif

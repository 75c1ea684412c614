/* `referlens report`: the main job, from CSV files to the report folder.
 */
#ifndef REFERLENS_COMMAND_REPORT_H
#define REFERLENS_COMMAND_REPORT_H

#include "referlens/command/command.h"

extern const struct command command_report;

#endif

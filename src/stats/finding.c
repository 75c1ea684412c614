#include "referlens/stats/finding.h"

#include <math.h>
#include <stddef.h>

enum finding finding_of(double value, const struct finding_limits *limits)
{
    if (isnan(value) || isnan(limits->lower95) || isnan(limits->upper95) || isnan(limits->lower998) ||
        isnan(limits->upper998)) {
        return FINDING_NO_NUMBER;
    }
    if (value < limits->lower998 || value > limits->upper998) {
        return FINDING_CONVERSATION;
    }
    return value < limits->lower95 || value > limits->upper95 ? FINDING_WATCH : FINDING_CHANCE;
}

int finding_side(double value, const struct finding_limits *limits)
{
    switch (finding_of(value, limits)) {
    case FINDING_CONVERSATION:
    case FINDING_WATCH:
        return value < limits->lower95 ? -1 : 1;
    case FINDING_NO_NUMBER:
    case FINDING_CHANCE:
        break;
    }
    return 0;
}

const char *finding_text(enum finding finding)
{
    static const char *const texts[] = {
        [FINDING_NO_NUMBER] = NULL,
        [FINDING_CHANCE] = "no more different than chance",
        [FINDING_WATCH] = "worth watching",
        [FINDING_CONVERSATION] = "worth a conversation",
    };
    return texts[finding];
}

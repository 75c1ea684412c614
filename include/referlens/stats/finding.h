/* What may be said about a point that was compared with others: one rule, three sentences, no taste.
 *
 * Beyond the 99.8 % limits (those adjusted for overdispersion) it is worth a conversation, between the 95 % and the
 * 99.8 % limits worth watching, and inside no more different than chance. Nothing is good, bad or inappropriate.
 */
#ifndef REFERLENS_STATS_FINDING_H
#define REFERLENS_STATS_FINDING_H

enum finding {
    FINDING_NO_NUMBER, /* nothing to compare */
    FINDING_CHANCE,
    FINDING_WATCH,
    FINDING_CONVERSATION,
};

/* The two pairs of limits of one point, both from the same target and the same variance. */
struct finding_limits {
    double lower95;
    double upper95;
    double lower998;
    double upper998;
};

/* A value on a limit is inside it. NAN in the value or a limit gives FINDING_NO_NUMBER. */
enum finding finding_of(double value, const struct finding_limits *limits);

/* −1 where the value lies below the limits that the finding rests on, 1 above them, 0 otherwise. */
int finding_side(double value, const struct finding_limits *limits);

/* "worth a conversation", "worth watching", "no more different than chance"; NULL for FINDING_NO_NUMBER. */
const char *finding_text(enum finding finding);

#endif

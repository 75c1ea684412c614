/* NHS numbers, told from other keys by their check digit. Pure. */
#ifndef REFERLENS_INPUT_NHS_NUMBER_H
#define REFERLENS_INPUT_NHS_NUMBER_H

#include "referlens/base/text.h"

#include <stdbool.h>

/* Ten digits, together or as 3-3-4 with two like separators (spaces or hyphens), the last of which is the check digit
 * of the others: NHS Data Dictionary, modulus 11. One in eleven of all numbers of ten digits is. */
bool nhs_number_is_valid(struct text text);

/* Whether one stands anywhere in the text, with no digit right beside it. */
bool nhs_number_stands_in(struct text text);

#endif

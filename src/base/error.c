#include "referlens/base/error.h"

#include "referlens/base/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Cuts `message`, which was too long for its array, back to the last whole character. */
static void cut_at_character(char *message)
{
    size_t length = strlen(message);
    size_t start = length;
    while (start > 0 && ((unsigned char)message[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    start--; /* the first byte of the last character */
    unsigned char lead = (unsigned char)message[start];
    size_t due = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - start < due)
        message[start] = '\0';
}

/* Formats into `message`; the arguments may point into an error that is about to be overwritten. */
__attribute__((format(printf, 2, 0))) static void format_message(char message[ERROR_MESSAGE_MAX], const char *format,
                                                                 va_list arguments)
{
    int wanted = vsnprintf(message, ERROR_MESSAGE_MAX, format, arguments);
    if (wanted < 0)
        message[0] = '\0';
    else if (wanted >= ERROR_MESSAGE_MAX)
        cut_at_character(message);
}

static void store_message(struct error *error, const char message[ERROR_MESSAGE_MAX])
{
    memcpy(error->message, message, ERROR_MESSAGE_MAX);
    error->message[text_scrub(error->message, strlen(error->message))] = '\0';
}

/* Stores "first: second", cut where it is too long. */
static void store_joined(struct error *error, const char *first, const char *second)
{
    char message[ERROR_MESSAGE_MAX];
    if (snprintf(message, sizeof message, "%s: %s", first, second) >= ERROR_MESSAGE_MAX)
        cut_at_character(message);
    store_message(error, message);
}

bool error_set(struct error *error, const char *format, ...)
{
    if (error == NULL)
        return false;
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    format_message(message, format, arguments);
    va_end(arguments);
    store_message(error, message);
    return false;
}

bool error_set_system(struct error *error, int number, const char *format, ...)
{
    if (error == NULL)
        return false;
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    format_message(message, format, arguments);
    va_end(arguments);
    char description[128];
    store_joined(error, message, strerror_r(number, description, sizeof description));
    return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
    if (error == NULL)
        return false;
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    format_message(message, format, arguments);
    va_end(arguments);
    store_joined(error, message, error->message);
    return false;
}

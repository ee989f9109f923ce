/**
 * @file
 * @brief The log and the explanations: one write(2) a line, errno untouched.
 *
 * The stage and its container write to the same terminal at the same time.
 * stderr hands a whole line to one write(2), so that lines stay whole.
 */
#include "barco/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct barco_log barco_log;

static const char *current_step;

/* Colour helps on a terminal and spoils a file; see no-color.org. */
static bool in_colour(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDERR_FILENO) && !(no_color && *no_color);
}

const char *barco_flag_names(const struct barco_flag *table, uint64_t flags,
                             char *buf, size_t size)
{
    size_t used = 0;

    snprintf(buf, size, "0");
    for (const struct barco_flag *f = table; f->name; f++)
        if ((flags & f->bit) == f->bit && used < size) {
            used += (size_t)snprintf(buf + used, size - used, "%s%s",
                                     used ? "|" : "", f->name);
            flags &= ~f->bit;
        }
    if (flags && used < size)
        snprintf(buf + used, size - used, "%s%#llx", used ? "|" : "",
                 (unsigned long long)flags);
    return buf;
}

const char *barco_log_current_step(void)
{
    return current_step;
}

void barco_log_step(const char *sentence, const char *line_text,
                    const char *file, int line)
{
    current_step = sentence;
    if (barco_log.verbose)
        barco_log_line("INFO", file, line, "%s...", line_text);
    if (barco_log.explain)
        fprintf(stderr, in_colour() ? "\033[1m> %s\033[0m\n" : "> %s\n",
                sentence);
}

void barco_log_line(const char *level, const char *file, int line,
                    const char *fmt, ...)
{
    int saved = errno; /* localtime() may read files, and change it */
    time_t now = time(NULL);
    struct tm tm = { 0 };
    char clock[16] = "--:--:--";
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);

    if (localtime_r(&now, &tm))
        strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
    fprintf(stderr, "%s %-5s %s:%d: %s\n", clock, level, file, line, text);
    errno = saved;
}

void barco_log_explain(const char *why, const char *fmt, ...)
{
    int saved = errno;
    char call[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(call, sizeof(call), fmt, ap);
    va_end(ap);

    fprintf(stderr,
            in_colour() ? "    \033[36m%s\033[0m\n        %s\n"
                        : "    %s\n        %s\n",
            call, why);
    errno = saved;
}

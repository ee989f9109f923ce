/**
 * @file
 * @brief The log and the explanations: one write(2) a line, errno untouched.
 *
 * The stage and its container write to the same terminal at the same time, and
 * a message in one write(2) stays whole.
 */
#include "barco/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bsd/string.h>

#include "log_inside.h"

enum {
    MAX_TEXT = 512
};

struct barco_log barco_log;

/* Together, because every process of a container changes them. */
static struct {
    const char *step;  /* the current one */
    const char *place; /* which process this is */
} now = { .place = "host" };

/* Colour helps on a terminal and spoils a file; see no-color.org. */
static bool in_colour(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDERR_FILENO) && !(no_color && *no_color);
}

void log_set_place(const char *name)
{
    now.place = name;
}

/* Begins each line of --explain, in a colour for each place. */
static const char *prefix(char *buf, size_t size)
{
    int colour = strcmp(now.place, "host") == 0      ? 32
                 : strcmp(now.place, "PID 1") == 0   ? 35
                 : strncmp(now.place, "PID", 3) == 0 ? 33
                                                     : 34;

    if (in_colour())
        snprintf(buf, size, "\033[%dm%-7s\033[0m ", colour, now.place);
    else
        snprintf(buf, size, "%-7s ", now.place);
    return buf;
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
    return now.step;
}

void barco_log_write(const char *text)
{
    int saved = errno;
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t written = write(STDERR_FILENO, text, left);

        if (written < 0 && errno != EINTR)
            break; /* nothing reads it any more */
        if (written > 0) {
            text += written;
            left -= (size_t)written;
        }
    }
    errno = saved;
}

/* How many bytes a character with this first byte has; 0: it is not one. */
static size_t utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc0 || first >= 0xf8)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The length of the character that text begins with, if a terminal shows it;
 * else 0. A value below the least of its length is written in more bytes than
 * it needs. U+0080 to U+009F are control characters too. */
static size_t shown_bytes(const unsigned char *text)
{
    static const uint32_t least[] = { 0, ' ', 0xa0, 0x800, 0x10000 };
    size_t length = utf8_length(*text);
    uint32_t c = length > 1 ? *text & (0x7fU >> length) : *text;

    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (text[i] & 0x3f);
    }
    if (c < least[length] || c == 0x7f || c > 0x10ffff)
        return 0;
    if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
        return 0; /* line separators, and changes of direction */
    return length;
}

const char *barco_log_printable(const char *text, char *buf, size_t size)
{
    const unsigned char *next = (const unsigned char *)text;
    size_t used = 0;

    while (*next) {
        size_t length = shown_bytes(next);
        char piece[8];

        if (length > 0)
            snprintf(piece, sizeof(piece), "%.*s", (int)length, next);
        else if (*next == '\n' || *next == '\t')
            snprintf(piece, sizeof(piece), *next == '\n' ? "\\n" : "\\t");
        else
            snprintf(piece, sizeof(piece), "\\x%02x", *next);
        if (used + strlen(piece) >= size)
            break;
        used += strlcpy(buf + used, piece, size - used);
        next += length > 0 ? length : 1;
    }
    buf[used] = '\0';
    return buf;
}

void barco_log_step(const char *sentence, const char *line_text,
                    const char *file, int line)
{
    char text[256], before[32];

    now.step = sentence;
    if (barco_log.verbose)
        barco_log_line("INFO", file, line, "%s...", line_text);
    if (!barco_log.explain || barco_log.json)
        return;
    snprintf(text, sizeof(text),
             in_colour() ? "%s\033[1m> %s\033[0m\n" : "%s> %s\n",
             prefix(before, sizeof(before)), sentence);
    barco_log_write(text);
}

int barco_log_result(int result, const char *file, int line)
{
    char number[16];
    struct log_entry entry = {
        .place = now.place,
        .step = now.step,
        .result = number,
        .file = file,
        .line = line,
    };

    if (!barco_log.json)
        return result;
    if (result < 0 && strerrorname_np(-result))
        entry.result = strerrorname_np(-result);
    else
        snprintf(number, sizeof(number), "%d", result);
    log_write_json(&entry);
    return result;
}

void barco_log_line(const char *level, const char *file, int line,
                    const char *fmt, ...)
{
    int saved = errno; /* localtime_r() may read files, and change it */
    time_t seconds = time(NULL);
    struct tm tm = { 0 };
    char clock[16] = "--:--:--";
    char text[MAX_TEXT], shown[4 * MAX_TEXT], whole[5 * MAX_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);

    if (localtime_r(&seconds, &tm))
        strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
    snprintf(whole, sizeof(whole), "%s %-5s %s:%d: %s\n", clock, level, file,
             line, barco_log_printable(text, shown, sizeof(shown)));
    barco_log_write(whole);
    errno = saved;
}

/* The same as lines of text. */
static void print_call(const char *call, const char *why)
{
    char shown[4 * MAX_TEXT], whole[5 * MAX_TEXT], before[32];

    prefix(before, sizeof(before));
    snprintf(whole, sizeof(whole),
             in_colour() ? "%s  \033[36m%s\033[0m\n%s    %s\n"
                         : "%s  %s\n%s    %s\n",
             before, barco_log_printable(call, shown, sizeof(shown)), before,
             why);
    barco_log_write(whole);
}

void barco_log_explain(const char *why, const char *file, int line,
                       const char *fmt, ...)
{
    int saved = errno;
    char call[MAX_TEXT];
    const struct log_entry entry = {
        .place = now.place,
        .step = now.step,
        .call = call,
        .why = why,
        .file = file,
        .line = line,
    };
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(call, sizeof(call), fmt, ap);
    va_end(ap);

    if (barco_log.json)
        log_write_json(&entry);
    else
        print_call(call, why);
    errno = saved;
}

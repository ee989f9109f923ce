/**
 * @file
 * @brief What every fuzz target uses.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barco/error.h"

void fuzz_broken(const char *what, const char *file, int line)
{
    /* Not stderr, which a target may have replaced. */
    dprintf(2, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    MUST(text);
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static int errors;

static void count(const struct barco_error *error, void *arg)
{
    (void)arg;
    MUST(error->err > 0 && error->call && error->func && error->file);
    MUST(memchr(error->args, '\0', sizeof(error->args)));
    errors++;
}

void fuzz_count_errors(void)
{
    errors = 0;
    barco_error_set_sink(count, NULL);
}

int fuzz_errors(void)
{
    return errors;
}

/* The library's own rule; printable.c is the target that tries it. */
bool fuzz_is_printable(const char *text)
{
    bool same = true;

    while (same && *text) {
        size_t length = strcspn(text, "\n"), room = 4 * length + 1;
        char *line = strndup(text, length), *shown = malloc(room);

        MUST(line && shown);
        same = strcmp(barco_log_printable(line, shown, room), line) == 0;
        free(line);
        free(shown);
        text += length + (text[length] == '\n');
    }
    return same;
}

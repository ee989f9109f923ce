/**
 * @file
 * @brief Numbers and words of a seed, and texts that live as long as a test.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tutorials/check/inside.h"

static unsigned state;

void seed_with(unsigned seed)
{
    state = seed;
}

long seeded(long low, long high)
{
    static long last;
    long n;

    do
        n = low + rand_r(&state) % (high - low + 1);
    while (n == last && low < high);
    last = n;
    return n;
}

const char *seeded_word(void)
{
    char word[9] = "";

    for (int i = 0; i < 8; i++)
        word[i] = (char)seeded('a', 'z');
    return text("%s", word);
}

/* ---- Texts --------------------------------------------------------------- */

static char **texts;
static size_t count;

const char *text(const char *format, ...)
{
    char **longer = reallocarray(texts, count + 1, sizeof(*texts));
    char *made;
    va_list ap;

    va_start(ap, format);
    if (!longer || vasprintf(&made, format, ap) < 0)
        abort();
    va_end(ap);
    texts = longer;
    texts[count++] = made;
    return made;
}

const char *number(long n)
{
    return text("%ld", n);
}

void texts_forget(void)
{
    while (count > 0)
        free(texts[--count]);
}

/**
 * @file
 * @brief Mistakes in the options that deserve more than "unrecognized option".
 *
 *     --memroy 64M    did you mean --memory?
 *     -v /srv:/mnt    Docker's --volume; here -v is --verbose
 *     -c ls -l        -l is meant for ls
 *
 * getopt_long(3), which argp uses too, reads the line once before argp does.
 * So both agree on what is an option, what is its value, and where the command
 * begins.
 */
#include "stages/options/cli_hint.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barco/error.h"

enum {
    MAX_OPTIONS = 64,
    MAX_NAME = 32
};

/* All options of a stage, as getopt_long() takes them. */
struct table {
    struct option longs[MAX_OPTIONS + 1];
    int count;
    char shorts[3 * MAX_OPTIONS + 4];
};

/* ---- The options of all groups ------------------------------------------ */

/* The value is one of no_argument, required_argument, optional_argument: 0, 1
 * and 2, which is the number of colons too. */
static void add(struct table *table, const char *name, int key, int value)
{
    char *end = table->shorts + strlen(table->shorts);

    if (table->count == MAX_OPTIONS)
        return;
    if (name)
        table->longs[table->count++] =
            (struct option){ name, value, NULL, key };
    if (key > 0 && key < 0x80 && isprint(key))
        snprintf(end, 4, "%c%.*s", key, value, "::");
}

static int value_of(const struct argp_option *option)
{
    if (!option->arg)
        return no_argument;
    return option->flags & OPTION_ARG_OPTIONAL ? optional_argument
                                               : required_argument;
}

static void add_all(struct table *table, const struct argp *argp)
{
    const struct argp_option *option = argp->options;
    const struct argp_child *child = argp->children;

    for (; option && (option->name || option->key); option++)
        add(table, option->name, option->key, value_of(option));
    for (; child && child->argp; child++)
        add_all(table, child->argp);
}

/* ---- Names that are alike ----------------------------------------------- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* How many letters have to be changed, added, removed or swapped with their
 * neighbour (the "optimal string alignment" distance). Not inlined, or its
 * table would lie in the frame of every start. */
__attribute__((noinline)) static int distance(const char *a, const char *b)
{
    int rows[MAX_NAME + 1][MAX_NAME + 1];
    int m = (int)strlen(a), n = (int)strlen(b);

    if (m > MAX_NAME || n > MAX_NAME)
        return MAX_NAME;
    for (int i = 0; i <= m; i++)
        for (int j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            rows[i][j] = least(rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                               1 + least(rows[i - 1][j], rows[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = least(rows[i][j], 1 + rows[i - 2][j - 2]);
        }
    return rows[m][n];
}

/* The option that a wrong name is most like, or NULL when it is like none. */
static const char *nearest(const struct table *table, const char *name)
{
    int best = ((int)strlen(name) + 1) / 3;
    const char *found = NULL;

    for (int i = 0; i < table->count; i++) {
        int letters = distance(name, table->longs[i].name);

        if (letters < best || (letters == best && !found)) {
            best = letters;
            found = table->longs[i].name;
        }
    }
    return found;
}

static bool has_option(const struct table *table, const char *name)
{
    for (int i = 0; i < table->count; i++)
        if (strcmp(table->longs[i].name, name) == 0)
            return true;
    return false;
}

/* Lists the options that an abbreviation fits, as " --memory --mnt". */
static const char *fitting(const struct table *table, const char *name,
                           char *list, size_t size)
{
    size_t used = 0;

    list[0] = '\0';
    for (int i = 0; *name && i < table->count && used < size; i++)
        if (strncmp(table->longs[i].name, name, strlen(name)) == 0)
            used += (size_t)snprintf(list + used, size - used, " --%s",
                                     table->longs[i].name);
    return list;
}

/* ---- What to say -------------------------------------------------------- */

static _Noreturn void refuse(const struct argp *argp, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void refuse(const struct argp *argp, const char *fmt, ...)
{
    char text[1024], shown[4 * sizeof(text)];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    barco_log_printable(text, shown, sizeof(shown));
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, shown);
    argp_help(argp, stderr, ARGP_HELP_SEE, program_invocation_short_name);
    exit(BARCO_EXIT_FAILED);
}

/* "/srv:/mnt": nobody has a command of such a name. */
static bool is_volume(const char *word)
{
    return word && *word != '-' && strstr(word, ":/");
}

static _Noreturn void refuse_volume(const struct argp *argp,
                                    const struct table *table, const char *word)
{
    if (has_option(table, "volume"))
        refuse(argp,
               "-v is --verbose here, and %s would be the command; for a "
               "volume give --volume %s",
               word, word);
    refuse(argp,
           "-v is --verbose here, and %s would be the command; volumes come "
           "with stage 03_mount, as --volume %s",
           word, word);
}

static void refuse_long(const struct argp *argp, const struct table *table,
                        const char *word, const char *advice)
{
    char name[MAX_NAME + 1], list[512];
    const char *like;

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
    if (has_option(table, name))
        return; /* with a value that it does not take */
    if (*fitting(table, name, list, sizeof(list)))
        refuse(argp, "--%s is ambiguous: it could be%s", name, list);
    like = nearest(table, name);
    if (like)
        refuse(argp, "there is no option --%s; did you mean --%s?", name, like);
    refuse(argp, "there is no option --%s in this stage%s", name, advice);
}

static void refuse_unknown(const struct argp *argp, const struct table *table,
                           char **argv, bool after_cmd)
{
    const char *advice = after_cmd
                             ? "; if the command should get it, write the "
                               "whole command last, and without --cmd"
                             : "";
    const char *word = argv[optind], *before = argv[optind - 1];

    if (optopt == 0 && strncmp(before, "--", 2) == 0)
        refuse_long(argp, table, before + 2, advice);
    if (optopt == 0 || optopt == '?' || optopt > 0x7f)
        return; /* -? is help; the others argp explains itself */
    if (word && strncmp(word, "-v", 2) == 0 && is_volume(word + 2))
        refuse_volume(argp, table, word + 2);
    refuse(argp, "there is no option -%c in this stage%s", optopt, advice);
}

void barco_cli_hint(const struct argp *argp, int argc, char **argv)
{
    /* +: stop at the command. A colon: a missing value is not a wrong name. */
    struct table table = { .shorts = "+:V" };
    bool after_cmd = false;
    int key;

    add(&table, "help", 0, no_argument);
    add(&table, "usage", 0, no_argument);
    add(&table, "version", 0, no_argument);
    add_all(&table, argp);
    optind = 0; /* from the beginning, whatever was read before */
    opterr = 0;
    do {
        optopt = 0;
        key = getopt_long(argc, argv, table.shorts, table.longs, NULL);
        if (key == '?')
            refuse_unknown(argp, &table, argv, after_cmd);
        if (key == 'v' && is_volume(argv[optind]))
            refuse_volume(argp, &table, argv[optind]);
        after_cmd = after_cmd || key == 'c';
    } while (key >= 0 && key != '?');
}

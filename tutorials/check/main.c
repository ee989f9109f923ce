/**
 * @file
 * @brief Checks a program against an exercise: the tests, by CUnit, in words.
 */
#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/Basic.h>
#include <CUnit/TestRun.h>
#include <json-c/json.h>

#include "tutorials/check/inside.h"

enum {
    EXIT_NOT_CHECKED = 2 /* as `checks --help` says */
};

static struct exercise *exercises;

void exercise_add(struct exercise *exercise)
{
    exercise->next = exercises;
    exercises = exercise;
}

static struct exercise *find(const char *name)
{
    for (struct exercise *exercise = exercises; exercise;
         exercise = exercise->next)
        if (strcmp(exercise->name, name) == 0)
            return exercise;
    return NULL;
}

/* ---- What was seen ------------------------------------------------------- */

int patience = 30;

static bool as_json;
/* Of a test: objects with "saw" and "expected". What a program printed may be
   in them, so nothing of it is written as it is. */
static json_object *failures;

bool expect(bool holds, const char *expected, const char *saw, ...)
{
    char sentence[4096];
    va_list ap;

    if (!holds) {
        json_object *failure = json_object_new_object();

        va_start(ap, saw);
        vsnprintf(sentence, sizeof(sentence), saw, ap);
        va_end(ap);
        json_object_object_add(failure, "saw",
                               json_object_new_string(sentence));
        json_object_object_add(failure, "expected",
                               json_object_new_string(expected));
        json_object_array_add(failures, failure);
    }
    CU_assertImplementation(holds, __LINE__, expected, __FILE__, "", CU_FALSE);
    return holds;
}

static void print_visibly(const char *label, json_object *words)
{
    printf("          %s ", label);
    for (const char *c = json_object_get_string(words); *c; c++)
        putchar((unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
    putchar('\n');
}

static void print_test(const char *name)
{
    size_t count = json_object_array_length(failures);

    printf("  %s  %s\n", count > 0 ? "FAILED" : "ok    ", name);
    for (size_t i = 0; i < count; i++) {
        json_object *failure = json_object_array_get_idx(failures, i);

        print_visibly("saw:     ", json_object_object_get(failure, "saw"));
        print_visibly("expected:", json_object_object_get(failure, "expected"));
    }
}

static void print_test_as_json(const char *name)
{
    json_object *test = json_object_new_object();

    json_object_object_add(test, "test", json_object_new_string(name));
    json_object_object_add(test, "failures", json_object_get(failures));
    puts(json_object_to_json_string_ext(test, JSON_C_TO_STRING_PLAIN));
    json_object_put(test);
}

bool expect_text(const char *what, const char *saw, const char *expected)
{
    return expect(strcmp(saw, expected) == 0,
                  text("%s is \"%s\"", what, expected), "%s is \"%s\"", what,
                  saw);
}

bool expect_number(const char *what, long saw, long expected)
{
    return expect(saw == expected, text("%s is %ld", what, expected),
                  "%s is %ld", what, saw);
}

/* ---- The tests ----------------------------------------------------------- */

static void before_a_test(const CU_pTest test, const CU_pSuite suite)
{
    (void)test;
    (void)suite;
    failures = json_object_new_array();
    if (!program_begin())
        exit(EXIT_NOT_CHECKED);
}

static void after_a_test(const CU_pTest test, const CU_pSuite suite,
                         const CU_pFailureRecord failure)
{
    (void)suite;
    (void)failure;
    program_end();
    texts_forget();
    if (as_json)
        print_test_as_json(test->pName);
    else
        print_test(test->pName);
    json_object_put(failures);
    fflush(stdout);
}

static int run(const struct exercise *exercise)
{
    CU_pSuite suite;
    unsigned failed;

    if (CU_initialize_registry())
        return EXIT_NOT_CHECKED;
    suite = CU_add_suite(exercise->name, NULL, NULL);
    for (const struct check_test *test = exercise->tests; test->name; test++)
        if (!CU_add_test(suite, test->name, test->run))
            return EXIT_NOT_CHECKED;
    CU_set_test_start_handler(before_a_test);
    CU_set_test_complete_handler(after_a_test);
    CU_run_all_tests();
    failed = CU_get_number_of_tests_failed();
    if (!as_json)
        printf("%u passed, %u failed\n", CU_get_number_of_tests_run() - failed,
               failed);
    CU_cleanup_registry();
    return failed > 0;
}

/* ---- The command line ---------------------------------------------------- */

static struct {
    const char *name, *program;
    unsigned seed;
} asked;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    char *end;

    switch (key) {
    case 's':
        asked.seed = (unsigned)strtoul(arg, &end, 10);
        if (end == arg || *end != '\0')
            argp_error(state, "a seed is a number, not \"%s\"", arg);
        /* Everybody can read /proc/PID/cmdline, and the seed is a secret. */
        memset(arg, '0', strlen(arg));
        return 0;
    case 'p':
        patience = (int)strtol(arg, &end, 10);
        if (patience < 1 || *end != '\0')
            argp_error(state, "patience is seconds, not \"%s\"", arg);
        return 0;
    case 'j':
        as_json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            asked.name = arg;
        else if (state->arg_num == 1)
            asked.program = arg;
        else
            argp_usage(state);
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 2)
            argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "seed", 's', "N", 0, "Draw the same numbers and names as another run",
          0 },
        { "patience", 'p', "SECONDS", 0, "Wait no longer than this (30)", 0 },
        { "json", 'j', NULL, 0, "Print an object for each test, a line each",
          0 },
        { 0 }
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "EXERCISE PROGRAM",
        .doc = "Check PROGRAM, a solution of EXERCISE, in the lab, as root.\v"
               "The exit status is 0 if all tests passed, 1 if one failed, and "
               "2 if "
               "the program could not be checked.",
    };
    struct exercise *exercise;

    if (argc > 2 && strcmp(argv[1], "--call") == 0)
        return call_main(argc - 2, argv + 2);
    asked.seed = (unsigned)getpid() * 2654435761U ^ (unsigned)time(NULL);
    argp_err_exit_status = EXIT_NOT_CHECKED;
    if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
        return EXIT_NOT_CHECKED;
    exercise = find(asked.name);
    if (!exercise) {
        fprintf(stderr, "checks: there is no exercise \"%s\"\n", asked.name);
        return EXIT_NOT_CHECKED;
    }
    seed_with(asked.seed);
    if (!program_set(asked.program, exercise->user))
        return EXIT_NOT_CHECKED;
    if (!as_json)
        printf("%s (seed %u)\n", exercise->name, asked.seed);
    return run(exercise);
}

/**
 * @file
 * @brief The command line: argp composes it, and this file decides what runs.
 */
#include "stages/options/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/log.h"
#include "barco/version.h"
#include "stages/options/cli_hint.h"

enum {
    OPT_EXPLAIN = 256,
    OPT_DEMO
};

static const struct argp_option options[] = {
    { "cmd", 'c', "COMMAND", 0, "Run COMMAND, with the arguments of --arg", 0 },
    { "arg", 'a', "ARG", 0,
      "One argument of --cmd; may be repeated. \".\" as the only one means "
      "none",
      0 },
    { "verbose", 'v', NULL, 0, "Log each step with its time and place", 0 },
    { "explain", OPT_EXPLAIN, "json", OPTION_ARG_OPTIONAL,
      "Show each step, its system calls, and why they are made; with =json as "
      "data, an object a line",
      0 },
    { "demo", OPT_DEMO, NULL, 0, "Run the demonstration of this stage", 0 },
    { 0 },
};

/* The first word that is not an option begins the command; everything after it
 * belongs to the command, whatever it looks like. */
static void take_command(struct barco_cli *cli, struct argp_state *state)
{
    char **command = &state->argv[state->next - 1];

    if (cli->cmd)
        barco_cli_refuse(state,
                         "--cmd is %s already, and \"%s\" is one command too "
                         "many; give the arguments of --cmd with --arg, or "
                         "write the whole command last, and without --cmd",
                         cli->cmd, *command);
    cli->argv = command;
    state->next = state->argc;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_cli *cli = state->input;

    switch (key) {
    case 'c':
        cli->cmd = arg;
        return 0;
    case 'a':
        cli->words[1 + cli->args++] = arg;
        return 0;
    case 'v':
        barco_log.verbose = true;
        return 0;
    case OPT_EXPLAIN:
        if (arg && strcmp(arg, "json") != 0)
            barco_cli_refuse(state, "--explain: \"%s\" is not json", arg);
        barco_log.explain = true;
        barco_log.json = arg != NULL;
        return 0;
    case OPT_DEMO:
        cli->want_demo = true;
        return 0;
    case ARGP_KEY_ARG:
        take_command(cli, state);
        return 0;
    case ARGP_KEY_END:
        if (cli->args > 0 && !cli->cmd)
            barco_cli_refuse(state, "--arg goes with --cmd");
        if (cli->want_demo && (cli->cmd || cli->argv))
            barco_cli_refuse(state, "--demo takes no command");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp cli_argp = {
    .options = options,
    .parser = parse_option,
    .doc = "\vOptions come before COMMAND; everything after it belongs to it. "
           "With bazel run, write \"--\" before the options, or Bazel takes "
           "them for its own.\n\n"
           "Without COMMAND, a shell runs on a terminal, and the demonstration "
           "elsewhere. The exit status is that of COMMAND, or 128+N if signal "
           "N ended it; 125 if barco itself failed, 126 if COMMAND cannot be "
           "run, 127 if there is no such command.",
};

/* Hands each child parser of argp the structure that it fills. */
static error_t give_inputs(int key, char *arg, struct argp_state *state)
{
    const struct barco_option_group *parts = state->input;

    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    for (size_t i = 0; parts[i].argp; i++)
        state->child_inputs[i] = parts[i].input;
    return 0;
}

/* The demo shows each of its commands, then runs it, all in one shell. The
 * prompt says that this shell is inside, and whether it is root there. */
static char *demo_script(const char *demo)
{
    char *script = NULL;
    size_t size;
    FILE *out = open_memstream(&script, &size);

    if (!out)
        return NULL;
    fprintf(out, "[ \"$(id -u)\" = 0 ] && sign='#' || sign='$'\n");
    for (const char *line = demo; *line;) {
        int length = (int)strcspn(line, "\n");

        fprintf(out,
                "{ printf 'container %%s ' \"$sign\"; cat; } <<'+'\n"
                "%.*s\n+\n%.*s\n",
                length, line, length, line);
        line += length + (line[length] == '\n');
    }
    if (fclose(out) != 0)
        return NULL;
    return script;
}

static int run_demo(struct barco_cli *cli)
{
    static char dash_c[] = "-c";

    cli->script = demo_script(cli->demo);
    if (!cli->script)
        return BARCO_FAIL(open_memstream, "the demo");
    cli->words[1] = dash_c;
    cli->words[2] = cli->script;
    return 0;
}

/* The shell itself prints the banner: it runs only once the container stands,
 * and not when something has failed on the way. */
static void greet(struct barco_cli *cli)
{
    static char dash_c[] = "-c";
    static char script[] = "printf '%s\\n' \"$0\" >&2; exec /bin/sh";

    cli->words[1] = dash_c;
    cli->words[2] = script;
    cli->words[3] = (char *)cli->banner; /* execve(2) only reads it */
}

static int choose_command(struct barco_cli *cli)
{
    static char shell[] = "/bin/sh";

    if (cli->argv)
        return 0;
    cli->argv = cli->words;
    if (cli->cmd) {
        cli->words[0] = cli->cmd;
        if (cli->args == 1 && strcmp(cli->words[1], ".") == 0)
            cli->words[1] = NULL;
        return 0;
    }

    cli->words[0] = shell;
    if (cli->want_demo || !isatty(STDIN_FILENO))
        return run_demo(cli);
    greet(cli);
    return 0;
}

static void print_version(FILE *out, struct argp_state *state)
{
    (void)state;
    fprintf(out, "barco " BARCO_VERSION " (%s)\n",
            program_invocation_short_name);
}

enum {
    MAX_PARTS = 16
};

int barco_cli_parse(struct barco_cli *cli,
                    const struct barco_option_group *parts, int argc,
                    char **argv)
{
    const char *invoked_from = getenv("BUILD_WORKING_DIRECTORY");
    struct barco_option_group inputs[MAX_PARTS + 2] = { { &cli_argp, cli } };
    struct argp_child children[MAX_PARTS + 2] = { { .argp = &cli_argp } };
    struct argp argp = {
        .parser = give_inputs,
        .args_doc = "[COMMAND [ARG...]]",
        .doc = cli->about,
        .children = children,
    };
    int spare, err;

    for (size_t i = 0; parts && parts[i].argp && i < MAX_PARTS; i++) {
        children[i + 1].argp = parts[i].argp;
        inputs[i + 1] = parts[i];
    }

    /* What is open as 0, 1 or 2 gets our messages, so it had better not be a
     * descriptor that we open for something else. */
    do
        spare = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (spare >= 0 && spare <= STDERR_FILENO);
    barco_close(&spare);

    /* `bazel run` starts programs in a folder of its own. */
    if (invoked_from && chdir(invoked_from) < 0)
        return BARCO_FAIL(chdir, "\"%s\"", invoked_from);

    /* Room for -c, every -a and the closing NULL, or sh -c SCRIPT BANNER. */
    cli->words = calloc((size_t)argc + 5, sizeof(*cli->words));
    if (!cli->words)
        return BARCO_FAIL(calloc, "%d + 5, %zu", argc, sizeof(*cli->words));

    argp_err_exit_status = BARCO_EXIT_FAILED;
    argp_program_version_hook = print_version;
    barco_cli_hint(&argp, argc, argv);
    err = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, inputs);
    if (err != 0)
        return -err;
    return choose_command(cli);
}

void barco_cli_refuse(struct argp_state *state, const char *fmt, ...)
{
    char text[1024], shown[4 * sizeof(text)];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    argp_error(state, "%s", barco_log_printable(text, shown, sizeof(shown)));
}

unsigned barco_cli_number_from(struct argp_state *state, const char *text,
                               const char *what, unsigned min, unsigned max)
{
    const char *problem = NULL;
    long long number = strtonum(text, min, max, &problem);

    if (problem)
        barco_cli_refuse(state, "%s: \"%s\" is %s; give a number from %u to %u",
                         what, text, problem, min, max);
    return (unsigned)number;
}

unsigned barco_cli_number(struct argp_state *state, const char *text,
                          const char *what, unsigned max)
{
    return barco_cli_number_from(state, text, what, 0, max);
}

/**
 * @file
 * @brief Reports one failure: looks up its cause, and prints all of it.
 */
#include "barco/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log_inside.h"

static const struct barco_cause *find_cause(const struct barco_error *e)
{
    size_t count;
    const struct barco_cause *row = barco_error_causes(&count);

    for (; count > 0; count--, row++)
        if (row->err == e->err &&
            (!row->call || strcmp(row->call, e->call) == 0) &&
            (!row->func || strcmp(row->func, e->func) == 0) &&
            (!row->holds || row->holds(e)))
            return row;
    return NULL;
}

/* A fix can name the stage that is running, so that it can be pasted. */
static const char *with_stage_name(const char *fix, char *buf, size_t size)
{
    const char *mark = strstr(fix, "%s");
    char name[64];

    if (!mark)
        return fix;
    barco_log_printable(program_invocation_short_name, name, sizeof(name));
    snprintf(buf, size, "%.*s%s%s", (int)(mark - fix), fix, name, mark + 2);
    return buf;
}

/* One write, so that the lines of a message stay together. */
static void print(const struct barco_error *e)
{
    char args[4 * sizeof(e->args)], text[4096];

    snprintf(text, sizeof(text),
             "barco: %s%s\n"
             "  call:  %s(%s) = %s (%s)\n"
             "%s%s%s%s%s%s"
             "  code:  %s:%d, %s()\n",
             e->step ? "cannot " : "a call failed", e->step ? e->step : "",
             e->call, barco_log_printable(e->args, args, sizeof(args)),
             strerrorname_np(e->err), strerror(e->err),
             e->cause ? "  cause: " : "", e->cause ? e->cause : "",
             e->cause ? "\n" : "", e->fix ? "  fix:   " : "",
             e->fix ? e->fix : "", e->fix ? "\n" : "", e->file, e->line,
             e->func);
    barco_log_write(text);
}

/* The same for --explain=json. */
static void print_json(const struct barco_error *e)
{
    char call[sizeof(e->args) + 64];

    snprintf(call, sizeof(call), "%s(%s)", e->call, e->args);
    log_write_json(&(struct log_entry){
        .step = e->step,
        .call = call,
        .result = strerrorname_np(e->err),
        .cause = e->cause,
        .fix = e->fix,
        .file = e->file,
        .line = e->line,
    });
}

/* Where errors go unless a sink is set. */
static void show(const struct barco_error *error, void *arg)
{
    (void)arg;
    if (barco_log.json)
        print_json(error);
    else
        print(error);
}

static struct {
    barco_error_sink *take;
    void *arg;
} sink = { .take = show };

void barco_error_set_sink(barco_error_sink *take, void *arg)
{
    sink.take = take ? take : show;
    sink.arg = arg;
}

void barco_error_deliver(const struct barco_error *error)
{
    sink.take(error, sink.arg);
}

int barco_error_report(const char *call, int err, const char *func,
                       const char *file, int line, const char *fmt, ...)
{
    struct barco_error e = {
        .step = barco_log_current_step(),
        .call = call,
        .err = err,
        .func = func,
        .file = file,
        .line = line,
    };
    const struct barco_cause *row;
    char fix[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(e.args, sizeof(e.args), fmt, ap);
    va_end(ap);

    row = find_cause(&e);
    if (row) {
        e.cause = row->cause;
        e.fix = with_stage_name(row->fix, fix, sizeof(fix));
    }
    barco_error_deliver(&e);
    return -err;
}

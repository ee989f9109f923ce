/**
 * @file
 * @brief Reads command lines, and survives their mistakes.
 *
 * A program reads its command line once, and exit() ends it when there is a
 * mistake. Here exit() comes back, by a longjmp(3) out of the function that
 * on_exit(3) calls; what was allocated until then is freed, where a sanitizer
 * tells what that is; and what barco writes goes into a buffer.
 */
#include "tests/fuzz/line.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "barco/error.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"
#include "tests/fuzz/fuzz.h"

static struct line line;
static size_t said; /* bytes in line.said */

/* ---- What is written ---------------------------------------------------- */

static ssize_t say(void *cookie, const char *text, size_t size)
{
    size_t room = sizeof(line.said) - 1 - said;
    size_t kept = size < room ? size : room;

    (void)cookie;
    memcpy(line.said + said, text, kept);
    said += kept;
    line.said[said] = '\0';
    return (ssize_t)size;
}

ssize_t __real_write(int fd, const void *text, size_t size);
ssize_t __wrap_write(int fd, const void *text, size_t size);

/* The library's log; BUILD.bazel has the linker put this in place of write().
 */
ssize_t __wrap_write(int fd, const void *text, size_t size)
{
    return fd == STDERR_FILENO ? say(NULL, text, size)
                               : __real_write(fd, text, size);
}

/* Streams of our own, with buffers that are not allocated. */
static FILE *open_stream(char *buffer, size_t size)
{
    const cookie_io_functions_t functions = { .write = say };
    FILE *stream = fopencookie(NULL, "w", functions);

    MUST(stream && setvbuf(stream, buffer, _IOFBF, size) == 0);
    return stream;
}

/* ---- What is allocated -------------------------------------------------- */

static struct {
    const volatile void *list[65536];
    size_t count;
    bool recording;
} allocated;

static void note_malloc(const volatile void *memory, size_t size)
{
    (void)size;
    if (!allocated.recording || !memory)
        return;
    if (allocated.count < sizeof(allocated.list) / sizeof(allocated.list[0]))
        allocated.list[allocated.count++] = memory;
}

static void note_free(const volatile void *memory)
{
    for (size_t i = allocated.count; i > 0; i--)
        if (allocated.list[i - 1] == memory) {
            allocated.list[i - 1] = allocated.list[--allocated.count];
            return;
        }
}

void line_free(void)
{
    while (allocated.count > 0)
        free((void *)allocated.list[allocated.count - 1]);
}

/* Of AddressSanitizer; without it nothing is freed, which a few inputs bear. */
__attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void *, size_t),
    void (*on_free)(const volatile void *));
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

/* ---- How it ends -------------------------------------------------------- */

static jmp_buf back;
static bool reading;

static void come_back(int status, void *arg)
{
    (void)arg;
    if (!reading)
        return;
    line.status = status;
    longjmp(back, 1);
}

static void prepare_once(void)
{
    static char buffers[2][BUFSIZ];
    static bool done;
    struct tm tm;

    if (done)
        return;
    done = true;
    unsetenv("BUILD_WORKING_DIRECTORY"); /* barco would go there each time */
    localtime_r(&(time_t){ 0 }, &tm);    /* allocates, and keeps it */
    stdout = open_stream(buffers[0], sizeof(buffers[0]));
    stderr = open_stream(buffers[1], sizeof(buffers[1]));
    if (__sanitizer_install_malloc_and_free_hooks)
        __sanitizer_install_malloc_and_free_hooks(note_malloc, note_free);
    MUST(on_exit(come_back, NULL) == 0);
}

/* ---- Reading ------------------------------------------------------------ */

static void parse(int argc, char **argv)
{
    static struct barco_cli cli;
    const struct barco_option_group groups[] = {
        { &barco_container_options, &line.spec }, { 0 }
    };

    cli = (struct barco_cli){ .about = "Run COMMAND.", .demo = "true\n" };
    line.result = barco_cli_parse(&cli, groups, argc, argv);
    line.ended = false;
    line.spec.argv = cli.argv;
}

static void check(void)
{
    MUST(fuzz_is_printable(line.said));
    MUST(!line.ended || line.status == 0 || line.status == BARCO_EXIT_FAILED);
    MUST(!line.ended || said > 0);
    if (line.ended || line.result < 0)
        return;
    MUST(line.result == 0);
    MUST(barco_spec_check(&line.spec) == 0);
}

const struct line *line_read(char *const words[], int count)
{
    /* There is no bundled root beside this program. */
    static char name[] = "barco", root[] = "--mnt=/";
    static char *argv[LINE_WORDS + 3];

    prepare_once();
    argv[0] = name;
    argv[1] = root;
    memcpy(argv + 2, words, (size_t)count * sizeof(*words));
    argv[count + 2] = NULL;

    memset(&line.spec, 0, sizeof(line.spec));
    line.said[said = 0] = '\0';
    barco_log = (struct barco_log){ 0 };
    line.ended = true;
    reading = allocated.recording = true;
    if (setjmp(back) == 0)
        parse(count + 2, argv);
    else
        on_exit(come_back, NULL); /* it was taken off the list */
    reading = allocated.recording = false;
    fflush(stdout);
    fflush(stderr);
    check();
    return &line;
}

const struct line *line_read_option(const char *option, const char *value)
{
    static char word[65536], command[] = "true";
    char *const words[] = { word, command };

    if (snprintf(word, sizeof(word), "%s=%s", option, value) >=
        (int)sizeof(word))
        word[sizeof(word) - 1] = '\0';
    return line_read(words, 2);
}

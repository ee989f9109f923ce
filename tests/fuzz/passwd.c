/**
 * @file
 * @brief The /etc/passwd of an image, which an enemy may have written:
 * barco_environment_enter() with an input as that file.
 *
 * The command's HOME must be one whole field of it, or / . (Only if the last
 * line ends: of one that does not, and begins with a space, glibc 2.36 repeats
 * the last character.)
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "barco/environment.h"
#include "tests/fuzz/files.h"
#include "tests/fuzz/fuzz.h"

/* Whether the text has a field with this value. */
static bool has_field(const char *text, const char *value)
{
    size_t length = strlen(value);

    for (;;) {
        size_t field = strcspn(text, ":\n");

        if (field == length && strncmp(text, value, length) == 0)
            return true;
        if (!text[field])
            return false;
        text += field + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The directory is the one that we are in. */
    const struct barco_environment environment = { .workdir = ".",
                                                   .find_home = true };
    char *text = fuzz_text(data, size);
    char **ours = environ;
    const char *home;

    files_put("/etc/passwd", text, size);
    fuzz_count_errors();
    MUST(barco_environment_enter(&environment) == 0);
    files_forget();
    MUST(fuzz_errors() == 0);
    home = getenv("HOME");
    MUST(home && environ[0] && !environ[1]);
    MUST(*home);
    if (size > 0 && text[size - 1] == '\n' && strlen(text) == size)
        MUST(strcmp(home, "/") == 0 || has_field(text, home));
    clearenv();
    environ = ours;
    free(text);
    return 0;
}

/**
 * @file
 * @brief Text of others on its way to a terminal: barco_log_printable(), and
 * log_write_json() behind it.
 *
 * An input that begins with "<" says in its second byte how much room there is.
 * What comes out must fit, hold nothing but characters that a terminal shows,
 * and not change when it goes through once more; and a line of --explain=json
 * must be JSON with that text in it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "barco/log.h"
#include "common/log_inside.h"
#include "tests/fuzz/fuzz.h"

static char line[65536]; /* the last that was logged */

ssize_t __real_write(int fd, const void *text, size_t size);
ssize_t __wrap_write(int fd, const void *text, size_t size);

ssize_t __wrap_write(int fd, const void *text, size_t size)
{
    if (fd != STDERR_FILENO)
        return __real_write(fd, text, size);
    MUST(size < sizeof(line));
    memcpy(line, text, size);
    line[size] = '\0';
    return (ssize_t)size;
}

static void check_bytes(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        MUST(*c >= ' ' && *c != 0x7f);
        /* U+0080 to U+009F */
        MUST(!(c[0] == 0xc2 && c[1] < 0xa0));
        /* No byte of 10xxxxxx stands alone. */
        if (*c >= 0xc0)
            for (int more = *c >= 0xf0   ? 3
                            : *c >= 0xe0 ? 2
                                         : 1;
                 more > 0; more--)
                MUST((*++c & 0xc0) == 0x80);
        else
            MUST(*c < 0x80);
    }
}

static void check_json(const char *text, const char *shown)
{
    const struct log_entry entry = { .step = text, .line = 1 };
    struct json_object *object, *step;

    log_write_json(&entry);
    MUST(strchr(line, '\n') == line + strlen(line) - 1);
    object = json_tokener_parse(line);
    MUST(object && json_object_object_get_ex(object, "step", &step));
    MUST(strncmp(json_object_get_string(step), shown,
                 strlen(json_object_get_string(step))) == 0);
    json_object_put(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    bool narrow = size > 1 && data[0] == '<';
    size_t room = narrow ? 1U + data[1] : 4 * size + 1;
    char *shown = malloc(room), *again = malloc(room);

    MUST(shown && again);
    MUST(barco_log_printable(text, shown, room) == shown);
    MUST(memchr(shown, '\0', room));
    check_bytes(shown);
    barco_log_printable(shown, again, room);
    MUST(strcmp(shown, again) == 0);
    if (!narrow)
        check_json(text, shown);
    free(shown);
    free(again);
    free(text);
    return 0;
}

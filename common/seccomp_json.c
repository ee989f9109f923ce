/**
 * @file
 * @brief Reads JSON so that every mistake can be reported with its place.
 *
 * json-c does the parsing. This adds the path from the top to a value, spelled
 * as in a program, and types that are checked, not guessed.
 */
#include "seccomp_json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"

/* Docker's own profile has about 20 KiB. */
enum {
    MAX_SIZE = 256 << 10
};

int seccomp_json_refuse(const struct seccomp_json *place, const char *why)
{
    /* The beginning of a value is enough to find it. */
    errno = EINVAL;
    return BARCO_FAIL(profile, "\"%s\", %s is %.60s: %s", place->file,
                      *place->at ? place->at : "the file",
                      json_object_to_json_string(place->value), why);
}

/* Fills a buffer of MAX_SIZE + 1 bytes, as far as the file goes; 0, or a
 * negative errno, reported. */
static int read_text(const char *path, char *text, size_t *size)
{
    /* O_NONBLOCK, because a pipe without a writer would hang us here, and our
     * signals are blocked already. */
    BARCO_CLEANUP(barco_close)
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    ssize_t n;

    *size = 0;
    if (fd < 0)
        return BARCO_FAIL(open, "\"%s\", O_RDONLY", path);
    if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)) {
        errno = EINVAL;
        return BARCO_FAIL(read, "\"%s\"", path);
    }
    while ((n = read(fd, text + *size, MAX_SIZE + 1 - *size)) > 0)
        *size += (size_t)n;
    return n < 0 ? BARCO_FAIL(read, "\"%s\"", path) : 0;
}

static int line_of(const char *text, size_t offset)
{
    int line = 1;

    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}

static void free_tokener(struct json_tokener **tok)
{
    if (*tok)
        json_tokener_free(*tok);
}

/* The size includes the NUL, which tells the tokener that the text has ended.
 */
static int parse(struct seccomp_json *root, const char *text, size_t size)
{
    BARCO_CLEANUP(free_tokener) struct json_tokener *tok = json_tokener_new();
    enum json_tokener_error problem;

    if (!tok)
        return BARCO_FAIL(json_tokener_new, "%s", "");
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    root->value = json_tokener_parse_ex(tok, text, (int)size + 1);
    problem = json_tokener_get_error(tok);
    if (problem != json_tokener_success) {
        errno = EINVAL;
        return BARCO_FAIL(profile, "\"%s\", line %d: %s", root->file,
                          line_of(text, json_tokener_get_parse_end(tok)),
                          json_tokener_error_desc(problem));
    }
    if (!json_object_is_type(root->value, json_type_object))
        return seccomp_json_refuse(root, "not an object");
    return 0;
}

static int check_size(const char *name, size_t size)
{
    if (size <= MAX_SIZE)
        return 0;
    errno = EFBIG;
    return BARCO_FAIL(read, "\"%s\"", name);
}

int seccomp_json_parse(const char *name, const char *text,
                       struct seccomp_json *root)
{
    size_t size = strlen(text);
    int result = check_size(name, size);

    *root = (struct seccomp_json){ .file = name };
    if (result < 0)
        return result;
    return parse(root, text, size);
}

int seccomp_json_read(const char *path, struct seccomp_json *root)
{
    BARCO_CLEANUP(barco_free) char *text = malloc(MAX_SIZE + 1);
    size_t size;
    int result;

    *root = (struct seccomp_json){ .file = path };
    if (!text)
        return BARCO_FAIL(malloc, "%d", MAX_SIZE + 1);
    result = read_text(path, text, &size);
    if (result < 0)
        return result;
    result = check_size(path, size);
    if (result < 0)
        return result;
    text[size] = '\0';
    return parse(root, text, size);
}

void seccomp_json_free(struct seccomp_json *root)
{
    json_object_put(root->value);
    root->value = NULL;
}

static int check_type(const struct seccomp_json *place, enum json_type type)
{
    static const char *const names[] = {
        [json_type_object] = "not an object",
        [json_type_array] = "not an array",
        [json_type_string] = "not a string",
        [json_type_int] = "not a whole number",
    };

    return json_object_is_type(place->value, type)
               ? 0
               : seccomp_json_refuse(place, names[type]);
}

int seccomp_json_member(const struct seccomp_json *object, const char *key,
                        enum json_type type, struct seccomp_json *member)
{
    int result;

    *member = (struct seccomp_json){ .file = object->file };
    if (snprintf(member->at, sizeof(member->at), "%s%s%s", object->at,
                 *object->at ? "." : "", key) >= (int)sizeof(member->at))
        member->at[0] = '\0'; /* cannot happen: profiles are not that deep */
    json_object_object_get_ex(object->value, key, &member->value);
    if (!member->value)
        return 0;
    result = check_type(member, type);
    return result < 0 ? result : 1;
}

size_t seccomp_json_length(const struct seccomp_json *array)
{
    return array->value ? json_object_array_length(array->value) : 0;
}

int seccomp_json_item(const struct seccomp_json *array, size_t index,
                      enum json_type type, struct seccomp_json *item)
{
    *item = (struct seccomp_json){ .file = array->file };
    if (snprintf(item->at, sizeof(item->at), "%s[%zu]", array->at, index) >=
        (int)sizeof(item->at))
        item->at[0] = '\0';
    item->value = json_object_array_get_idx(array->value, index);
    return check_type(item, type);
}

int seccomp_json_number(const struct seccomp_json *object, const char *key,
                        uint64_t max, uint64_t *number)
{
    struct seccomp_json member;
    int found = seccomp_json_member(object, key, json_type_int, &member);

    if (found <= 0)
        return found;
    if (json_object_get_int64(member.value) < 0)
        return seccomp_json_refuse(&member, "negative");
    if (json_object_get_uint64(member.value) > max)
        return seccomp_json_refuse(&member, "too large");
    *number = json_object_get_uint64(member.value);
    return 1;
}

const char *seccomp_json_text(const struct seccomp_json *string)
{
    return json_object_get_string(string->value);
}

/**
 * @file
 * @brief Parses what `--explain=json` has written.
 */
#include "tests/lib/told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

static const char *text_of(struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_object_get_ex(object, name, &value) &&
                   json_object_is_type(value, json_type_string)
               ? json_object_get_string(value)
               : "";
}

static bool read_line(struct told *told, const char *line)
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *object, *number;

    /* All of it, or something comes before or after the object. */
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    object = json_tokener_parse_ex(tokener, line, (int)strlen(line) + 1);
    json_tokener_free(tokener);
    if (!json_object_is_type(object, json_type_object))
        return false;
    *told = (struct told){
        .place = text_of(object, "place"),
        .step = text_of(object, "step"),
        .call = text_of(object, "call"),
        .why = text_of(object, "why"),
        .result = text_of(object, "result"),
        .cause = text_of(object, "cause"),
        .file = text_of(object, "file"),
        .line = json_object_object_get_ex(object, "line", &number)
                    ? json_object_get_int(number)
                    : 0,
    };
    return *told->step && *told->file && told->line > 0 &&
           (*told->call ? *told->why || *told->result : *told->result != '\0');
}

bool read_told(struct tale *tale, const char *text)
{
    char *copy = strdup(text), *rest = copy, *line;
    bool whole = true;

    tale->count = 0;
    while ((line = strsep(&rest, "\n")))
        if (*line && tale->count < TOLD_MAX &&
            !read_line(&tale->told[tale->count++], line)) {
            printf("\n  not a whole object: %s\n", line);
            tale->count--;
            whole = false;
        }
    free(copy);
    return whole && tale->count > 0;
}

const struct told *find_told(const struct tale *tale, const char *place,
                             const char *call, const char *step)
{
    static const struct told none = { "", "", "", "", "", "", "", 0 };

    for (int i = 0; i < tale->count; i++) {
        const struct told *told = &tale->told[i];

        if (strcmp(told->place, place) == 0 && strstr(told->step, step) &&
            (call ? strstr(told->call, call) != NULL : !*told->call))
            return told;
    }
    return &none;
}

/**
 * @file
 * @brief `--explain=json`: one object a line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "barco/log.h"
#include "log_inside.h"

/* JSON is UTF-8, and our text can hold any bytes. */
static void add(struct json_object *object, const char *name, const char *text)
{
    char shown[4096];

    if (text)
        json_object_object_add(object, name,
                               json_object_new_string(barco_log_printable(
                                   text, shown, sizeof(shown))));
}

void log_write_json(const struct log_entry *entry)
{
    int saved = errno;
    struct json_object *object = json_object_new_object();
    char *line = NULL;

    add(object, "place", entry->place);
    add(object, "step", entry->step);
    add(object, "call", entry->call);
    add(object, "why", entry->why);
    add(object, "result", entry->result);
    add(object, "cause", entry->cause);
    add(object, "fix", entry->fix);
    add(object, "file", entry->file);
    json_object_object_add(object, "line", json_object_new_int(entry->line));
    if (asprintf(&line, "%s\n",
                 json_object_to_json_string_ext(
                     object, JSON_C_TO_STRING_PLAIN |
                                 JSON_C_TO_STRING_NOSLASHESCAPE)) >= 0)
        barco_log_write(line);
    free(line);
    json_object_put(object);
    errno = saved;
}

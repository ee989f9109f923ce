/**
 * @file
 * @brief JSON in which every value knows its place: what the sources of this
 * module share.
 */
#ifndef BARCO_COMMON_SECCOMP_JSON_H
#define BARCO_COMMON_SECCOMP_JSON_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

/* A value, and where it is. */
struct seccomp_json {
    const char *file;          /* its path, or another name for it */
    char at[128];              /* as in "syscalls[3].args[0].op" */
    struct json_object *value; /* NULL when there is none */
};

/* Reads a file; 0, or a negative errno, reported. */
int seccomp_json_read(const char *path, struct seccomp_json *root);

/* The same for text in memory; the name is for messages. */
int seccomp_json_parse(const char *name, const char *text,
                       struct seccomp_json *root);

/* Cleanup: frees the file's values, of which root is the first. */
void seccomp_json_free(struct seccomp_json *root);

/* A member of an object. Returns 1; 0 when it is missing or null, and then its
 * value is NULL; -EINVAL, reported, when it has another type. */
int seccomp_json_member(const struct seccomp_json *object, const char *key,
                        enum json_type type, struct seccomp_json *member);

/* The number of items in an array; 0 when there is no array. */
size_t seccomp_json_length(const struct seccomp_json *array);

/* One item of an array; 0, or -EINVAL, reported, when it has another type. */
int seccomp_json_item(const struct seccomp_json *array, size_t index,
                      enum json_type type, struct seccomp_json *item);

/* A whole number. Returns 1; 0 when it is missing, and then *number is
 * unchanged; -EINVAL, reported, when it is negative or above max. */
int seccomp_json_number(const struct seccomp_json *object, const char *key,
                        uint64_t max, uint64_t *number);

/* The text of a string. */
const char *seccomp_json_text(const struct seccomp_json *string);

/* Reports that the value is wrong, and why; -EINVAL. */
int seccomp_json_refuse(const struct seccomp_json *place, const char *why);

#endif

/**
 * @file
 * @brief /etc/passwd, /etc/subuid and the like, read line by line.
 */
#ifndef BARCO_USERNS_LINES_H
#define BARCO_USERNS_LINES_H

#include <stdbool.h>

#include "barco/userns.h"

/* What is left of a file. */
struct userns_lines {
    char *text; /* all of it, to be freed */
    char *next; /* the next line */
    char *end;  /* the NUL after the last one */
};

/* Reads a whole file; one that does not exist has no lines. Any other error is
 * reported, because a file that cannot be read could have said that ids are
 * taken. */
int userns_lines_read(struct userns_lines *lines, const char *path);

/* Takes the next line, without its newline; NULL at the end. */
char *userns_lines_next(struct userns_lines *lines);

void userns_lines_free(struct userns_lines *lines);

/* The next field of a line, up to a colon or the end; never NULL. */
char *userns_lines_field(char **line);

/* Reads an id that is the whole text: only digits, and at most 4294967294. */
bool userns_lines_id(const char *text, unsigned *id);

/* Reads FIRST and COUNT, and checks that the range does not exceed the last
 * id. */
bool userns_lines_range(const char *first, const char *count,
                        struct barco_id_range *range);

#endif

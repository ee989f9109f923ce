/**
 * @file
 * @brief /etc/passwd, /etc/subuid and their like, read line by line.
 */
#ifndef BARCO_USERNS_LINES_H
#define BARCO_USERNS_LINES_H

#include <stdbool.h>

#include "barco/userns.h"

/* What is left of a file. */
struct barco_lines {
    char *text; /* all of it, to be freed */
    char *next; /* the next line */
    char *end;  /* the NUL behind the last one */
};

/* Reads a file whole; one that does not exist has no lines. Any other error is
 * reported: what cannot be read could have said that ids are taken. */
int barco_lines_read(struct barco_lines *lines, const char *path);

/* Cuts the next line off, without its newline; NULL at the end. */
char *barco_lines_next(struct barco_lines *lines);

void barco_lines_free(struct barco_lines *lines);

/* The next field of a line, up to a colon or the end; never NULL. */
char *barco_lines_field(char **line);

/* Reads an id that is all of a text: digits, and at most 4294967294. */
bool barco_lines_id(const char *text, unsigned *id);

/* Reads FIRST and COUNT. None of the range is above the last id. */
bool barco_lines_range(const char *first, const char *count,
                       struct barco_id_range *range);

#endif

/**
 * @file
 * @brief Prints the table of causes for the book, one row a line, with tabs:
 *        module, call, errno, function, cause, fix.
 */
#include <stdio.h>
#include <string.h>

#include "barco/error.h"

int main(void)
{
    size_t count;
    const struct barco_cause *causes = barco_error_causes(&count);

    for (size_t i = 0; i < count; i++)
        printf("%s\t%s\t%s\t%s\t%s\t%s\n", causes[i].module,
               causes[i].call ? causes[i].call : "",
               strerrorname_np(causes[i].err),
               causes[i].func ? causes[i].func : "", causes[i].cause,
               causes[i].fix);
    return 0;
}

/**
 * @file
 * @brief The ids that /etc/subuid and /etc/subgid grant to the user who runs
 * us.
 *
 *     learner:100000:65536      name or uid, first id, how many
 *
 * newuidmap checks the same lines again. We read them only to know what to ask
 * it for.
 */
#include "common/userns_subids.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/userns_lines.h"

/* Finds the name of a user, only in /etc/passwd: getpwuid() would load modules
 * for directory services, and a static program has none. */
static int user_name(uid_t uid, char *name, size_t size)
{
    BARCO_CLEANUP(userns_lines_free) struct userns_lines users;
    char *line;
    int result = userns_lines_read(&users, "/etc/passwd");

    *name = '\0';
    if (result < 0)
        return result;
    while ((line = userns_lines_next(&users))) {
        const char *field = userns_lines_field(&line);
        unsigned id;

        userns_lines_field(&line); /* the password */
        if (userns_lines_id(userns_lines_field(&line), &id) && id == uid) {
            snprintf(name, size, "%s", field);
            return 0;
        }
    }
    return 0;
}

/* Lines are OWNER:FIRST:COUNT, where OWNER is a name or a uid. */
static bool is_owner(const char *owner, const char *name, uid_t uid)
{
    unsigned id;

    return *owner && (strcmp(owner, name) == 0 ||
                      (userns_lines_id(owner, &id) && id == uid));
}

/* Reads what follows the owner in a line: 1, or a negative errno, reported. */
static int read_range(char *line, const char *path,
                      struct barco_id_range *range)
{
    const char *first = userns_lines_field(&line),
               *count = userns_lines_field(&line);

    if (!line && userns_lines_range(first, count, range))
        return 1;
    errno = EINVAL;
    return BARCO_FAIL(strtonum, "\"%s:%s\", from %s", first, count, path);
}

int userns_subids_find(const char *path, struct barco_id_range *range)
{
    BARCO_CLEANUP(userns_lines_free) struct userns_lines ranges;
    char name[256], *line;
    uid_t uid = geteuid();
    int result = userns_lines_read(&ranges, path);

    if (result < 0 || !ranges.text)
        return result;
    if ((result = user_name(uid, name, sizeof(name))) < 0)
        return result;
    while ((line = userns_lines_next(&ranges)))
        if (is_owner(userns_lines_field(&line), name, uid))
            return read_range(line, path, range);
    return 0;
}

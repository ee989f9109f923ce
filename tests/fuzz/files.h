/**
 * @file
 * @brief Files that are not there: an input in place of what the library reads.
 */
#ifndef BARCO_TESTS_FUZZ_FILES_H
#define BARCO_TESTS_FUZZ_FILES_H

#include <stddef.h>

/**
 * Let the library find a text in place of a file, by open(2), fopen(3) and
 * setmntent(3). It can only be read. All files that no such call names keep
 * what they have.
 *
 * @param path  of the file, as the library opens it; it ends with "*" for all
 *              paths that begin with the rest. Not copied
 * @param text  its contents, not copied
 * @param size  bytes of it
 */
void files_put(const char *path, const char *text, size_t size);

/** Forget them all. */
void files_forget(void);

#endif

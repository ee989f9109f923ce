/**
 * @file
 * @brief Files of a test's own, under names that no other test has.
 */
#ifndef BARCO_TESTS_SCRATCH_H
#define BARCO_TESTS_SCRATCH_H

#include <stdbool.h>

/** Where this user may write on a file system that can be idmapped, which a
 * tmpfs can be only since Linux 6.3. @return a directory */
const char *home(void);

/**
 * Make a directory for this test, which everybody may enter.
 *
 * @param parent  where
 */
void make_scratch(const char *parent);

/**
 * The path of something in that directory.
 *
 * @param name  of it, or "" for the directory itself
 * @return the path, in one of eight buffers
 */
const char *scratch(const char *name);

/** Remove that directory, and what is in it. */
void remove_scratch(void);

/**
 * What --volume wants.
 *
 * @param source  on the host
 * @param target  in the container, with ":ro" or without
 * @return SOURCE:TARGET, in one of four buffers
 */
const char *onto(const char *source, const char *target);

/**
 * Make a root directory that has BusyBox's shell.
 *
 * @param dir       its path; a directory may be there
 * @param programs  more of BusyBox's, separated by spaces
 */
void make_image(const char *dir, const char *programs);

/**
 * Write a file, which is made if it is not there.
 *
 * @param path  of the file
 * @param text  its whole content
 * @return whether that worked
 */
bool write_text(const char *path, const char *text);

/** Path of the file that write_profile() has written. */
extern char profile[];

/** Write a seccomp profile into a file. @param text  the profile */
void write_profile(const char *text);

/** Remove it. */
void remove_profile(void);

#endif

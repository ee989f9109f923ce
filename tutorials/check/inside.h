/**
 * @file
 * @brief What the parts of the checks share: main.c, program.c, kernel.c.
 */
#ifndef BARCO_TUTORIALS_INSIDE_H
#define BARCO_TUTORIALS_INSIDE_H

#include "tutorials/check/check.h"

/** Sets the seed. @param seed  any number */
void seed_with(unsigned seed);

/** Says which program is checked, as whom. @param path  of it @param user  who
 * @return whether it can be run; if not, the reason is printed */
bool program_set(const char *path, enum run_as user);

/** Before a test: its folder and its cgroup. @return whether they could be
 * made; if not, the reason is printed */
bool program_begin(void);

/** After a test: nothing of it runs, and nothing is left. */
void program_end(void);

/** Makes a system call and prints the answer, see this_check().
 * @param argc,argv  the number of the call, and its arguments
 * @return 0; 2 if these cannot be understood */
int call_main(int argc, char **argv);

/** Forgets what text(), number() and the like have made. */
void texts_forget(void);

#endif

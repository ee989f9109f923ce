/**
 * @file
 * @brief What is wrong with a command line, where argp would say too little.
 */
#ifndef BARCO_CLI_HINT_H
#define BARCO_CLI_HINT_H

#include <argp.h>

/* Looks at the options before argp does. An unknown one, and a volume after
 * -v, end the program with a hint and status 125. */
void barco_cli_hint(const struct argp *argp, int argc, char **argv);

#endif

/**
 * @file
 * @brief What init is for: a stage with it, and with `--no-init`.
 */
#ifndef BARCO_TESTS_WITHOUT_INIT_H
#define BARCO_TESTS_WITHOUT_INIT_H

/** The command is PID 1, and its exit status the stage's. @param stage  name */
void without_init_the_command_is_pid_1(const char *stage);

/** A zombie stays where nobody waits. @param stage  its name */
void without_init_zombies_stay(const char *stage);

/** SIGTERM ends no PID 1 that has no handler. @param stage  its name */
void without_init_sigterm_is_ignored(const char *stage);

/** With init and without, no process outlives the command.
 * @param stage  its name */
void what_runs_in_the_background_dies_with_the_command(const char *stage);

#endif

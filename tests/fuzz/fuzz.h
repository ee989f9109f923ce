/**
 * @file
 * @brief What every fuzz target uses: statements that must hold, and the text
 * that it was given.
 *
 * libFuzzer, or replay.c, calls LLVMFuzzerTestOneInput() with each input.
 */
#ifndef BARCO_TESTS_FUZZ_H
#define BARCO_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The target. @param data  an input @param size  its bytes @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Ends the program, and so keeps the input, if a statement does not hold. */
#define MUST(holds) \
    ((holds) ? (void)0 : fuzz_broken(#holds, __FILE__, __LINE__))

/** What MUST() calls. @param what  does not hold @param file  source file
 * @param line  and line */
_Noreturn void fuzz_broken(const char *what, const char *file, int line);

/**
 * Copy an input into memory of exactly its size, so that sanitizers see each
 * step beyond it.
 *
 * @param data  the input
 * @param size  its bytes
 * @return the text, ended by NUL, to be freed; it is shorter where the input
 * has a NUL
 */
char *fuzz_text(const uint8_t *data, size_t size);

/** Start to count the errors that the library reports. */
void fuzz_count_errors(void);

/** How many it has reported since. @return so many */
int fuzz_errors(void);

/** Whether a terminal shows a text as it is: UTF-8, and no control characters
 * but newlines. @param text  ended by NUL @return so */
bool fuzz_is_printable(const char *text);

#endif

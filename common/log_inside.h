/**
 * @file
 * @brief Who speaks, and what is said as data: between log, errors, processes.
 */
#ifndef BARCO_COMMON_LOG_INSIDE_H
#define BARCO_COMMON_LOG_INSIDE_H

/** Name this process in `--explain`; at first it is "host". The name stays the
 * caller's. */
void log_set_place(const char *name);

/** A line of `--explain=json`; what is NULL is left out. */
struct log_entry {
    const char *place;  /**< the process that speaks */
    const char *step;   /**< its sentence */
    const char *call;   /**< with decoded flags */
    const char *why;    /**< the reason for the call */
    const char *result; /**< of the step, or of a call that failed */
    const char *cause;  /**< of a failure */
    const char *fix;    /**< for a failure */
    const char *file;   /**< source file */
    int line;           /**< and line */
};

/** Write it as one JSON object, with one write(2). Preserves errno. */
void log_write_json(const struct log_entry *entry);

#endif

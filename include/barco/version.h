/**
 * @file
 * @brief The version, in its only place.
 *
 * The programs print it, and the manual pages, the book and barco.pc show it. A
 * test compares it with the newest section of NEWS.
 */
#ifndef BARCO_VERSION_H
#define BARCO_VERSION_H

/** @addtogroup core
 *  @{
 */

/** As in NEWS: major, minor and patch. */
#define BARCO_VERSION "0.2.0"

/** @} */

#endif

/**
 * @file
 * @brief Reports which limits of a cgroup were hit.
 */
#ifndef BARCO_COMMON_CGROUP_REPORT_H
#define BARCO_COMMON_CGROUP_REPORT_H

/* Warns of each limit that was hit, and logs what was used. */
void cgroup_report(const char *dir);

#endif

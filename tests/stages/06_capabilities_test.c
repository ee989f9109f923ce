/**
 * @file
 * @brief Stage 06, the real program: root without its powers.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

static struct run r;

static const char sets[] =
    "grep -E '^(Cap|NoNewPrivs)' /proc/self/status | cut -f2 | tr '\\n' ' '";

/* In the order of /proc/PID/status: Inh, Prm, Eff, Bnd, Amb, NoNewPrivs. */
static void the_command_has_the_default_capabilities(void)
{
    run_stage(&r, "06_capabilities", "sh", "-c", sets, NULL);
    CU_ASSERT_STRING_EQUAL(r.out,
                           "0000000000000000 00000000000405fb 00000000000405fb "
                           "00000000000405fb 0000000000000000 1 ");
}

static void capabilities_are_added_and_dropped_by_name(void)
{
    run_stage(&r, "06_capabilities", "--cap-drop", "all", "--cap-add",
              "CAP_CHOWN", "--cap-add", "net_admin", "sh", "-c", sets, NULL);
    CU_ASSERT_STRING_EQUAL(r.out,
                           "0000000000000000 0000000000001001 0000000000001001 "
                           "0000000000001001 0000000000000000 1 ");
    run_stage(&r, "06_capabilities", "--cap-add", "chown", "--cap-drop", "all",
              "sh", "-c", sets, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, " 0000000000000001 "));
    run_stage(&r, "06_capabilities", "--cap-drop", "kill", "sh", "-c", sets,
              NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "00000000000405db"));
}

static void an_ordinary_user_has_only_those_of_cap_add(void)
{
    run_stage(&r, "06_capabilities", "-u", "5", "sh", "-c", sets, NULL);
    CU_ASSERT_STRING_EQUAL(r.out,
                           "0000000000000000 0000000000000000 0000000000000000 "
                           "00000000000405fb 0000000000000000 1 ");
    run_stage(&r, "06_capabilities", "-u", "5", "--cap-add", "chown", "sh",
              "-c", sets, NULL);
    CU_ASSERT_STRING_EQUAL(r.out,
                           "0000000000000001 0000000000000001 0000000000000001 "
                           "00000000000405fb 0000000000000001 1 ");
}

static void pid_1_keeps_no_more_than_it_needs(void)
{
    run_stage(&r, "06_capabilities", "--cap-drop", "ALL", "sh", "-c",
              "grep CapPrm /proc/1/status | cut -f2", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "00000000000000e0\n");
}

static void an_unknown_name_is_refused(void)
{
    run_stage(&r, "06_capabilities", "--cap-add", "sys_magic", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "no capability \"sys_magic\""));

    run_stage(&r, "06_capabilities", "--cap-drop", "chown,kill", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "no capability \"chown,kill\""));
}

static void nothing_can_be_mounted(void)
{
    run_stage(&r, "06_capabilities", "mount", "-t", "tmpfs", "tmpfs", "/tmp",
              NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "permission denied"));
    run_stage(&r, "05_cgroups", "mount", "-t", "tmpfs", "tmpfs", "/tmp", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
}

static void a_read_only_volume_stays_read_only(void)
{
    make_scratch("/tmp");
    CU_ASSERT_EQUAL(chmod(scratch(""), 0777), 0);
    run_stage(&r, "06_capabilities", "--volume", onto(scratch(""), "/mnt:ro"),
              "sh", "-c", "mount -o remount,rw,bind /mnt; touch /mnt/a", NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(rmdir(scratch("")), 0);
}

static void no_new_privileges_for_ordinary_users_too(void)
{
    run_stage(&r, "06_capabilities", "-u", "5", "sh", "-c",
              "grep NoNewPrivs /proc/self/status; id -u", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "NoNewPrivs:\t1\n5\n");
}

static void root_can_still_do_what_it_likes_with_its_own_files(void)
{
    run_stage(&r, "06_capabilities", "sh", "-c",
              "touch /tmp/f && chown 5:5 /tmp/f && chmod 600 /tmp/f && "
              "cat /tmp/f && stat -c %u:%g /tmp/f",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "5:5\n");
    CU_ASSERT_EQUAL(r.status, 0);
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();

    run_stage(&r, "06_capabilities", "true", NULL);
    run_stage(&r, "06_capabilities", "-u", "65535", "true", NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("06_capabilities",
      { "the command has the default capabilities",
        the_command_has_the_default_capabilities },
      { "capabilities are added and dropped by name",
        capabilities_are_added_and_dropped_by_name },
      { "an ordinary user has only those of --cap-add",
        an_ordinary_user_has_only_those_of_cap_add },
      { "PID 1 keeps no more than it needs",
        pid_1_keeps_no_more_than_it_needs },
      { "an unknown name is refused", an_unknown_name_is_refused },
      { "nothing can be mounted", nothing_can_be_mounted },
      { "a read-only volume stays read-only",
        a_read_only_volume_stays_read_only },
      { "no new privileges, for ordinary users too",
        no_new_privileges_for_ordinary_users_too },
      { "root can still do what it likes with its own files",
        root_can_still_do_what_it_likes_with_its_own_files },
      { "nothing is left behind", nothing_is_left_behind })

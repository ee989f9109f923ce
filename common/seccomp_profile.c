/**
 * @file
 * @brief Compiles a profile: JSON in, the kernel's filter out.
 *
 *     { "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
 *       "archMap": [ { "architecture": A, "subArchitectures": [ A, ... ] } ],
 *       "syscalls": [ { "names": [ "clone" ], "action": "SCMP_ACT_ALLOW",
 *                       "args": [ { "index": 0, "op": OP, "value": V } ],
 *                       "includes": { "caps": [...], "arches": [...],
 *                                     "minKernel": "4.8" },
 *                       "excludes": { ... } } ] }
 *
 * Docker and Podman read this format, so people have such files. Keys mean what
 * they mean there, including the odd parts: several comparisons of one argument
 * are alternatives, while comparisons of different arguments must all hold.
 * Unknown keys, such as "comment", are ignored. libseccomp makes the program.
 */
#include "seccomp_profile.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "barco/caps.h"
#include "barco/cleanup.h"
#include "barco/error.h"
#include "seccomp_json.h"

enum {
    MAX_ERRNO = 4095,         /* of the kernel */
    X32_NUMBERS = 0x40000000, /* from here on they are x32's */
    MAX_ARGS =
        32 /* comparisons of one rule: six arguments, some values of each */
};

/* What we know while a profile is read. */
struct profile {
    scmp_filter_ctx ctx;
    uint32_t default_action;
    uint64_t caps;
    int newest; /* the highest number of all calls that it names */
};

/* A word of the profile, and what libseccomp calls it. */
struct word {
    const char *name;
    uint32_t value;
};

/* ---- Actions ------------------------------------------------------------ */

static const struct word actions[] = {
    { "SCMP_ACT_KILL", SCMP_ACT_KILL },
    { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
    { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
    { "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
    { "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) },
    { "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
    { "SCMP_ACT_LOG", SCMP_ACT_LOG },
    { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
    { 0 },
};

static const struct word ops[] = {
    { "SCMP_CMP_NE", SCMP_CMP_NE },
    { "SCMP_CMP_LT", SCMP_CMP_LT },
    { "SCMP_CMP_LE", SCMP_CMP_LE },
    { "SCMP_CMP_EQ", SCMP_CMP_EQ },
    { "SCMP_CMP_GE", SCMP_CMP_GE },
    { "SCMP_CMP_GT", SCMP_CMP_GT },
    { "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
    { 0 },
};

/* A member that has to be one of these words. */
static int read_word(const struct seccomp_json *object, const char *key,
                     const struct word *words, const char *problem,
                     uint32_t *value)
{
    struct seccomp_json member;
    int found = seccomp_json_member(object, key, json_type_string, &member);

    if (found < 0)
        return found;
    if (found == 0)
        return seccomp_json_refuse(&member, problem);
    for (; words->name; words++)
        if (strcmp(words->name, seccomp_json_text(&member)) == 0) {
            *value = words->value;
            return 0;
        }
    return seccomp_json_refuse(&member, problem);
}

/* Podman gives the errno by name, Docker as a number; the name takes
 * precedence. */
static int read_errno(const struct seccomp_json *object, const char *name_key,
                      const char *number_key, uint64_t *number)
{
    struct seccomp_json name;
    int found = seccomp_json_number(object, number_key, MAX_ERRNO, number);

    if (found < 0)
        return found;
    found = seccomp_json_member(object, name_key, json_type_string, &name);
    if (found <= 0 || !*seccomp_json_text(&name))
        return found < 0 ? found : 0;
    for (int i = 1; i < MAX_ERRNO; i++) {
        const char *known = strerrorname_np(i);

        if (known && strcmp(known, seccomp_json_text(&name)) == 0) {
            *number = (uint64_t)i;
            return 0;
        }
    }
    return seccomp_json_refuse(&name, "unknown errno");
}

static int read_action(const struct seccomp_json *object, const char *key,
                       const char *errno_name, const char *errno_number,
                       uint32_t *action)
{
    uint64_t data = EPERM;
    int result = read_word(object, key, actions, "unknown action", action);

    if (result < 0)
        return result;
    result = read_errno(object, errno_name, errno_number, &data);
    if (result < 0)
        return result;
    if (*action == SCMP_ACT_ERRNO(0) || *action == SCMP_ACT_TRACE(0))
        *action |= (uint32_t)data;
    return 0;
}

/* ---- Conditions --------------------------------------------------------- */

/* How many conditions of "includes" or "excludes" hold, and how many do not. */
struct tally {
    int hold, fail;
};

static void count(struct tally *tally, bool holds)
{
    tally->hold += holds;
    tally->fail += !holds;
}

/* This processor's name in the Go language. */
static const char *native_arch(void)
{
    static const struct word arches[] = {
        { "386", SCMP_ARCH_X86 },         { "amd64", SCMP_ARCH_X86_64 },
        { "arm", SCMP_ARCH_ARM },         { "arm64", SCMP_ARCH_AARCH64 },
        { "ppc64le", SCMP_ARCH_PPC64LE }, { "riscv64", SCMP_ARCH_RISCV64 },
        { "s390x", SCMP_ARCH_S390X },     { 0 },
    };
    const struct word *arch = arches;

    while (arch->name && arch->value != seccomp_arch_native())
        arch++;
    return arch->name ? arch->name : "";
}

static int count_arches(const struct seccomp_json *conditions,
                        struct tally *tally)
{
    struct seccomp_json list, item;
    bool listed = false;
    int result =
        seccomp_json_member(conditions, "arches", json_type_array, &list);

    if (result < 0)
        return result;
    for (size_t i = 0; i < seccomp_json_length(&list); i++) {
        result = seccomp_json_item(&list, i, json_type_string, &item);
        if (result < 0)
            return result;
        listed = listed || strcmp(seccomp_json_text(&item), native_arch()) == 0;
    }
    if (seccomp_json_length(&list) > 0)
        count(tally, listed);
    return 0;
}

static int count_caps(const struct profile *p,
                      const struct seccomp_json *conditions,
                      struct tally *tally)
{
    struct seccomp_json list, item;
    int result =
        seccomp_json_member(conditions, "caps", json_type_array, &list);

    if (result < 0)
        return result;
    for (size_t i = 0; i < seccomp_json_length(&list); i++) {
        int cap;

        result = seccomp_json_item(&list, i, json_type_string, &item);
        if (result < 0)
            return result;
        cap = barco_caps_number(seccomp_json_text(&item));
        if (cap == -EINVAL)
            return seccomp_json_refuse(&item, "not a capability");
        /* No process has a capability of a later kernel. */
        count(tally, cap >= 0 && (p->caps & BARCO_CAP(cap)));
    }
    return 0;
}

static int count_kernel(const struct seccomp_json *conditions,
                        struct tally *tally)
{
    struct seccomp_json version;
    struct utsname u;
    unsigned major, minor, our_major = 0, our_minor = 0;
    char rest;
    int found = seccomp_json_member(conditions, "minKernel", json_type_string,
                                    &version);

    if (found <= 0)
        return found;
    if (sscanf(seccomp_json_text(&version), "%u.%u%c", &major, &minor, &rest) !=
        2)
        return seccomp_json_refuse(&version, "not a version, as in \"4.8\"");
    uname(&u);
    sscanf(u.release, "%u.%u", &our_major, &our_minor);
    count(tally,
          our_major > major || (our_major == major && our_minor >= minor));
    return 0;
}

static int tally_conditions(const struct profile *p,
                            const struct seccomp_json *rule, const char *key,
                            struct tally *tally)
{
    struct seccomp_json conditions;
    int result = seccomp_json_member(rule, key, json_type_object, &conditions);

    *tally = (struct tally){ 0 };
    if (result <= 0)
        return result;
    result = count_arches(&conditions, tally);
    if (result < 0)
        return result;
    result = count_caps(p, &conditions, tally);
    if (result < 0)
        return result;
    return count_kernel(&conditions, tally);
}

/* Whether a rule is for us: all of its includes hold, and none of its excludes.
 * 1, 0, or -EINVAL, reported. */
static int is_for_us(const struct profile *p, const struct seccomp_json *rule)
{
    struct tally includes, excludes;
    int result = tally_conditions(p, rule, "includes", &includes);

    if (result < 0)
        return result;
    result = tally_conditions(p, rule, "excludes", &excludes);
    if (result < 0)
        return result;
    return includes.fail == 0 && excludes.hold == 0;
}

/* ---- Rules -------------------------------------------------------------- */

static int read_arg(const struct seccomp_json *arg, struct scmp_arg_cmp *cmp)
{
    uint64_t index = 0, value = 0, value_two = 0;
    uint32_t word = 0;
    int result = read_word(arg, "op", ops, "unknown comparison", &word);

    if (result < 0)
        return result;
    result = seccomp_json_number(arg, "index", 5, &index);
    if (result < 0)
        return result;
    result = seccomp_json_number(arg, "value", UINT64_MAX, &value);
    if (result < 0)
        return result;
    result = seccomp_json_number(arg, "valueTwo", UINT64_MAX, &value_two);
    if (result < 0)
        return result;
    /* For SCMP_CMP_MASKED_EQ the first value is the mask. */
    *cmp = (struct scmp_arg_cmp){ (unsigned)index, (enum scmp_compare)word,
                                  value, value_two };
    return 0;
}

/* Reads the comparisons of a rule; how many, or -EINVAL, reported. */
static int read_args(const struct seccomp_json *rule, struct scmp_arg_cmp *cmps)
{
    struct seccomp_json list, item;
    int result = seccomp_json_member(rule, "args", json_type_array, &list);

    if (result <= 0)
        return result;
    if (seccomp_json_length(&list) > MAX_ARGS)
        return seccomp_json_refuse(&list, "more than 32 comparisons");
    for (size_t i = 0; i < seccomp_json_length(&list); i++) {
        result = seccomp_json_item(&list, i, json_type_object, &item);
        if (result < 0)
            return result;
        result = read_arg(&item, &cmps[i]);
        if (result < 0)
            return result;
    }
    return (int)seccomp_json_length(&list);
}

static bool compares_one_twice(const struct scmp_arg_cmp *cmps, unsigned n)
{
    unsigned seen = 0;

    for (unsigned i = 0; i < n; i++) {
        if (seen & 1U << cmps[i].arg)
            return true;
        seen |= 1U << cmps[i].arg;
    }
    return false;
}

/* It does no harm if the rule exists already. */
static int add_to_filter(const struct profile *p,
                         const struct seccomp_json *name, int nr,
                         uint32_t action, const struct scmp_arg_cmp *cmps,
                         unsigned n)
{
    int result = seccomp_rule_add_array(p->ctx, action, nr, n, cmps);

    if (result == 0 || result == -EEXIST)
        return 0;
    errno = -result;
    return BARCO_FAIL(seccomp_rule_add, "\"%s\", %s", name->file, name->at);
}

static int add_name(struct profile *p, const struct seccomp_json *name,
                    bool wanted, uint32_t action,
                    const struct scmp_arg_cmp *cmps, unsigned n)
{
    int nr = seccomp_syscall_resolve_name(seccomp_json_text(name));

    if (nr > p->newest)
        p->newest = nr;
    if (nr == __NR_SCMP_ERROR || !wanted)
        return 0; /* on another processor, or in a later kernel */
    if (!compares_one_twice(cmps, n))
        return add_to_filter(p, name, nr, action, cmps, n);
    for (unsigned i = 0; i < n; i++) {
        int result = add_to_filter(p, name, nr, action, &cmps[i], 1);

        if (result < 0)
            return result;
    }
    return 0;
}

/* "names", or "name" in older files; not both. */
static int add_names(struct profile *p, const struct seccomp_json *rule,
                     bool wanted, uint32_t action,
                     const struct scmp_arg_cmp *cmps, unsigned n)
{
    struct seccomp_json names, name;
    int many = seccomp_json_member(rule, "names", json_type_array, &names);
    int one = seccomp_json_member(rule, "name", json_type_string, &name);

    if (many < 0 || one < 0)
        return -EINVAL;
    if (one > 0 && *seccomp_json_text(&name)) {
        if (seccomp_json_length(&names) > 0)
            return seccomp_json_refuse(&name, "given beside names");
        return add_name(p, &name, wanted, action, cmps, n);
    }
    if (many == 0)
        return seccomp_json_refuse(&names, "no names of system calls");
    for (size_t i = 0; i < seccomp_json_length(&names); i++) {
        int result = seccomp_json_item(&names, i, json_type_string, &name);

        if (result < 0)
            return result;
        result = add_name(p, &name, wanted, action, cmps, n);
        if (result < 0)
            return result;
    }
    return 0;
}

static int add_rule(struct profile *p, const struct seccomp_json *rule)
{
    struct scmp_arg_cmp cmps[MAX_ARGS];
    uint32_t action = 0;
    int n, wanted, result;

    result = read_action(rule, "action", "errno", "errnoRet", &action);
    if (result < 0)
        return result;
    n = read_args(rule, cmps);
    if (n < 0)
        return n;
    wanted = is_for_us(p, rule);
    if (wanted < 0)
        return wanted;
    /* libseccomp accepts no rule with the default action. */
    return add_names(p, rule, wanted && action != p->default_action, action,
                     cmps, (unsigned)n);
}

static int add_rules(struct profile *p, const struct seccomp_json *root)
{
    struct seccomp_json list, rule;
    int result = seccomp_json_member(root, "syscalls", json_type_array, &list);

    if (result < 0)
        return result;
    for (size_t i = 0; i < seccomp_json_length(&list); i++) {
        result = seccomp_json_item(&list, i, json_type_object, &rule);
        if (result < 0)
            return result;
        result = add_rule(p, &rule);
        if (result < 0)
            return result;
    }
    return 0;
}

/* ---- Architectures ------------------------------------------------------ */

/* SCMP_ARCH_X86_64 is libseccomp's "x86_64". */
static uint32_t arch_of(const struct seccomp_json *name)
{
    static const char prefix[] = "SCMP_ARCH_";
    char lower[32] = "";

    if (strncmp(seccomp_json_text(name), prefix, strlen(prefix)) != 0)
        return 0;
    snprintf(lower, sizeof(lower), "%s",
             seccomp_json_text(name) + strlen(prefix));
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return seccomp_arch_resolve_name(lower);
}

static int add_arches(const struct profile *p, const struct seccomp_json *list)
{
    struct seccomp_json item;

    for (size_t i = 0; i < seccomp_json_length(list); i++) {
        int result = seccomp_json_item(list, i, json_type_string, &item);
        uint32_t arch;

        if (result < 0)
            return result;
        arch = arch_of(&item);
        if (arch == 0)
            return seccomp_json_refuse(&item, "unknown architecture");
        result = seccomp_arch_add(p->ctx, arch);
        if (result < 0 && result != -EEXIST)
            return seccomp_json_refuse(&item, "cannot be combined with this "
                                              "machine's");
    }
    return 0;
}

/* Adds what else this processor can run, if the entry is for it. */
static int add_entry(const struct profile *p, const struct seccomp_json *entry)
{
    struct seccomp_json arch, subs;
    int result =
        seccomp_json_member(entry, "architecture", json_type_string, &arch);

    if (result < 0)
        return result;
    if (result == 0)
        return seccomp_json_refuse(entry, "without an architecture");
    result =
        seccomp_json_member(entry, "subArchitectures", json_type_array, &subs);
    if (result <= 0 || arch_of(&arch) != seccomp_arch_native())
        return result < 0 ? result : 0;
    return add_arches(p, &subs);
}

static int add_map(const struct profile *p, const struct seccomp_json *map)
{
    struct seccomp_json entry;

    for (size_t i = 0; i < seccomp_json_length(map); i++) {
        int result = seccomp_json_item(map, i, json_type_object, &entry);

        if (result < 0)
            return result;
        result = add_entry(p, &entry);
        if (result < 0)
            return result;
    }
    return 0;
}

static int add_architectures(const struct profile *p,
                             const struct seccomp_json *root)
{
    struct seccomp_json list, map;
    int has_list =
        seccomp_json_member(root, "architectures", json_type_array, &list);
    int has_map = seccomp_json_member(root, "archMap", json_type_array, &map);

    if (has_list < 0 || has_map < 0)
        return -EINVAL;
    if (seccomp_json_length(&list) > 0 && seccomp_json_length(&map) > 0)
        return seccomp_json_refuse(&list, "given beside archMap");
    return has_map ? add_map(p, &map) : add_arches(p, &list);
}

/* ---- The program -------------------------------------------------------- */

/* libseccomp 2.5 can write a program only to a descriptor. */
static int export_program(const struct profile *p,
                          struct seccomp_program *program)
{
    BARCO_CLEANUP(barco_close) int fd = memfd_create("filter", MFD_CLOEXEC);
    int result;
    off_t size;

    if (fd < 0)
        return BARCO_FAIL(memfd_create, "\"filter\"");
    result = seccomp_export_bpf(p->ctx, fd);
    if (result < 0) {
        errno = -result;
        return BARCO_FAIL(seccomp_export_bpf, "%d", fd);
    }
    size = lseek(fd, 0, SEEK_END);
    if (size > BPF_MAXINSNS * (off_t)sizeof(struct sock_filter)) {
        errno = E2BIG;
        return BARCO_FAIL(seccomp_export_bpf, "%lld instructions",
                          (long long)size / (int)sizeof(struct sock_filter));
    }
    program->code = malloc((size_t)size);
    if (!program->code || pread(fd, program->code, (size_t)size, 0) != size)
        return BARCO_FAIL(pread, "the filter, %lld bytes", (long long)size);
    program->length = (unsigned short)(size / (int)sizeof(struct sock_filter));
    return 0;
}

/* Which calls does the profile not know because they came with a later kernel?
 * Those with numbers above all that it names, because numbers are given in
 * order. A program takes EPERM as a refusal and ENOSYS as the sign of an older
 * kernel, so these calls get ENOSYS. libseccomp has no rule for that, so these
 * instructions go in front:
 *
 *     not our architecture, or x32's numbers: continue
 *     above the newest: ENOSYS */
static int add_newer(const struct profile *p, struct seccomp_program *program)
{
    //! [newer]
    const struct sock_filter front[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_NUMBERS, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (unsigned)p->newest, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    };
    //! [newer]
    const unsigned short more = sizeof(front) / sizeof(front[0]);
    struct sock_filter *code;

    if ((p->default_action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO ||
        p->newest <= 0)
        return 0;
    if (program->length + more > BPF_MAXINSNS) {
        errno = E2BIG;
        return BARCO_FAIL(seccomp_export_bpf, "%d instructions",
                          program->length + more);
    }
    code = malloc((program->length + more) * sizeof(*code));
    if (!code)
        return BARCO_FAIL(malloc, "%d instructions", program->length + more);
    memcpy(code, front, sizeof(front));
    memcpy(code + more, program->code, program->length * sizeof(*code));
    free(program->code);
    program->code = code;
    program->length = (unsigned short)(program->length + more);
    return 0;
}

static int compile(struct profile *p, const struct seccomp_json *root,
                   struct seccomp_program *program)
{
    int result = read_action(root, "defaultAction", "defaultErrno",
                             "defaultErrnoRet", &p->default_action);

    if (result < 0)
        return result;
    p->ctx = seccomp_init(p->default_action);
    if (!p->ctx) {
        errno = EINVAL;
        return BARCO_FAIL(seccomp_init, "%#x", p->default_action);
    }
    /* The numbers of another architecture mean other calls. */
    seccomp_attr_set(p->ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    /* Search the numbers as a tree, not one after the other. */
    seccomp_attr_set(p->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    result = add_architectures(p, root);
    if (result < 0)
        return result;
    result = add_rules(p, root);
    if (result < 0)
        return result;
    result = export_program(p, program);
    if (result < 0)
        return result;
    return add_newer(p, program);
}

static void free_program(struct seccomp_program *program)
{
    free(program->code);
    *program = (struct seccomp_program){ 0 };
}

static void release_filter(struct profile *p)
{
    if (p->ctx)
        seccomp_release(p->ctx);
}

int seccomp_profile_compile(const char *name, const char *text, uint64_t caps,
                            struct seccomp_program *program)
{
    BARCO_CLEANUP(release_filter) struct profile profile = { .caps = caps };
    BARCO_CLEANUP(seccomp_json_free) struct seccomp_json root = { 0 };
    int result = text ? seccomp_json_parse(name, text, &root)
                      : seccomp_json_read(name, &root);

    *program = (struct seccomp_program){ 0 };
    if (result < 0)
        return result;
    result = compile(&profile, &root, program);
    if (result < 0)
        free_program(program);
    return result;
}

void seccomp_profile_ask_listener(struct seccomp_program *program)
{
    for (unsigned short i = 0; i < program->length; i++) {
        struct sock_filter *code = &program->code[i];

        if (code->code == (BPF_RET | BPF_K) &&
            code->k == (SECCOMP_RET_ERRNO | EPERM))
            code->k = SECCOMP_RET_USER_NOTIF;
    }
}

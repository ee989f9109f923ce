/**
 * @file
 * @brief snapshot: the processes and cgroups of this machine, as a line of
 * JSON.
 *
 * Usage: snapshot [--follow MS]
 *
 * What the panel of the book draws (docs/frame/see.js). Run it as root, on the
 * host of the containers: then /proc has all processes in it, and ids are the
 * host's. --follow looks every MS milliseconds, and prints a line when
 * something has changed, until its input or its output is closed.
 *
 *     hostname    of the host
 *     hostnames   of each other UTS namespace, by its inode
 *     processes   by pid; the first is the host's PID 1
 *     cgroups     by path, with what is limited, used, refused
 *
 * A process that ends while it is read may lack a part. Kernel threads are left
 * out, and so is the snapshot's own process.
 */
#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Files of /proc and of a cgroup ----------------------------------------
 */

/** Reads a file, from its beginning; returns its length, or -1. */
static ssize_t read_file(int dir, const char *name, char *text, size_t size)
{
    int file = openat(dir, name, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(file, text, size - 1);

    if (file >= 0)
        close(file);
    text[length < 0 ? 0 : length] = '\0';
    return length;
}

/** What follows a word at the beginning of a line, or NULL. */
static const char *after(const char *text, const char *word)
{
    size_t length = strlen(word);

    while (text && strncmp(text, word, length) != 0) {
        text = strchr(text, '\n');
        if (text)
            text++;
    }
    return text ? text + length : NULL;
}

static void add_number(struct json_object *object, const char *name,
                       const char *text)
{
    if (text)
        json_object_object_add(object, name,
                               json_object_new_int64(strtoll(text, NULL, 10)));
}

static void add_text(struct json_object *object, const char *name,
                     const char *text)
{
    size_t length = strcspn(text, "\n");

    json_object_object_add(object, name,
                           json_object_new_string_len(text, (int)length));
}

/* ---- A process -------------------------------------------------------------
 */

/** Inodes: the same number is the same namespace. A zombie has left most. */
static void add_namespaces(struct json_object *process, int dir)
{
    static const char *const names[] = { "pid", "mnt", "user",   "net",
                                         "uts", "ipc", "cgroup", "time" };
    struct json_object *namespaces = json_object_new_object();
    char path[16];
    struct stat st;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        snprintf(path, sizeof(path), "ns/%s", names[i]);
        if (fstatat(dir, path, &st, 0) == 0)
            json_object_object_add(namespaces, names[i],
                                   json_object_new_int64((int64_t)st.st_ino));
    }
    json_object_object_add(process, "namespaces", namespaces);
}

/** Its ids in all PID namespaces that it is in, from the host's inwards. */
static void add_pids(struct json_object *process, const char *text)
{
    struct json_object *pids = json_object_new_array();
    char *end;

    while (text) {
        long pid = strtol(text, &end, 10);

        if (end == text || *text == '\n')
            break;
        json_object_array_add(pids, json_object_new_int64(pid));
        text = *end == '\t' ? end : NULL;
    }
    json_object_object_add(process, "nspid", pids);
}

/** The effective user, and what its user namespace calls that one. */
static void add_user(struct json_object *process, int dir, const char *uids)
{
    char map[4096];
    unsigned long real, uid, inside, outside, count;
    int length;

    if (!uids || sscanf(uids, "%lu %lu", &real, &uid) != 2)
        return;
    json_object_object_add(process, "uid", json_object_new_int64((int64_t)uid));
    read_file(dir, "uid_map", map, sizeof(map));
    for (char *line = map;
         sscanf(line, "%lu %lu %lu%n", &inside, &outside, &count, &length) == 3;
         line += length)
        if (uid >= outside && uid - outside < count)
            json_object_object_add(
                process, "uid_inside",
                json_object_new_int64((int64_t)(inside + (uid - outside))));
}

static bool add_status(struct json_object *process, int dir)
{
    char text[4096];
    const char *capabilities;

    if (read_file(dir, "status", text, sizeof(text)) < 0)
        return false;
    add_pids(process, after(text, "NSpid:"));
    add_user(process, dir, after(text, "Uid:"));
    add_number(process, "seccomp", after(text, "Seccomp:"));
    add_number(process, "no_new_privs", after(text, "NoNewPrivs:"));
    capabilities = after(text, "CapEff:\t");
    if (capabilities)
        add_text(process, "capabilities", capabilities);
    return true;
}

static void add_command(struct json_object *process, int dir)
{
    char text[256];
    ssize_t length = read_file(dir, "cmdline", text, sizeof(text));

    while (length > 0 && text[length - 1] == '\0')
        length--;
    for (ssize_t i = 0; i < length; i++)
        if (text[i] == '\0' || text[i] == '\n')
            text[i] = ' ';
    if (length > 0)
        add_text(process, "command", text);
}

enum {
    KERNEL_THREAD = 0x00200000 /* PF_KTHREAD, in linux/sched.h of the kernel */
};

/** What /proc/PID/stat says, or NULL if the process is of no interest. */
static struct json_object *read_stat(int dir)
{
    char text[1024], *name, *end, state;
    int parent, terminal;
    unsigned flags;
    struct json_object *process;

    if (read_file(dir, "stat", text, sizeof(text)) < 0)
        return NULL;
    /* A name can have anything in it, even a parenthesis. */
    name = strchr(text, '(');
    end = strrchr(text, ')');
    if (!name || !end ||
        sscanf(end + 1, " %c %d %*d %*d %d %*d %u", &state, &parent, &terminal,
               &flags) != 4 ||
        flags & KERNEL_THREAD)
        return NULL;
    *end = '\0';
    process = json_object_new_object();
    add_number(process, "pid", text);
    add_text(process, "name", name + 1);
    json_object_object_add(process, "state",
                           json_object_new_string_len(&state, 1));
    json_object_object_add(process, "ppid", json_object_new_int(parent));
    json_object_object_add(process, "terminal",
                           json_object_new_boolean(terminal != 0));
    return process;
}

static struct json_object *read_process(int dir)
{
    struct json_object *process = read_stat(dir);
    char cgroup[PATH_MAX];
    const char *path;

    if (!process)
        return NULL;
    if (!add_status(process, dir)) {
        json_object_put(process);
        return NULL;
    }
    add_command(process, dir);
    add_namespaces(process, dir);
    read_file(dir, "cgroup", cgroup, sizeof(cgroup));
    path = after(cgroup, "0::");
    if (path)
        add_text(process, "cgroup", path);
    return process;
}

/* ---- Host names: one has to go there to ask ---------------------------------
 */

static void add_hostname(struct json_object *names, int dir, int home)
{
    int there = openat(dir, "ns/uts", O_RDONLY | O_CLOEXEC);
    char name[HOST_NAME_MAX + 1] = "", key[32];
    struct stat st, here;

    if (there < 0)
        return;
    if (fstat(there, &st) == 0 && fstat(home, &here) == 0 &&
        st.st_ino != here.st_ino) {
        snprintf(key, sizeof(key), "%lu", (unsigned long)st.st_ino);
        if (!json_object_object_get(names, key) &&
            setns(there, CLONE_NEWUTS) == 0) {
            if (gethostname(name, sizeof(name)) == 0)
                json_object_object_add(names, key,
                                       json_object_new_string(name));
            if (setns(home, CLONE_NEWUTS) < 0) {
                perror("snapshot: cannot return to its own UTS namespace");
                exit(1);
            }
        }
    }
    close(there);
}

/* ---- All of them ------------------------------------------------------------
 */

static int is_number(const struct dirent *entry)
{
    return entry->d_name[strspn(entry->d_name, "0123456789")] == '\0';
}

/** Most of what /proc lists are kernel threads, which all have one parent. That
 * one knows them, so that most need not be opened. */
static void read_kernel_threads(int proc, char *text, size_t size)
{
    char name[16];

    read_file(proc, "2/comm", name, sizeof(name));
    text[0] = text[1] = '\0';
    if (strcmp(name, "kthreadd\n") == 0) {
        text[0] = ' ';
        read_file(proc, "2/task/2/children", text + 1, size - 1);
    }
}

static bool is_kernel_thread(const char *threads, const char *pid)
{
    char word[NAME_MAX + 3];

    snprintf(word, sizeof(word), " %s ", pid);
    return strstr(threads, word) != NULL;
}

static struct json_object *find_process(int proc, const char *pid,
                                        struct json_object *hostnames, int home)
{
    int dir = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct json_object *process = dir < 0 ? NULL : read_process(dir);

    if (process)
        add_hostname(hostnames, dir, home);
    if (dir >= 0)
        close(dir);
    return process;
}

static void add_processes(struct json_object *snapshot)
{
    struct json_object *processes = json_object_new_array();
    struct json_object *names = json_object_new_object();
    int home = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dirent **entries;
    int count = scandir("/proc", &entries, is_number, versionsort);
    char threads[8192];

    read_kernel_threads(proc, threads, sizeof(threads));
    for (int i = 0; i < count; i++) {
        const char *pid = entries[i]->d_name;
        struct json_object *process = NULL;

        if (atoi(pid) != getpid() && !is_kernel_thread(threads, pid))
            process = find_process(proc, pid, names, home);
        if (process)
            json_object_array_add(processes, process);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    close(proc);
    close(home);
    json_object_object_add(snapshot, "hostnames", names);
    json_object_object_add(snapshot, "processes", processes);
}

/* ---- Cgroups ----------------------------------------------------------------
 */

/** A number of a file, unless it is "max", or the file has no such word. */
static void add_limit(struct json_object *object, const char *name, int dir,
                      const char *file, const char *word)
{
    char text[1024];
    const char *value;

    if (read_file(dir, file, text, sizeof(text)) < 0)
        return;
    value = after(text, word);
    if (value && strncmp(value, "max", 3) != 0)
        add_number(object, name, value);
}

static struct json_object *read_cgroup(int dir, const char *path)
{
    static const struct {
        const char *name, *file, *word;
    } values[] = {
        { "pids", "pids.current", "" },
        { "pids_max", "pids.max", "" },
        { "pids_refused", "pids.events", "max " },
        { "memory", "memory.current", "" },
        { "memory_max", "memory.max", "" },
        { "memory_killed", "memory.events", "oom_kill " },
        { "cpu_max", "cpu.max", "" },
        { "cpu_throttled", "cpu.stat", "nr_throttled " },
        { "frozen", "cgroup.events", "frozen " },
    };
    struct json_object *cgroup = json_object_new_object();
    char text[64];
    const char *period;

    add_text(cgroup, "path", path);
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        add_limit(cgroup, values[i].name, dir, values[i].file, values[i].word);
    read_file(dir, "cpu.max", text, sizeof(text));
    period = strchr(text, ' ');
    add_number(cgroup, "cpu_period", period);
    return cgroup;
}

/** All below the cgroup at ROOT/PATH, in the order of their names. */
static void add_cgroups(struct json_object *cgroups, const char *path)
{
    static const char root[] = "/sys/fs/cgroup";
    char child[PATH_MAX];
    struct dirent **entries;
    int count;

    snprintf(child, sizeof(child), "%s%s", root, path);
    count = scandir(child, &entries, NULL, versionsort);
    for (int i = 0; i < count; i++) {
        const struct dirent *entry = entries[i];

        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            (size_t)snprintf(child, sizeof(child), "%s%s/%s", root, path,
                             entry->d_name) < sizeof(child)) {
            int dir = open(child, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

            if (dir >= 0) {
                json_object_array_add(cgroups,
                                      read_cgroup(dir, child + strlen(root)));
                close(dir);
                add_cgroups(cgroups, child + strlen(root));
            }
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* ---- The snapshot -----------------------------------------------------------
 */

static struct json_object *take(void)
{
    struct json_object *snapshot = json_object_new_object();
    struct json_object *cgroups = json_object_new_array();
    char name[HOST_NAME_MAX + 1] = "";

    gethostname(name, sizeof(name));
    json_object_object_add(snapshot, "hostname", json_object_new_string(name));
    add_processes(snapshot);
    add_cgroups(cgroups, "");
    json_object_object_add(snapshot, "cgroups", cgroups);
    return snapshot;
}

static const char *line_of(struct json_object *snapshot)
{
    return json_object_to_json_string_ext(
        snapshot, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

/** Prints it, if it says anything new; false if it cannot be printed. */
static bool print(struct json_object *now, struct json_object *before)
{
    const char *line = line_of(now);

    if (before && strcmp(line, line_of(before)) == 0)
        return true;
    return puts(line) >= 0 && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    bool follow = argc == 3 && strcmp(argv[1], "--follow") == 0;
    int pause = follow ? atoi(argv[2]) : 0;
    /* No event is asked for: what wakes us is that the other end has gone. An
     * ssh server closes our input then, and reads on. */
    struct pollfd others[] = { { .fd = STDIN_FILENO },
                               { .fd = STDOUT_FILENO } };
    struct json_object *before = NULL, *now;
    bool printed;

    if (argc != 1 && pause <= 0) {
        fprintf(stderr, "Usage: snapshot [--follow MS]\n");
        return 1;
    }
    do {
        now = take();
        printed = print(now, before);
        json_object_put(before);
        before = now;
    } while (printed && follow && poll(others, 2, pause) == 0);
    json_object_put(before);
    return !printed;
}

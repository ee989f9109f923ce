/**
 * @file
 * @brief Reads and replaces what grades it, and looks for the seed.
 *
 * The seed of the test is 1234567, so that it knows what to look for.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *found;

static void try_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    found = path;
    close(fd);
}

static void replace(const char *path)
{
    if (rename(path, "/tmp/mine") == 0 || unlink(path) == 0 ||
        chmod(path, 0777) == 0 || link(path, "/tmp/mine") == 0 ||
        symlink("/bin/true", path) == 0)
        found = path;
}

/* Whether a file of another process has the seed in it. */
static void look_for_seed(const char *process, const char *file)
{
    static const char seed[] = "1234567";
    char path[300], text[65536];
    ssize_t length;
    int fd;

    snprintf(path, sizeof(path), "/proc/%s/%s", process, file);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    length = read(fd, text, sizeof(text));
    if (length > 0 && memmem(text, (size_t)length, seed, strlen(seed)))
        found = "the seed";
    close(fd);
}

static void look_at_processes(void)
{
    const struct dirent *entry;
    DIR *processes = opendir("/proc");

    while (processes && (entry = readdir(processes))) {
        if (atoi(entry->d_name) <= 0)
            continue;
        look_for_seed(entry->d_name, "cmdline");
        look_for_seed(entry->d_name, "environ");
    }
    if (processes)
        closedir(processes);
}

int main(void)
{
    static const char *const files[] = { "/run/grading",
                                         "/run/grading/checks",
                                         "/run/grading/private",
                                         "/barco",
                                         "/barco/grading/seed",
                                         "/run/grading/private/seed",
                                         "/barco/run/inside.sh",
                                         "/dev/vdb",
                                         "/dev/mem" };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        try_file(files[i]);
        replace(files[i]);
        if (mount("/bin/true", files[i], NULL, MS_BIND, NULL) == 0)
            umount(files[i]);
    }
    look_at_processes();
    if (access("/run/grading/checks", X_OK) < 0)
        found = "nothing: the check cannot be executed either";
    printf("%s %s\n", found ? "got in:" : "kept out", found ? found : "");
    return 0;
}

/**
 * @file
 * @brief Gives a target each file of a directory, as libFuzzer's own main()
 * would: a test that needs neither Clang nor libFuzzer.
 *
 *     bazel test //tests/fuzz:volumes                       its whole corpus
 *     bazel run //tests/fuzz:volumes -- /tmp/crash-1a2b     and one more file
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

enum {
    MAX_SIZE = 1 << 20
};

static unsigned played;

static void play_file(const char *path)
{
    static uint8_t room[MAX_SIZE];
    FILE *file = fopen(path, "re");
    uint8_t *data;
    size_t size;

    if (!file) {
        perror(path);
        exit(1);
    }
    size = fread(room, 1, sizeof(room), file);
    fclose(file);
    /* What breaks the target ends this program, and this is the last line. */
    printf("%s\n", path);
    fflush(stdout);
    data = (uint8_t *)fuzz_text(room, size);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    played++;
}

static void play(const char *path)
{
    struct dirent **names;
    struct stat st;
    int count;

    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
        play_file(path);
        return;
    }
    count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char file[PATH_MAX];

        snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            play_file(file);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        play(argv[i]);
    printf("%u passed, 0 failed\n", played);
    return played == 0;
}

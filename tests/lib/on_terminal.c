/**
 * @file
 * @brief Runs a program on a new terminal, and prints what it writes there.
 */
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char text[512];
    int master, status = 0;
    ssize_t length;
    pid_t pid = argc > 1 ? forkpty(&master, NULL, NULL, NULL) : -1;

    if (pid < 0)
        return 125;
    if (pid == 0) {
        execv(argv[1], argv + 1);
        _exit(127);
    }
    while ((length = read(master, text, sizeof(text))) > 0)
        if (write(STDOUT_FILENO, text, (size_t)length) < 0)
            return 125;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

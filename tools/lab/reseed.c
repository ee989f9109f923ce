/**
 * @file
 * @brief reseed: mixes standard input into the kernel's random numbers, now.
 *
 * Labs that start from one saved machine start with one state of the random
 * generator too. Writing to /dev/urandom alone would not do: what is written
 * there waits for the next reseeding, which may be a minute away (random(4)).
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdalign.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    SEED_SIZE = 128 /* bytes of standard input that are used */
};

int main(void)
{
    alignas(struct rand_pool_info) char
        room[sizeof(struct rand_pool_info) + SEED_SIZE];
    struct rand_pool_info *seed = (struct rand_pool_info *)room;
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
    ssize_t size = read(STDIN_FILENO, seed->buf, SEED_SIZE);

    if (fd < 0 || size <= 0) {
        perror("reseed");
        return 1;
    }
    seed->buf_size = (int)size;
    seed->entropy_count = 4 * (int)size; /* bits of a hexadecimal digit */
    if (ioctl(fd, RNDADDENTROPY, seed) < 0 ||
        ioctl(fd, RNDRESEEDCRNG, NULL) < 0) {
        perror("reseed");
        return 1;
    }
    return 0;
}

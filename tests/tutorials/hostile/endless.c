/** @file @brief Takes the processor, and never ends. */
int main(void)
{
    for (volatile int i = 0;; i++)
        ;
}

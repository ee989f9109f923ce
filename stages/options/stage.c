/**
 * @file
 * @brief From the command line to the exit status.
 */
#include "stages/options/stage.h"

#include "barco/terminal.h"

int barco_stage_main(const struct barco_stage *stage, int argc, char **argv)
{
    static struct barco_cli cli; /* the command's words stay to the end */
    struct barco_terminal terminal;
    int result;

    cli = (struct barco_cli){ .about = stage->about,
                              .banner = stage->banner,
                              .demo = stage->demo };
    barco_terminal_save(&terminal);
    barco_process_block_signals();
    result = barco_cli_parse(&cli, stage->options, argc, argv);
    if (result == 0)
        result = stage->run(cli.argv);
    barco_terminal_restore(&terminal);
    barco_process_unblock_signals();
    return barco_process_exit_status(result);
}

// SPDX-License-Identifier: MIT
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testbench/cli/command.h"

static const struct cli_command commands[] = {
        { "run", (char[]){ "ballast run" }, cli_run },
        { "list", (char[]){ "ballast list" }, cli_list },
        { "diff", (char[]){ "ballast diff" }, cli_diff },
        { "import", (char[]){ "ballast import" }, cli_import },
        { "pci", (char[]){ "ballast pci" }, cli_pci },
        { "campaign", (char[]){ "ballast campaign" }, cli_campaign },
        { "shrink", (char[]){ "ballast shrink" }, cli_shrink },
        { "report", (char[]){ "ballast report" }, cli_report },
        { "explore", (char[]){ "ballast explore" }, cli_explore },
};

const char *argp_program_version = "ballast " BALLAST_VERSION;

/* Else the next file to be opened would become a standard stream that was closed. */
static void fill_standard_streams(void)
{
        int fd;

        /* Not for writing: what is printed to a closed stream is an error, not lost. */
        do
                fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd >= 0)
                close(fd);
}

/* What was written counts only when all of it arrived. */
static void close_stdout(void)
{
        bool lost = ferror(stdout) != 0;

        if (fclose(stdout) == 0 && !lost)
                return;
        fprintf(stderr, "ballast: standard output: %s\n",
                errno != 0 ? strerror(errno) : "not all was written");
        _exit(CLI_WRONG);
}

int main(int argc, char **argv)
{
        static const char doc[] =
                "Simulate QEMU's virtio-balloon device, deterministically.\v"
                "Commands:\n"
                "  run       run scenarios and judge them\n"
                "  campaign  run scenarios with faults, by the thousand\n"
                "  shrink    make a run that fails as small as it can be\n"
                "  report    show what came of a campaign as a page\n"
                "  explore   run a scenario in every order, and with every fault\n"
                "  list      name scenarios\n"
                "  diff      compare our device with a real QEMU's\n"
                "  import    turn a recorded session into a scenario\n"
                "  pci       show the function as PCI tools see it\n\n"
                "'ballast COMMAND --help' tells more. Exit status: 0 all passed; "
                "1 a scenario failed; 2 a file, an option or the environment is wrong.";

        fill_standard_streams();
        atexit(close_stdout);
        /* A reader that went away is a write error, and temporary files are removed. */
        signal(SIGPIPE, SIG_IGN);
        argp_err_exit_status = CLI_WRONG;
        return cli_run_command(commands, sizeof commands / sizeof commands[0], doc, argc, argv);
}

/* command.h - the one table behind the command line, its help, man pages and completion.
 * A command family is one file with one `const struct command x_commands[]`; main.c lists the
 * families. */
#ifndef PLENARY_CLI_COMMAND_H
#define PLENARY_CLI_COMMAND_H
#include "base/base.h"
#include <stdio.h>

enum exit_status {
    EXIT_STATUS_OK = 0,
    EXIT_STATUS_FAILED = 1,
    EXIT_STATUS_USAGE = 2,
    EXIT_STATUS_REFUSED = 3,   /* by a rule; the article is named */
    EXIT_STATUS_MALFORMED = 4, /* input; the place is named */
    EXIT_STATUS_VERIFY = 5,    /* verification failed */
    EXIT_STATUS_KEYS = 6       /* not enough key holders */
};

enum { COMMAND_OPTIONS_MAX = 20, COMMAND_ARGS_MAX = 64 };

struct command_option {
    const char *name;  /* "seats", without the dashes */
    const char *value; /* what stands behind it, "N"; NULL: a switch */
    const char *help;
    bool many; /* may be given more than once */
};

struct cli;
struct command {
    const char *noun, *verb; /* "roll", "import"; verb NULL for commands of one word */
    const char *args;        /* "FILE", "[NAME…]"; "" for none */
    const char *summary;     /* one line */
    const char *example;     /* a whole command line */
    uint32_t args_min, args_max;
    struct command_option options[COMMAND_OPTIONS_MAX]; /* ended by a NULL name; -C, --json, --as,
                                                           --key stand for all */
    int (*run)(struct cli *cli);
    bool raw; /* reads its own arguments: cli->argc and argv, from behind the verb */
};

/* One run of a command: what was asked, and where answers go. */
struct cli {
    const struct command *command;
    const char *program; /* as it was called: commands that we print can be copied */
    const char *dir;     /* -C, or $PLENARY_DIR, or "." */
    const char *as;      /* --as: who acts */
    const char *key;     /* --key: their key file */
    bool json;
    int argc;
    char **argv; /* raw commands only */
    const char *args[COMMAND_ARGS_MAX];
    uint32_t arg_count;
    struct {
        const char *name, *value;
    } given[COMMAND_ARGS_MAX];
    uint32_t given_count;
    FILE *out, *err;
    bool progress; /* draw progress on err: it is a terminal */
};

/* The value of an option, NULL when it was not given; the first one when given more than once. */
const char *cli_option(const struct cli *cli, const char *name);
/* The n-th value (from 0) of an option that may be given more than once. */
const char *cli_option_at(const struct cli *cli, const char *name, uint32_t n);
bool cli_switch(const struct cli *cli, const char *name);
/* A whole number option; `normal` when not given. False and a complaint printed when it is not a
 * number <= max. */
bool cli_number(const struct cli *cli, const char *name, uint64_t normal, uint64_t max,
                uint64_t *ret);

/* "plenary roll import: …" on err; returns EXIT_STATUS_USAGE, so that `return cli_usage(…)` reads
 * well. */
int cli_usage(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same with place and the status that belongs to `code`. `where` is a file or NULL. */
int cli_complain(const struct cli *cli, const char *where, enum code code, const struct fail *fail);
/* "\r  import  [#####-----] 45 %" on err when it is a terminal; done == total ends the line. */
void cli_progress(const struct cli *cli, const char *what, uint64_t done, uint64_t total);

/* Parses argv, finds the command in `families` and runs it; --help, help, --version, man and
 * completion included. */
struct command_family {
    const struct command *commands;
    const size_t *count;
};
int cli_main(int argc, char **argv, const struct command_family *families, size_t count);
#endif

/* frame.c - arguments in, exit status out: finds the command, reads its options, complains with the
 * usage. */
#include "cli/command.h"
#include "cli/help.h"

#include <stdarg.h>
#include <unistd.h>

const char *cli_option_at(const struct cli *cli, const char *name, uint32_t n)
{
    for (uint32_t i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i].name, name) == 0 && n-- == 0) return cli->given[i].value;
    return NULL;
}

const char *cli_option(const struct cli *cli, const char *name)
{
    return cli_option_at(cli, name, 0);
}

bool cli_switch(const struct cli *cli, const char *name)
{
    return cli_option(cli, name) != NULL;
}

bool cli_number(const struct cli *cli, const char *name, uint64_t normal, uint64_t max,
                uint64_t *ret)
{
    const char *text = cli_option(cli, name);
    *ret = normal;
    if (!text || (str_to_u64(str_from(text), ret) && *ret <= max)) return true;
    (void)cli_usage(cli, "--%s %s: expected a whole number up to %llu", name, text,
                    (unsigned long long)max);
    return false;
}

static void print_name(const struct cli *cli, FILE *to)
{
    const struct command *c = cli->command;
    fprintf(to, "plenary%s%s%s%s: ", c ? " " : "", c ? c->noun : "", c && c->verb ? " " : "",
            c && c->verb ? c->verb : "");
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_name(cli, cli->err);
    vfprintf(cli->err, format, args);
    va_end(args);
    fputc('\n', cli->err);
    if (cli->command) help_usage(cli->command, cli->err);
    return EXIT_STATUS_USAGE;
}

static int status_of(enum code code)
{
    switch (code) {
    case CODE_OK: return EXIT_STATUS_OK;
    case CODE_MALFORMED:
    case CODE_TOO_BIG: return EXIT_STATUS_MALFORMED;
    case CODE_NO_MEMORY:
    case CODE_IO:
    case CODE_CORRUPT:
    case CODE_NOT_FOUND:
    case CODE_NOT_YOURS:
    case CODE_BUSY:
    case CODE_INTERNAL: break;
    }
    return EXIT_STATUS_FAILED;
}

int cli_complain(const struct cli *cli, const char *where, enum code code, const struct fail *fail)
{
    const char *message = fail->message[0] ? fail->message : code_name(code);
    if (!where) print_name(cli, cli->err);
    if (where) fprintf(cli->err, "%s:", where);
    if (where && fail->line) fprintf(cli->err, "%llu:", (unsigned long long)fail->line);
    if (where && fail->column) fprintf(cli->err, "%llu:", (unsigned long long)fail->column);
    fprintf(cli->err, "%s%s\n", where ? " " : "", message);
    return status_of(code);
}

void cli_progress(const struct cli *cli, const char *what, uint64_t done, uint64_t total)
{
    enum { WIDTH = 30 };
    if (!cli->progress || total == 0) return;
    char bar[WIDTH + 1];
    uint64_t filled = done * WIDTH / total;
    for (uint64_t i = 0; i < WIDTH; i++) bar[i] = i < filled ? '#' : '-';
    bar[WIDTH] = '\0';
    fprintf(cli->err, "\r  %-12s [%s] %3llu %%%s", what, bar,
            (unsigned long long)(done * 100 / total), done >= total ? "\n" : "");
    fflush(cli->err);
}

static const struct command *find_command(const struct command_family *families, size_t count,
                                          int argc, char **argv)
{
    for (size_t f = 0; f < count; f++) {
        for (size_t i = 0; i < *families[f].count; i++) {
            const struct command *c = &families[f].commands[i];
            if (strcmp(c->noun, argv[1]) != 0) continue;
            if (!c->verb || (argc > 2 && strcmp(c->verb, argv[2]) == 0)) return c;
        }
    }
    return NULL;
}

static const struct command_option common_options[] = {
    {"json", NULL, "one JSON document on standard output", false},
    {"as", "WHO", "who acts: a member's number, name or id", false},
    {"key", "FILE", "the acting person's key file", false},
    {"help", NULL, "how this command is used", false},
};

static const struct command_option *find_option(const struct command *command, const char *name)
{
    for (size_t i = 0; i < COUNT(common_options); i++)
        if (strcmp(common_options[i].name, name) == 0) return &common_options[i];
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
        if (strcmp(command->options[i].name, name) == 0) return &command->options[i];
    return NULL;
}

static void take_option(struct cli *cli, const char *name, const char *value)
{
    if (strcmp(name, "json") == 0) cli->json = true;
    if (strcmp(name, "as") == 0) cli->as = value;
    if (strcmp(name, "key") == 0) cli->key = value;
    cli->given[cli->given_count].name = name;
    cli->given[cli->given_count++].value = value ? value : "";
}

/* "--name", "--name value" or "--name=value" at argv[*at]. */
static int read_option(struct cli *cli, int argc, char **argv, int *at)
{
    static char names[COMMAND_ARGS_MAX][32];
    str rest = str_from(argv[*at] + 2), name = str_cut(&rest, '=');
    bool joined = name.len + 2 < strlen(argv[*at]);
    if (cli->given_count == COMMAND_ARGS_MAX || name.len >= sizeof names[0])
        return cli_usage(cli, "%s: not an option here", argv[*at]);
    char *kept = names[cli->given_count];
    memcpy(kept, name.at, name.len);
    kept[name.len] = '\0';
    const struct command_option *option = find_option(cli->command, kept);
    if (!option) return cli_usage(cli, "--%s: no such option", kept);
    if (!option->many && cli_option(cli, kept)) return cli_usage(cli, "--%s: given twice", kept);
    if (!option->value && joined) return cli_usage(cli, "--%s: takes no value", kept);
    if (option->value && !joined && *at + 1 >= argc)
        return cli_usage(cli, "--%s: expected %s", kept, option->value);
    take_option(cli, kept, !option->value ? NULL : joined ? rest.at : argv[++*at]);
    return EXIT_STATUS_OK;
}

static int read_arguments(struct cli *cli, int argc, char **argv, int from)
{
    bool only_args = false;
    for (int i = from; i < argc; i++) {
        if (!only_args && strcmp(argv[i], "--") == 0) {
            only_args = true;
        } else if (!only_args && strcmp(argv[i], "-C") == 0) {
            if (++i == argc) return cli_usage(cli, "-C: expected the organisation's folder");
            cli->dir = argv[i];
        } else if (!only_args && strncmp(argv[i], "--", 2) == 0) {
            int status = read_option(cli, argc, argv, &i);
            if (status != EXIT_STATUS_OK) return status;
        } else if (cli->arg_count == COMMAND_ARGS_MAX) {
            return cli_usage(cli, "too many arguments");
        } else {
            cli->args[cli->arg_count++] = argv[i];
        }
    }
    if (cli_switch(cli, "help")) return EXIT_STATUS_OK;
    if (cli->arg_count < cli->command->args_min || cli->arg_count > cli->command->args_max)
        return cli_usage(cli, cli->command->args_max ? "expected %s" : "expected no arguments%s",
                         cli->command->args);
    return EXIT_STATUS_OK;
}

static int run_command(struct cli *cli, int argc, char **argv)
{
    int from = cli->command->verb ? 3 : 2;
    cli->argc = argc - from;
    cli->argv = argv + from;
    bool help = cli->argc > 0 && strcmp(cli->argv[0], "--help") == 0;
    if (!cli->command->raw) {
        int status = read_arguments(cli, argc, argv, from);
        if (status != EXIT_STATUS_OK) return status;
        help = cli_switch(cli, "help");
    }
    if (!help) return cli->command->run(cli);
    help_command(cli->command, cli->out);
    return EXIT_STATUS_OK;
}

int cli_main(int argc, char **argv, const struct command_family *families, size_t count)
{
    const char *dir = getenv("PLENARY_DIR");
    struct cli cli = {.program = argv[0],
                      .dir = dir ? dir : ".",
                      .out = stdout,
                      .err = stderr,
                      .progress = isatty(STDERR_FILENO) == 1};
    struct help help = {families, count};
    if (argc < 2 || help_asked(argv[1])) {
        int status = argc < 2 ? EXIT_STATUS_USAGE : EXIT_STATUS_OK;
        return help_topic(&help, argc, argv, argc < 2 ? stderr : stdout) ? status
                                                                         : EXIT_STATUS_USAGE;
    }
    cli.command = find_command(families, count, argc, argv);
    if (cli.command) return run_command(&cli, argc, argv);
    if (help_noun(&help, argv[1], argc > 2 && strcmp(argv[2], "--help") == 0 ? stdout : stderr))
        return argc > 2 && strcmp(argv[2], "--help") == 0 ? EXIT_STATUS_OK : EXIT_STATUS_USAGE;
    fprintf(stderr, "plenary: \"%s\" is not a command; `plenary help` lists them\n", argv[1]);
    return EXIT_STATUS_USAGE;
}

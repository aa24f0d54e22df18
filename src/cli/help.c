#include "cli/help.h"

#ifndef PLENARY_VERSION
#define PLENARY_VERSION "0.1.0"
#endif

static void print_call(const struct command *c, FILE *to)
{
    fprintf(to, "plenary %s%s%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
            *c->args ? " " : "", c->args);
}

void help_usage(const struct command *c, FILE *to)
{
    fprintf(to, "usage: ");
    print_call(c, to);
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name; i++) {
        const struct command_option *o = &c->options[i];
        fprintf(to, " [--%s%s%s]%s", o->name, o->value ? " " : "", o->value ? o->value : "",
                o->many ? "…" : "");
    }
    fputc('\n', to);
}

void help_command(const struct command *c, FILE *to)
{
    fprintf(to, "%s\n\n", c->summary);
    help_usage(c, to);
    if (c->options[0].name) fprintf(to, "\noptions\n");
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name; i++) {
        const struct command_option *o = &c->options[i];
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "",
                       o->value ? o->value : "");
        fprintf(to, "  %-26s %s\n", left, o->help);
    }
    fprintf(to,
            "\nfor every command\n"
            "  -C DIR                     the organisation's folder (else $PLENARY_DIR, else this "
            "folder)\n"
            "  --json                     one JSON document on standard output\n"
            "  --as WHO, --key FILE       who acts, and with which key\n"
            "\nexample\n  %s\n",
            c->example);
}

bool help_asked(const char *word)
{
    static const char *const words[] = {"help", "--help", "-h", "--version", "man", "completion"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

typedef void each_command(const struct command *command, FILE *to);

static size_t for_each(const struct help *help, const char *noun, each_command *each, FILE *to)
{
    size_t found = 0;
    for (size_t f = 0; f < help->count; f++)
        for (size_t i = 0; i < *help->families[f].count; i++) {
            const struct command *c = &help->families[f].commands[i];
            if (noun && strcmp(noun, c->noun) != 0) continue;
            each(c, to);
            found++;
        }
    return found;
}

static void print_line(const struct command *c, FILE *to)
{
    char call[64];
    (void)snprintf(call, sizeof call, "%s%s%s", c->noun, c->verb ? " " : "",
                   c->verb ? c->verb : "");
    fprintf(to, "  %-22s %s\n", call, c->summary);
}

bool help_noun(const struct help *help, const char *noun, FILE *to)
{
    return for_each(help, noun, print_line, to) > 0;
}

static void print_roff(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\') fputc('\\', to);
        fputc(*text, to);
    }
}

static void print_man(const struct command *c, FILE *to)
{
    fprintf(to, ".SS plenary %s%s%s %s\n", c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
            c->args);
    print_roff(c->summary, to);
    fprintf(to, "\n");
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name; i++) {
        fprintf(to, ".TP\n\\-\\-");
        print_roff(c->options[i].name, to);
        fprintf(to, " %s\n", c->options[i].value ? c->options[i].value : "");
        print_roff(c->options[i].help, to);
        fprintf(to, "\n");
    }
    fprintf(to, ".PP\nExample:\n.EX\n");
    print_roff(c->example, to);
    fprintf(to, "\n.EE\n");
}

static void print_completion(const struct command *c, FILE *to)
{
    fprintf(to, "        '%s%s%s') words='%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
            "--json --as --key --help -C");
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name; i++)
        fprintf(to, " --%s", c->options[i].name);
    fprintf(to, "';;\n");
}

static void print_pair(const struct command *c, FILE *to)
{
    fprintf(to, " %s%s%s", c->noun, c->verb ? ":" : "", c->verb ? c->verb : "");
}

static void completion(const struct help *help, FILE *to)
{
    fprintf(to, "# bash completion of plenary; made from its table of commands\n_plenary() {\n"
                "    local cur=${COMP_WORDS[COMP_CWORD]} words pairs='");
    (void)for_each(help, NULL, print_pair, to);
    fprintf(to, "'\n    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    (void)for_each(help, NULL, print_completion, to);
    fprintf(to, "    esac\n"
                "    if [ \"$COMP_CWORD\" = 1 ]; then words=$(printf '%%s\\n' $pairs | cut -d: -f1 "
                "| sort -u)\n"
                "    elif [ \"$COMP_CWORD\" = 2 ]; then words=$(printf '%%s\\n' $pairs | sed -n "
                "\"s/^${COMP_WORDS[1]}://p\")\n"
                "    fi\n"
                "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                "    [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                "}\ncomplete -F _plenary plenary\n");
}

static void man_page(const struct help *help, FILE *to)
{
    fprintf(to, ".TH PLENARY 1 \"\" \"plenary " PLENARY_VERSION "\"\n.SH NAME\n"
                "plenary \\- councils of recallable delegates whose every decision can be checked\n"
                ".SH SYNOPSIS\n.B plenary\n.I NOUN VERB\n[options]\n.SH COMMANDS\n");
    (void)for_each(help, NULL, print_man, to);
    fprintf(to, ".SH EXIT STATUS\n0 ok, 1 failed, 2 usage, 3 refused by a rule (the article is "
                "named), 4 malformed "
                "input (the place is named), 5 verification failed, 6 not enough key holders.\n");
}

bool help_topic(const struct help *help, int argc, char **argv, FILE *to)
{
    const char *word = argc > 1 ? argv[1] : "help";
    if (strcmp(word, "--version") == 0) {
        fprintf(to, "plenary " PLENARY_VERSION "\n");
        return true;
    }
    if (strcmp(word, "man") == 0) {
        man_page(help, to);
        return true;
    }
    if (strcmp(word, "completion") == 0) {
        completion(help, to);
        return true;
    }
    fprintf(to, "plenary: councils of recallable delegates whose every decision can be checked\n\n"
                "usage: plenary <noun> <verb> [options]     each with --help and an example\n\n");
    const char *noun = argc > 2 && argv[2][0] != '-' ? argv[2] : NULL;
    if (!for_each(help, noun, print_line, to)) {
        fprintf(to, "  no command \"%s\"\n", noun);
        return false;
    }
    fprintf(to, "\nexit status: 0 ok, 1 failed, 2 usage, 3 refused by a rule, 4 malformed input, 5 "
                "verification failed\n");
    return true;
}

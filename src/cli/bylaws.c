#include "cli/bylaws.h"

#include "cli/client.h"
#include "cli/input.h"
#include "cli/presets.h"
#include "core/count/count.h"
#include "core/institutions/bylaws.h"

static int run_presets(struct cli *cli)
{
    struct arena arena;
    arena_init(&arena, alloc_libc, 1 << 22);
    if (cli->json) fputc('[', cli->out);
    for (size_t i = 0; i < preset_count; i++) {
        const struct json *object;
        if (json_parse(str_from(presets[i].text), JSON_LINE_MAX, &arena, &object, NULL) != CODE_OK)
            continue;
        const struct json *name = json_get(object, STR("name")),
                          *source = json_get(object, STR("source"));
        if (cli->json)
            fprintf(cli->out, "%s%s", i ? "," : "", presets[i].text);
        else
            fprintf(cli->out, "  %-18s %.*s\n  %-18s source: %.*s\n", presets[i].id,
                    STR_ARG(name->text), "", STR_ARG(source->text));
    }
    if (cli->json) fprintf(cli->out, "]\n");
    arena_done(&arena);
    return EXIT_STATUS_OK;
}

static void print_value(const struct bylaw_parameter *p, uint64_t value, FILE *out)
{
    enum { DAY = 86400, HOUR = 3600 };
    switch (p->type) {
    case BYLAW_SECONDS:
        if (value % DAY == 0)
            fprintf(out, "%llu d", (unsigned long long)(value / DAY));
        else if (value % HOUR == 0)
            fprintf(out, "%llu h", (unsigned long long)(value / HOUR));
        else
            fprintf(out, "%llu s", (unsigned long long)value);
        return;
    case BYLAW_PERCENT: fprintf(out, "%llu %%", (unsigned long long)value); return;
    case BYLAW_SWITCH: fprintf(out, "%s", value ? "yes" : "no"); return;
    case BYLAW_RULE: fprintf(out, "%s", count_rule_name((enum count_rule)value)); return;
    case BYLAW_COUNT: break;
    }
    fprintf(out, "%llu", (unsigned long long)value);
}

static uint64_t value_of(const struct bylaws *bylaws, const struct bylaw_parameter *p)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    if (p->offset == SIZE_MAX) return p->normal;
    const char *field = (const char *)bylaws + p->offset;
    if (p->width == sizeof wide) {
        memcpy(&wide, field, sizeof wide);
        return wide;
    }
    memcpy(&narrow, field, sizeof narrow);
    return narrow;
}

static int show(struct client *c)
{
    struct cli *cli = c->cli;
    if (cli->json) {
        struct buf document;
        buf_init(&document, alloc_libc, BYLAWS_MAX);
        struct fail fail = {0};
        enum code code =
            store_blob_get(node_store(c->node), &c->state->bylaws.document, &document, &fail);
        if (code == CODE_OK) fprintf(cli->out, "%.*s\n", STR_ARG(buf_str(&document)));
        buf_done(&document);
        return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(cli, NULL, code, &fail);
    }
    fprintf(cli->out, "bylaws of %.*s, document %s\n",
            STR_ARG(state_text(c->state, c->state->org.name)),
            client_hex(c, c->state->bylaws.document.bytes, 32));
    for (size_t i = 0; bylaw_parameter_at(i); i++) {
        const struct bylaw_parameter *p = bylaw_parameter_at(i);
        fprintf(cli->out, "  %-24.*s ", STR_ARG(p->name));
        print_value(p, value_of(&c->state->bylaws, p), cli->out);
        fprintf(cli->out, "%s\n  %24s   %.*s\n", p->entrenched ? "  (entrenched)" : "", "",
                STR_ARG(p->sentence));
    }
    return EXIT_STATUS_OK;
}

static const char *severity_word(enum bylaw_severity severity)
{
    return severity == BYLAW_ERROR ? "error" : severity == BYLAW_WARNING ? "warning" : "note";
}

static void print_findings(struct cli *cli, const struct bylaws_report *report)
{
    if (cli->json) fprintf(cli->out, "{\"errors\":%u,\"findings\":[", report->errors);
    for (uint32_t i = 0; i < report->count; i++) {
        const struct bylaw_finding *f = &report->finding[i];
        if (cli->json)
            fprintf(cli->out, "%s{\"message\":\"%s\",\"parameter\":\"%.*s\",\"severity\":\"%s\"}",
                    i ? "," : "", f->message, STR_ARG(f->parameter), severity_word(f->severity));
        else
            fprintf(cli->out, "%-8s %.*s: %s\n", severity_word(f->severity), STR_ARG(f->parameter),
                    f->message);
    }
    if (cli->json)
        fprintf(cli->out, "]}\n");
    else if (report->count == 0)
        fprintf(cli->out, "nothing to say against these bylaws\n");
}

static int lint_text(struct cli *cli, const char *where, str text)
{
    struct arena arena;
    struct bylaws_report report;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, 1 << 22);
    enum code code = bylaws_lint(str_trim(text), &arena, &report, &fail);
    if (code == CODE_OK) print_findings(cli, &report);
    arena_done(&arena);
    if (code != CODE_OK) return cli_complain(cli, where, code, &fail);
    return report.errors ? EXIT_STATUS_MALFORMED : EXIT_STATUS_OK;
}

static int read_document(struct cli *cli, const char *path, struct buf *ret)
{
    struct fail fail = {0};
    enum code code = input_read(path, BYLAWS_MAX, ret, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(cli, path, code, &fail);
}

static int run_lint(struct cli *cli)
{
    struct buf text = {0};
    int status = read_document(cli, cli->args[0], &text);
    if (status == EXIT_STATUS_OK) status = lint_text(cli, cli->args[0], buf_str(&text));
    buf_done(&text);
    return status;
}

static int adopt(struct client *c)
{
    struct buf text = {0};
    struct fail fail = {0};
    hash32 name;
    int status = read_document(c->cli, c->cli->args[0], &text);
    if (status != EXIT_STATUS_OK) return status;
    enum code code = node_blob_put(c->node, str_trim(buf_str(&text)), &name, &fail);
    buf_done(&text);
    if (code != CODE_OK) return cli_complain(c->cli, NULL, code, &fail);
    status =
        client_act(c, "bylaws.adopt",
                   str_from(client_text(c, "{\"bylaws\":\"%s\"}", client_hex(c, name.bytes, 32))));
    return status == EXIT_STATUS_OK ? client_finish(c) : status;
}

static int run_show(struct cli *cli)
{
    return client_run(cli, NODE_READ, show);
}

static int run_adopt(struct cli *cli)
{
    return client_run(cli, NODE_WRITE, adopt);
}

const struct command bylaws_commands[] = {
    {.noun = "bylaws",
     .verb = "presets",
     .args = "",
     .summary = "rule sets to start from, with their sources",
     .example = "plenary bylaws presets",
     .run = run_presets},
    {.noun = "bylaws",
     .verb = "show",
     .args = "",
     .summary = "the bylaws in force, each parameter explained",
     .example = "plenary bylaws show -C org",
     .run = run_show},
    {.noun = "bylaws",
     .verb = "lint",
     .args = "FILE",
     .summary = "gaps and conflicts in a bylaws document, explained",
     .example = "plenary bylaws lint bylaws.json",
     .args_min = 1,
     .args_max = 1,
     .run = run_lint},
    {.noun = "bylaws",
     .verb = "adopt",
     .args = "FILE",
     .summary = "sign new bylaws: in force when enough delegates of the top council have",
     .example = "plenary bylaws adopt bylaws.json --as 004217 -C org",
     .args_min = 1,
     .args_max = 1,
     .run = run_adopt},
};
const size_t bylaws_command_count = COUNT(bylaws_commands);

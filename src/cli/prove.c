#include "cli/prove.h"

#include "base/json.h"
#include "prove/attempt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct session {
    struct cli *cli;
    struct scratch *founded;
    char dir[SCRATCH_PATH_MAX];
    bool keeps;
    uint32_t tried, succeeded, unclear;
    struct buf text; /* --json: the document so far */
    struct json_writer json;
};

static bool is_wanted(const struct cli *cli, const struct attempt *attempt)
{
    for (uint32_t i = 0; i < cli->arg_count; i++)
        if (strcmp(cli->args[i], attempt->name) == 0) return true;
    return cli->arg_count == 0;
}

/* Every name that was given is one of ours. */
static int check_names(const struct cli *cli)
{
    for (uint32_t i = 0; i < cli->arg_count; i++) {
        const struct attempt *attempt;
        size_t k = 0;
        while ((attempt = attempt_at(k)) && strcmp(attempt->name, cli->args[i]) != 0) k++;
        if (!attempt)
            return cli_usage(cli, "\"%s\": no such attempt; `plenary prove` names them",
                             cli->args[i]);
    }
    return EXIT_STATUS_OK;
}

static void print_result(struct session *s, const struct attempt *attempt,
                         const struct attempt_result *result)
{
    FILE *out = s->cli->out;
    fprintf(out, "  %-9s %-28s", attempt_outcome_name(result->outcome), attempt->name);
    switch (result->outcome) {
    case ATTEMPT_REFUSED: fprintf(out, " %.*s", STR_ARG(guard_name(attempt->guard))); break;
    case ATTEMPT_DETECTED: fprintf(out, " %s", result->detail); break;
    case ATTEMPT_SURVIVED: fprintf(out, " %s", attempt->then); break;
    case ATTEMPT_SUCCEEDED: fprintf(out, " %s", attempt->tries); break;
    case ATTEMPT_UNCLEAR: fprintf(out, " %s", result->detail); break;
    }
    if (s->keeps && result->outcome == ATTEMPT_DETECTED) fprintf(out, " [%s]", result->evidence);
    fputc('\n', out);
    if (s->cli->arg_count)
        fprintf(out, "            tries  %s\n            guard  %.*s: %.*s\n", attempt->tries,
                STR_ARG(guard_name(attempt->guard)), STR_ARG(guard_sentence(attempt->guard)));
    fflush(out);
}

static void json_result(struct session *s, const struct attempt *attempt,
                        const struct attempt_result *result)
{
    struct json_writer *w = &s->json;
    json_object(w);
    if (result->detail[0]) json_kv_str(w, STR("detail"), str_from(result->detail));
    if (s->keeps && result->evidence[0])
        json_kv_str(w, STR("evidence"), str_from(result->evidence));
    json_kv_str(w, STR("guard"), guard_name(attempt->guard));
    json_kv_str(w, STR("name"), str_from(attempt->name));
    json_kv_str(w, STR("organ"), str_from(attempt_organ_of(attempt)));
    json_kv_str(w, STR("outcome"), str_from(attempt_outcome_name(result->outcome)));
    json_kv_str(w, STR("rule"), guard_sentence(attempt->guard));
    if (attempt->then) json_kv_str(w, STR("then"), str_from(attempt->then));
    json_kv_str(w, STR("tries"), str_from(attempt->tries));
    json_object_end(w);
}

static void try_one(struct session *s, const struct attempt *attempt)
{
    char folder[SCRATCH_PATH_MAX];
    struct attempt_result result = {.outcome = ATTEMPT_UNCLEAR,
                                    .detail = "the folder's name is too long"};
    int len = snprintf(folder, sizeof folder, "%s/%s", s->dir, attempt->name);
    if (len > 0 && len < (int)sizeof folder) attempt_try(attempt, s->founded, folder, &result);
    s->tried++;
    s->succeeded += result.outcome == ATTEMPT_SUCCEEDED;
    s->unclear += result.outcome == ATTEMPT_UNCLEAR;
    if (s->cli->json)
        json_result(s, attempt, &result);
    else
        print_result(s, attempt, &result);
    if (!s->keeps && len > 0 && len < (int)sizeof folder) scratch_remove(folder);
}

static void print_end(struct session *s)
{
    FILE *out = s->cli->out;
    const char *sentence;
    fprintf(out, "\nnot covered by any attempt\n");
    for (size_t i = 0; (sentence = attempt_not_covered(i)); i++) fprintf(out, "  - %s\n", sentence);
    if (!s->keeps)
        fprintf(out, "\n`plenary prove --keep DIR` keeps every organisation, refusal and piece of "
                     "evidence.\n");
    fprintf(out, "\ntakeover attempts: %u tried, %u succeeded", s->tried, s->succeeded);
    if (s->unclear) fprintf(out, ", %u proved nothing", s->unclear);
    fputc('\n', out);
}

static void json_end(struct session *s)
{
    struct json_writer *w = &s->json;
    const char *sentence;
    json_array_end(w);
    json_key(w, STR("not_covered"));
    json_array(w);
    for (size_t i = 0; (sentence = attempt_not_covered(i)); i++) json_str(w, str_from(sentence));
    json_array_end(w);
    json_kv_u64(w, STR("succeeded"), s->succeeded);
    json_kv_u64(w, STR("tried"), s->tried);
    json_kv_u64(w, STR("unclear"), s->unclear);
    json_object_end(w);
    fprintf(s->cli->out, "%.*s\n", STR_ARG(buf_str(&s->text)));
}

#ifdef PLENARY_TAKEOVER_SWITCHES
/* The build for tests: attempts with guards cleared show what the guards are for. */
static int clear_guards(struct session *s)
{
    const char *name;
    for (uint32_t i = 0; (name = cli_option_at(s->cli, "clear", i)); i++) {
        unsigned guard = 1;
        while (guard < GUARD_COUNT && !str_eq(guard_name(guard), str_from(name))) guard++;
        if (guard == GUARD_COUNT) return cli_usage(s->cli, "--clear %s: no such guard", name);
        s->founded->cleared[guard] = 1;
    }
    return EXIT_STATUS_OK;
}
#endif

static int try_all(struct session *s)
{
    char folder[SCRATCH_PATH_MAX];
    int len = snprintf(folder, sizeof folder, "%s/founded", s->dir);
    if (len < 0 || len >= (int)sizeof folder - 100)
        return cli_usage(s->cli, "the folder's name is too long");
    if (!scratch_found(s->founded, folder))
        return cli_usage(s->cli, "the scratch organisation could not be founded: %s",
                         s->founded->broken);
#ifdef PLENARY_TAKEOVER_SWITCHES
    if (clear_guards(s) != EXIT_STATUS_OK) return EXIT_STATUS_USAGE;
#endif
    if (s->cli->json) {
        json_object(&s->json);
        json_key(&s->json, STR("attempts"));
        json_array(&s->json);
    } else
        fprintf(s->cli->out,
                "against a scratch organisation of %u members in %u units, confirmed, in this "
                "program\n\n",
                s->founded->people, (unsigned)SCRATCH_UNITS);
    const struct attempt *attempt;
    for (size_t i = 0; (attempt = attempt_at(i)); i++)
        if (is_wanted(s->cli, attempt)) try_one(s, attempt);
    if (s->cli->json)
        json_end(s);
    else
        print_end(s);
    return s->succeeded || s->unclear ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
}

static int make_folder(struct session *s)
{
    const char *keep = cli_option(s->cli, "keep");
    s->keeps = keep != NULL;
    if (!keep)
        return scratch_temporary(s->dir)
                   ? EXIT_STATUS_OK
                   : cli_usage(s->cli, "no temporary folder can be made: %s", strerror(errno));
    int len = snprintf(s->dir, sizeof s->dir, "%s", keep);
    if (len >= (int)sizeof s->dir)
        return cli_usage(s->cli, "--keep: the folder's name is too long");
    if (mkdir(keep, 0700) == 0) return EXIT_STATUS_OK;
    return cli_usage(s->cli, "--keep %s: expected a folder that is not there yet: %s", keep,
                     strerror(errno));
}

static int run_prove(struct cli *cli)
{
    struct session *s = calloc(1, sizeof *s);
    struct scratch *founded = calloc(1, sizeof *founded);
    int status = check_names(cli);
    if (!s || !founded) status = EXIT_STATUS_FAILED;
    if (status == EXIT_STATUS_OK) {
        *s = (struct session){.cli = cli, .founded = founded};
        buf_init(&s->text, alloc_libc, 1 << 20);
        json_writer_init(&s->json, &s->text);
        status = make_folder(s);
        if (status == EXIT_STATUS_OK) {
            status = try_all(s);
            if (!s->keeps) scratch_remove(s->dir);
        }
        scratch_done(founded);
        buf_done(&s->text);
    }
    free(founded);
    free(s);
    return status;
}

const struct command prove_commands[] = {
    {.noun = "prove",
     .args = "[NAME…]",
     .summary = "try known takeovers against a scratch organisation in this program",
     .example = "plenary prove --keep evidence",
     .args_max = COMMAND_ARGS_MAX,
     .options =
         {
             {"keep", "DIR",
              "keep every organisation, refusal and piece of evidence in a new folder", false},
#ifdef PLENARY_TAKEOVER_SWITCHES
             {"clear", "GUARD", "this build alone: try without that guard", true},
#endif
         },
     .run = run_prove},
};
const size_t prove_command_count = COUNT(prove_commands);

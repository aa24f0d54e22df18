#include "cli/recover.h"

#include "audit/audit.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/init.h"
#include "node/refill.h"

static int complain(const struct cli *cli, enum code code, const struct fail *fail)
{
    int status = cli_complain(cli, NULL, code, fail);
    return code == CODE_CORRUPT || code == CODE_NOT_YOURS ? EXIT_STATUS_VERIFY : status;
}

static int say(const struct cli *cli, bool ok, const char *text)
{
    struct buf out;
    struct json_writer w;
    if (!cli->json) {
        fprintf(cli->out, "%s\n", text);
        return ok ? EXIT_STATUS_OK : EXIT_STATUS_VERIFY;
    }
    buf_init(&out, alloc_libc, 4096);
    json_writer_init_free(&w, &out);
    json_object(&w);
    json_kv_bool(&w, STR("ok"), ok);
    json_kv_str(&w, STR("finding"), str_from(text));
    json_object_end(&w);
    fprintf(cli->out, "%.*s\n", STR_ARG(buf_str(&out)));
    buf_done(&out);
    return ok ? EXIT_STATUS_OK : EXIT_STATUS_VERIFY;
}

/* Without --from: what the lock says, and what can be done. */
static int report(const struct cli *cli, const struct refill_state *found)
{
    char text[400];
    switch (found->finding) {
    case RECOVER_SOUND:
        return say(cli, true, "nothing to recover: the log holds all that was signed, and no more");
    case RECOVER_UNSIGNED:
        return say(
            cli, true,
            "nothing to recover: the log goes beyond what was signed; the next command signs it");
    case RECOVER_MISSING:
        (void)snprintf(
            text, sizeof text,
            "an older copy was restored: %llu entries were signed, the log holds %llu. "
            "Give --from with an "
            "export or a mirror that has them; the signer signs nothing until then. Where "
            "nobody has them, --new-epoch goes on without, marked in the record for all",
            (unsigned long long)found->lock.size, (unsigned long long)found->size);
        return say(cli, false, text);
    case RECOVER_FORKED: break;
    }
    return say(
        cli, false,
        "the log is not the one that was signed: it has other entries. No copy mends that; keep "
        "both and compare them with plenary-verify");
}

static int audit_source(const struct cli *cli, const char *from, struct fail *fail)
{
    struct buf key;
    struct audit *audit = NULL;
    buf_init(&key, alloc_libc, 512);
    enum code code = refill_log_key(cli->dir, &key, fail);
    struct audit_options options = {.key = buf_str(&key)};
    if (code == CODE_OK) code = audit_run(from, &options, alloc_libc, &audit, fail);
    buf_done(&key);
    if (code == CODE_OK && audit_report(audit)->verdict != AUDIT_REPLAYED)
        code = fail_set(fail, CODE_NOT_FOUND, "acts",
                        "%.100s withholds acts: a public export cannot refill a log", from);
    audit_close(audit);
    return code == CODE_OK ? EXIT_STATUS_OK : complain(cli, code, fail);
}

/* Opening the node for writing signs what is there and brings the export in step. */
static int settle(struct cli *cli, const struct recover_report *done)
{
    struct client c;
    char text[200];
    int status = client_open(&c, cli, NODE_WRITE);
    if (status == EXIT_STATUS_OK) {
        (void)snprintf(
            text, sizeof text,
            "recovered %llu entries and %llu blobs: the log holds %llu, all that was signed",
            (unsigned long long)done->entries, (unsigned long long)done->blobs,
            (unsigned long long)state_size(c.state));
        status = say(cli, true, text);
    }
    client_close(&c);
    return status;
}

/* The act that says before everybody what is lost. */
static int mark_epoch(struct client *c, const struct merkle_head *lost)
{
    char root[48];
    int status = client_actor(c);
    if (status != EXIT_STATUS_OK) return status;
    base64_encode(lost->root.bytes, sizeof lost->root, root);
    const char *body = client_text(c, "{\"lost\":{\"root\":\"%s\",\"size\":%llu}}", root,
                                   (unsigned long long)lost->size);
    struct compose compose = {
        .kind = STR("org.epoch"),
        .body = str_from(body),
        .by = c->actor.mid,
        .key_count = 2,
        .key = {{{KEY_DEVICE, c->actor.mid, c->actor.device}, &c->actor.secret},
                {{.role = KEY_NODE}, node_second_channel(c->node)}}};
    status = client_submit(c, &compose);
    return status == EXIT_STATUS_OK ? client_commit(c) : status;
}

static int new_epoch(struct cli *cli)
{
    struct client c;
    struct merkle_head lost;
    char text[300];
    int status = client_open_epoch(&c, cli);
    if (status == EXIT_STATUS_OK && node_lost(c.node, &lost)) status = mark_epoch(&c, &lost);
    if (status == EXIT_STATUS_OK) {
        const struct epoch_row *epoch = state_epoch(c.state, c.state->epoch.count - 1);
        (void)snprintf(text, sizeof text,
                       "a new epoch begins at entry %llu: %llu entries had been signed, %llu of "
                       "them are lost. Who "
                       "holds an older checkpoint will see that; tell the members, and give them "
                       "the new words",
                       (unsigned long long)epoch->index, (unsigned long long)epoch->lost_size,
                       (unsigned long long)(epoch->lost_size - epoch->index));
        status = say(cli, true, text);
    }
    if (status == EXIT_STATUS_OK && !cli->json) init_print_words(&c);
    client_close(&c);
    return status;
}

static int run_recover(struct cli *cli)
{
    struct refill_state found;
    struct recover_report done;
    struct fail fail = {0};
    const char *from = cli_option(cli, "from");
    enum code code = refill_look(cli->dir, &found, &fail);
    if (code != CODE_OK) return complain(cli, code, &fail);
    if (cli_switch(cli, "new-epoch") && !from) return new_epoch(cli);
    if (!from || found.finding != RECOVER_MISSING) return report(cli, &found);
    int status = audit_source(cli, from, &fail);
    if (status != EXIT_STATUS_OK) return status;
    code = refill_from(cli->dir, from, &done, &fail);
    if (code != CODE_OK) return complain(cli, code, &fail);
    return settle(cli, &done);
}

const struct command recover_commands[] = {
    {.noun = "recover",
     .args = "",
     .summary = "refill an older copy of the record from an export or a mirror",
     .example = "plenary recover -C north --from /mnt/backup/north.tar",
     .options = {{"from", "EXPORT",
                  "a folder or tar that holds the entries missing here; it is verified first",
                  false},
                 {"new-epoch", NULL,
                  "nobody holds them: go on from here, with an act that says so to everybody",
                  false}},
     .run = run_recover},
};
const size_t recover_command_count = COUNT(recover_commands);

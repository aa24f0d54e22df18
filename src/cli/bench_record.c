/* bench_record.c - writing a record and replaying it: real members, real ballots, the public way
 * in. */
#include "cli/bench.h"

#include "cli/demo_play.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    ACCEPT_ACTS = 10000,
    COMMIT_ACTS = 100, /* acts in one commit */
    MEMBERS_A_UNIT = 40,
    REPLAY_ACTS = 40000,
    ACTS_A_MEMBER_TENTHS = 33, /* of the whole demonstration */
    VERIFIED_ROOM = 4096
};

/* An organisation of that many members, to be founded in the benchmark's folder. */
static int cast(struct bench *bench, uint64_t members, struct demo **ret)
{
    uint64_t units = members / MEMBERS_A_UNIT;
    if (members < 100 || members > DEMO_MEMBERS_MAX)
        return cli_usage(bench->cli,
                         "--acts: expected so many that 100 to 200,000 members make them");
    struct demo *d = calloc(1, sizeof *d);
    if (!d) return EXIT_STATUS_FAILED;
    units = units < 2 ? 2 : units > DEMO_UNITS_MAX ? DEMO_UNITS_MAX : units;
    d->c.cli = bench->cli;
    bench->cli->dir = bench->organisation;
    *ret = d;
    return demo_cast(d, (uint32_t)members, (uint32_t)units) ? EXIT_STATUS_OK : EXIT_STATUS_FAILED;
}

static void dismiss(struct demo *d)
{
    if (!d) return;
    demo_end(d);
    free(d);
}

/* ---- accept ---- */

struct post {
    struct arena arena;
    str *notes; /* signed beforehand, one ballot of each member */
    uint32_t count;
    uint64_t bytes;
    double *waits; /* seconds of each commit with its acts */
    uint32_t waits_count;
};

static enum code sign_ballots(struct demo *d, const hash32 *election, struct post *post)
{
    struct buf body, note;
    enum code code = CODE_OK;
    buf_init(&body, alloc_libc, 4096);
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    post->notes = ARENA_ARRAY(&post->arena, d->members, str);
    if (!post->notes) code = CODE_NO_MEMORY;
    for (uint32_t m = 0; m < d->members && code == CODE_OK; m++) {
        const struct keyfile *key = &d->member[m].key;
        buf_clear(&body);
        buf_clear(&note);
        code = demo_ballot(d, m, election, &body);
        struct compose compose = {.kind = STR("ballot.open"),
                                  .body = buf_str(&body),
                                  .by = key->mid,
                                  .key_count = 1,
                                  .at = node_now(d->c.node),
                                  .key = {{{KEY_DEVICE, key->mid, key->device}, &key->secret}}};
        stream_bytes(&d->chance, compose.nonce.bytes, sizeof compose.nonce);
        if (code == CODE_OK) code = compose_act(d->c.state, &compose, &note);
        if (code == CODE_OK && !arena_copy(&post->arena, buf_str(&note), &post->notes[m]))
            code = CODE_NO_MEMORY;
        post->bytes += note.len;
    }
    post->count = d->members;
    buf_done(&body);
    buf_done(&note);
    return code;
}

static enum code accept_all(struct node *node, struct post *post, struct fail *fail)
{
    struct node_reply reply;
    struct bench_times start = bench_now();
    for (uint32_t i = 0; i < post->count; i++) {
        TRY(node_submit(node, post->notes[i], &reply, fail));
        if (reply.article != ARTICLE_NONE)
            return fail_set(fail, CODE_INTERNAL, "refused", "ballot %u was refused", i);
        if ((i + 1) % COMMIT_ACTS && i + 1 < post->count) continue;
        TRY(node_commit(node, fail));
        post->waits[post->waits_count++] = bench_since(start).wall;
        start = bench_now();
    }
    return CODE_OK;
}

/* What the disk itself gives: the same bytes appended to a plain file, one fdatasync a commit. */
static double plain_file(const struct bench *bench, const struct post *post)
{
    char path[PATH_MAX + 8];
    (void)snprintf(path, sizeof path, "%s/plain", bench->dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct buf block;
    bool good = fd >= 0;
    buf_init(&block, alloc_libc, (size_t)64 << 20);
    struct bench_times start = bench_now();
    for (uint32_t i = 0; i < post->count && good; i++) {
        buf_add(&block, post->notes[i]);
        if ((i + 1) % COMMIT_ACTS && i + 1 < post->count) continue;
        good = write(fd, block.at, block.len) == (ssize_t)block.len && fdatasync(fd) == 0;
        buf_clear(&block);
    }
    double took = bench_since(start).wall;
    buf_done(&block);
    if (fd >= 0) (void)close(fd);
    return good ? took : 0;
}

static int compare_waits(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell_accept(struct bench *bench, struct post *post, struct bench_times took)
{
    double acts = (double)post->count, plain = plain_file(bench, post);
    qsort(post->waits, post->waits_count, sizeof *post->waits, compare_waits);
    bench_figure(&bench->ours, "acts", acts);
    bench_figure(&bench->ours, "acts_per_second", acts / took.wall);
    bench_figure(&bench->ours, "seconds", took.wall);
    bench_figure(&bench->ours, "cpu_seconds", took.cpu);
    bench_figure(&bench->ours, "commit_ms_median", post->waits[post->waits_count / 2] * 1e3);
    bench_figure(&bench->ours, "commit_ms_99_percent",
                 post->waits[(uint64_t)post->waits_count * 99 / 100] * 1e3);
    bench_figure(&bench->ours, "bytes_an_act", (double)post->bytes / acts);
    if (plain <= 0) return;
    bench->peer_name = "a plain file: the same bytes, unread and unchecked, one fdatasync each 100";
    bench_figure(&bench->peer, "acts_per_second", acts / plain);
    bench->ratio = plain / took.wall;
}

/* Up to the moment before the first ballot, all of it on the disk. */
static int open_ballots(struct demo *d, hash32 *ret_election)
{
    int status = demo_found(d, "bench");
    if (status == EXIT_STATUS_OK) status = demo_enrol(d);
    if (status == EXIT_STATUS_OK) status = demo_open_ballots(d, ret_election);
    return status == EXIT_STATUS_OK ? client_commit(&d->c) : status;
}

static int accept_ballots(struct bench *bench, struct demo *d, struct post *post)
{
    struct fail fail = {0};
    hash32 election;
    int status = open_ballots(d, &election);
    if (status != EXIT_STATUS_OK) return status;
    enum code code = sign_ballots(d, &election, post);
    struct bench_times start = bench_now();
    if (code == CODE_OK) code = accept_all(d->c.node, post, &fail);
    struct bench_times took = bench_since(start);
    if (code != CODE_OK) return cli_complain(bench->cli, NULL, code, &fail);
    tell_accept(bench, post, took);
    return EXIT_STATUS_OK;
}

int bench_accept(struct bench *bench)
{
    struct demo *d = NULL;
    struct post post = {0};
    uint64_t acts = bench->acts ? bench->acts : ACCEPT_ACTS;
    int status = cast(bench, acts, &d);
    arena_init(&post.arena, alloc_libc, (size_t)1 << 30);
    post.waits = ARENA_ARRAY(&post.arena, acts / COMMIT_ACTS + 1, double);
    if (status == EXIT_STATUS_OK)
        status = post.waits ? accept_ballots(bench, d, &post) : EXIT_STATUS_FAILED;
    arena_done(&post.arena);
    dismiss(d);
    return status;
}

/* ---- replay ---- */

struct opening {
    struct bench_times took;
    uint64_t entries;
};

static enum code open_timed(const char *dir, bool snapshot, bool signatures, struct opening *ret,
                            struct fail *fail)
{
    struct node *node;
    struct node_options how = {
        .mode = NODE_READ, .no_snapshot = !snapshot, .check_signatures = signatures};
    struct bench_times start = bench_now();
    TRY(node_open(dir, &how, &node, fail));
    ret->took = bench_since(start);
    ret->entries = state_size(node_state(node));
    node_close(node);
    return CODE_OK;
}

/* Seconds that `count` signatures of `bytes` bytes take on one processor, and nothing else. */
static double verify_only(double count, size_t bytes)
{
    char text[VERIFIED_ROOM];
    struct secret_key key;
    uint8_t seed[32] = {1};
    uint32_t tries = 2000, good = 0;
    memset(text, 'a', sizeof text);
    secret_key_from_seed(&key, seed);
    str message = {text, bytes < sizeof text ? bytes : sizeof text};
    key32 public_key = secret_key_public(&key);
    sig64 signature = sign_message(&key, message);
    struct bench_times start = bench_now();
    for (uint32_t i = 0; i < tries; i++) good += sign_verify(&public_key, message, &signature);
    double took = bench_since(start).wall;
    secret_key_done(&key);
    return good == tries ? took / tries * count : 0;
}

static void count_lines(const struct state *s, double *ret_signatures)
{
    /* Enrolments and confirmations carry two lines; all members of the demonstration have made
     * both. */
    *ret_signatures =
        (double)state_size(s) + 2.0 * (double)(s->key.count > 0 ? s->key.count - 1 : 0);
}

static enum code replay_all(struct bench *bench, double signatures, struct fail *fail)
{
    struct opening full, trusted, snapshot;
    const char *dir = bench->cli->dir;
    TRY(open_timed(dir, false, true, &full, fail));
    TRY(open_timed(dir, false, false, &trusted, fail));
    TRY(open_timed(dir, true, false, &snapshot, fail));
    bench_figure(&bench->ours, "entries", (double)full.entries);
    bench_figure(&bench->ours, "signatures", signatures);
    bench_figure(&bench->ours, "seconds", full.took.wall);
    bench_figure(&bench->ours, "cpu_seconds", full.took.cpu);
    bench_figure(&bench->ours, "entries_per_second", (double)full.entries / full.took.wall);
    bench_figure(&bench->ours, "trusted_seconds", trusted.took.wall);
    bench_figure(&bench->ours, "trusted_cpu_seconds", trusted.took.cpu);
    bench_figure(&bench->ours, "snapshot_seconds", snapshot.took.wall);
    double floor = verify_only(signatures, 600) / (double)sysconf(_SC_NPROCESSORS_ONLN);
    if (floor <= 0) return CODE_OK;
    bench->peer_name = "libsodium verifying as many signatures on all processors, and nothing else";
    bench_figure(&bench->peer, "seconds", floor);
    bench->ratio = floor / full.took.wall;
    return CODE_OK;
}

int bench_replay(struct bench *bench)
{
    struct demo *d = NULL;
    struct fail fail = {0};
    double signatures = 0;
    uint64_t acts = bench->acts ? bench->acts : REPLAY_ACTS;
    int status = cast(bench, acts * 10 / ACTS_A_MEMBER_TENTHS, &d);
    if (status == EXIT_STATUS_OK) status = demo_play(d, "bench");
    if (status == EXIT_STATUS_OK) {
        count_lines(d->c.state, &signatures);
        client_close(&d->c); /* leaves the snapshot */
        enum code code = replay_all(bench, signatures, &fail);
        if (code != CODE_OK) status = cli_complain(bench->cli, NULL, code, &fail);
    }
    dismiss(d);
    return status;
}

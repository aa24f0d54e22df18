/* The node end to end without the command line: create, found, submit, refuse, commit, reopen,
 * snapshot; what goes wrong at night: a deadline between two looks at the clock, a full disk, a
 * stale snapshot, a restored database, wrong keys. */
#include "world.h"

#include "base/text.h"
#include "core/record/texts.h"
#include "folder.h"
#include "node/node.h"
#include "sign/judge.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* The system's clock as the node sees it: each look is `clock_step` later. */
static time_t clock_now = (time_t)WORLD_START, clock_step;
time_t time(time_t *ret)
{
    time_t now = clock_now;
    clock_now += clock_step;
    if (ret) *ret = now;
    return now;
}

struct place {
    char *dir;
    const char *origin;
    struct secret_key key[2];
    device4 device[2];
    mid16 mid;
    uint32_t nonce;
};

static const struct node_seeds seeds = {{1}, {2}, {3}};

static struct place place_make(const char *origin)
{
    struct place place = {
        .dir = folder_make(), .origin = origin, .mid = {{9}}, .device = {{{7}}, {{8}}}};
    struct fail fail = {0};
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {5, i};
        secret_key_from_seed(&place.key[i], seed);
    }
    CHECK(node_create(place.dir, str_from(origin), &seeds, &fail) == CODE_OK, "%s", fail.message);
    return place;
}

static struct node *reopen(const struct place *place, struct node_options options)
{
    struct node *node = NULL;
    struct fail fail = {0};
    enum code code = node_open(place->dir, &options, &node, &fail);
    CHECK(code == CODE_OK, "open: %s %s", code_name(code), fail.message);
    if (!node) abort();
    return node;
}

static struct node *writer(const struct place *place)
{
    return reopen(place, (struct node_options){.mode = NODE_WRITE});
}

/* The reason for which the folder does not open. */
static const char *refuses(const struct place *place, struct node_options options,
                           enum code expected, struct fail *fail)
{
    struct node *node = NULL;
    *fail = (struct fail){0};
    enum code code = node_open(place->dir, &options, &node, fail);
    CHECK(code == expected, "open: %s %s", code_name(code), fail->message);
    node_close(node);
    return fail->reason;
}

static void vkey_of(struct buf *out, const struct place *place, const char *role, key32 key)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%s%s", place->origin, role);
    vkey_write(out, str_from(name), &key);
}

static void found_body(const struct place *place, struct node *node, struct buf *body)
{
    hash32 bylaws;
    str text = STR("{\"name\":\"Test\",\"parameters\":{},\"preset\":\"branch\",\"version\":1}");
    if (node_blob_put(node, text, &bylaws, NULL) != CODE_OK) abort();
    key32 key = secret_key_public(&place->key[0]);
    buf_add_cstr(body, "{\"bylaws\":\"");
    buf_add_hex(body, bylaws.bytes, 32);
    buf_add_cstr(body, "\",\"device\":\"");
    buf_add_hex(body, place->device[0].bytes, 4);
    buf_add_cstr(body, "\",\"key\":\"");
    buf_add_hex(body, key.bytes, 32);
    buf_add_cstr(body, "\",\"log_key\":\"");
    vkey_of(body, place, "", node_public_key(node, NODE_KEY_LOG));
    buf_add_cstr(body, "\",\"node_key\":\"");
    vkey_of(body, place, "/n", node_public_key(node, NODE_KEY_NODE));
    buf_add_cstr(body, "\",\"refusal_key\":\"");
    vkey_of(body, place, "/r", node_public_key(node, NODE_KEY_REFUSAL));
    buf_add_cstr(body, "\",\"rules\":1}");
}

static void compose(struct place *place, struct node *node, struct compose *c, struct buf *note)
{
    c->origin = str_from(place->origin);
    c->by = place->mid;
    if (!c->at) c->at = node_now(node);
    c->nonce = (nonce16){{(uint8_t)++place->nonce, (uint8_t)(place->nonce >> 8)}};
    if (compose_act(node_state(node), c, note) != CODE_OK) abort();
}

static struct compose_key key_at(const struct place *place, size_t i)
{
    return (struct compose_key){{KEY_DEVICE, place->mid, place->device[i]}, &place->key[i]};
}

/* An act by one device; the node's answer; the note stays in `note`. */
static enum code try_act(struct place *place, struct node *node, size_t device, const char *kind,
                         const char *body, struct buf *note, struct node_reply *reply)
{
    struct fail fail = {0};
    struct compose c = {.kind = str_from(kind),
                        .body = str_from(body),
                        .key_count = 1,
                        .key = {key_at(place, device)}};
    compose(place, node, &c, note);
    *reply = (struct node_reply){0};
    return node_submit(node, buf_str(note), reply, &fail);
}

static enum article act(struct place *place, struct node *node, const char *kind, const char *body)
{
    struct buf note;
    struct node_reply reply;
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    enum code code = try_act(place, node, 0, kind, body, &note, &reply);
    CHECK(code == CODE_OK, "%s: %s", kind, code_name(code));
    CHECK(code != CODE_OK || (reply.article == ARTICLE_NONE) == (reply.refusal.len == 0),
          "%s: a refusal is signed", kind);
    buf_done(&note);
    return code == CODE_OK ? reply.article : ARTICLE_COUNT;
}

static void found(struct place *place, struct node *node)
{
    struct buf body;
    buf_init(&body, alloc_libc, 4096);
    found_body(place, node, &body);
    buf_add_byte(&body, 0);
    CHECK(act(place, node, "org.found", body.at) == ARTICLE_NONE, "founded");
    buf_done(&body);
}

static void commit(struct node *node)
{
    struct fail fail = {0};
    CHECK(node_commit(node, &fail) == CODE_OK, "commit: %s", fail.message);
}

/* ---- what is signed can be checked ---- */

struct rerun {
    struct state state;
    struct fold fold;
    struct node *node;
};

static bool rerun_blob(void *self, const hash32 *name, str *ret)
{
    struct rerun *r = self;
    struct buf bytes;
    buf_init(&bytes, alloc_libc, STORE_BLOB_MAX);
    bool got = store_blob_get(node_store(r->node), name, &bytes, NULL) == CODE_OK &&
               arena_copy(&r->fold.arena, buf_str(&bytes), ret);
    buf_done(&bytes);
    return got;
}

static enum code rerun_entry(void *context, uint64_t index, const struct store_entry *entry)
{
    struct rerun *r = context;
    struct fold_outcome outcome;
    (void)index;
    return fold_replay(&r->fold, entry->leaf, entry->act, &outcome, NULL);
}

/* "replaying to `size` and deciding the act at `at` must give that article" */
static void check_refusal(struct node *node, str note, str refusal_note)
{
    struct arena arena;
    struct refusal refusal;
    struct note opened;
    arena_init(&arena, alloc_libc, 1 << 20);
    commit(node);
    CHECK(refusal_decode(refusal_note, node_origin(node), &arena, &refusal, &opened, NULL) ==
              CODE_OK,
          "refusal");
    CHECK(note_verify_line(opened.text, &opened.line[0], &node_state(node)->org.refusal_key,
                           NULL) == CODE_OK,
          "signed");
    struct rerun r = {.node = node};
    if (state_init(&r.state, alloc_libc) != CODE_OK) abort();
    fold_init(&r.fold, &r.state, (struct blobs){rerun_blob, &r}, judge_now());
    CHECK(store_read(node_store(node), 0, refusal.size, rerun_entry, &r, NULL) == CODE_OK,
          "replays to its size");
    hash32 root = merkle_root(&r.state.tree, refusal.size);
    CHECK(hash32_eq(&root, &refusal.root), "its root");
    enum article article = ARTICLE_NONE;
    CHECK(!step_due(&r.state, refusal.at), "no deadline was passed over");
    CHECK(fold_try(&r.fold, note, refusal.at, &article, NULL) == CODE_OK, "decided again");
    CHECK(str_eq(article_name(article), refusal.article), "\"%.*s\", again \"%.*s\"",
          STR_ARG(refusal.article), STR_ARG(article_name(article)));
    fold_done(&r.fold);
    state_done(&r.state);
    arena_done(&arena);
}

static hash32 digest_when_replayed(const struct place *place)
{
    struct node *node = reopen(
        place,
        (struct node_options){.mode = NODE_READ, .no_snapshot = true, .check_signatures = true});
    hash32 digest = state_digest(node_state(node));
    node_close(node);
    return digest;
}

static void test_life(void)
{
    struct place place = place_make("rehearsal.invalid/node");
    struct fail fail = {0};
    struct node *node = writer(&place);
    CHECK(node_clock_set(node, WORLD_START, &fail) == CODE_OK, "a rehearsal declares its time");
    found(&place, node);
    CHECK(act(&place, node, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE, "adopted");
    CHECK(act(&place, node, "engine.adopt", "{\"rules\":7}") == ARTICLE_RULES, "refused");
    commit(node);
    CHECK(node_checkpoint(node).len > 0, "signed");
    CHECK(node_clock_set(node, WORLD_START + 10, NULL) == CODE_OK &&
              node_now(node) == WORLD_START + 10,
          "later");
    CHECK(node_clock_set(node, WORLD_START - 1, &fail) == CODE_MALFORMED,
          "not before the last entry");
    hash32 digest = state_digest(node_state(node));
    CHECK(node_snapshot(node, &fail) == CODE_OK, "snapshot: %s", fail.message);
    node_close(node);
    for (int i = 0; i < 3; i++) {
        struct node_options how = {.mode = i == 2 ? NODE_WRITE : NODE_READ,
                                   .no_snapshot = i == 1,
                                   .check_signatures = i == 1};
        node = reopen(&place, how);
        hash32 again = state_digest(node_state(node));
        CHECK(hash32_eq(&digest, &again), "opening %d: the same state", i);
        CHECK(node_snapshot_size(node) == (i == 1 ? 0 : 2), "opening %d: snapshot of %llu", i,
              (unsigned long long)node_snapshot_size(node));
        node_close(node);
    }
    folder_remove(place.dir);
}

/* A founding that this folder could not carry on, and a clock nobody may set. */
static void test_founding_fits_the_folder(void)
{
    struct place place = place_make("example.org/node"), other = place;
    struct fail fail = {0};
    struct node *node = writer(&place);
    CHECK(node_clock_set(node, WORLD_START, &fail) == CODE_NOT_YOURS, "not even before founding");
    struct buf body, note;
    struct node_reply reply;
    buf_init(&body, alloc_libc, 4096);
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    other.origin = "rehearsal.invalid/node";
    found_body(&other, node, &body);
    buf_add_byte(&body, 0);
    CHECK(try_act(&other, node, 0, "org.found", body.at, &note, &reply) == CODE_MALFORMED,
          "another origin");
    buf_clear(&body);
    buf_clear(&note);
    found_body(&place, node, &body);
    buf_add_byte(&body, 0);
    char *log_key = strstr(body.at, "\"log_key\":\""),
         *node_key = strstr(body.at, "\"node_key\":\"");
    CHECK(log_key && node_key, "keys");
    struct buf swapped;
    buf_init(&swapped, alloc_libc, 4096);
    buf_add_bytes(&swapped, body.at, (size_t)(log_key - body.at));
    buf_add_cstr(&swapped, "\"log_key\":\"");
    vkey_of(&swapped, &place, "", node_public_key(node, NODE_KEY_REFUSAL));
    buf_add_cstr(&swapped, "\",");
    buf_add_cstr(&swapped, node_key);
    buf_add_byte(&swapped, 0);
    CHECK(try_act(&place, node, 0, "org.found", swapped.at, &note, &reply) == CODE_NOT_YOURS,
          "another log key");
    CHECK(node_commit(node, &fail) == CODE_INTERNAL && strcmp(fail.reason, "broken") == 0,
          "nothing of it is kept");
    node_close(node);
    node = writer(&place);
    CHECK(state_size(node_state(node)) == 0, "still to be founded");
    found(&place, node);
    commit(node);
    CHECK(node_clock_set(node, WORLD_START + 86400, &fail) == CODE_NOT_YOURS, "nor afterwards");
    node_close(node);
    buf_done(&body);
    buf_done(&note);
    buf_done(&swapped);
    folder_remove(place.dir);
}

/* A deadline passes between two looks at the clock: it must leave a tick, and refusals must stand
 * on it. */
static void test_deadline_while_submitting(void)
{
    struct place place = place_make("example.org/node");
    struct node *node = writer(&place);
    struct buf note;
    struct node_reply reply;
    char body[256], device[9], key[65];
    clock_now = (time_t)WORLD_START;
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    found(&place, node);
    key32 second = secret_key_public(&place.key[1]);
    hex_encode(place.device[1].bytes, 4, device);
    hex_encode(second.bytes, 32, key);
    (void)snprintf(body, sizeof body, "{\"device\":\"%.8s\",\"key\":\"%.64s\"}", device, key);
    struct compose c = {.kind = STR("key.add"),
                        .body = str_from(body),
                        .key_count = 2,
                        .key = {key_at(&place, 0), key_at(&place, 1)}};
    compose(&place, node, &c, &note);
    CHECK(node_submit(node, buf_str(&note), &reply, NULL) == CODE_OK &&
              reply.article == ARTICLE_NONE,
          "a second key");
    buf_clear(&note);
    hex_encode(place.device[0].bytes, 4, device);
    (void)snprintf(body, sizeof body, "{\"device\":\"%.8s\"}", device);
    CHECK(try_act(&place, node, 1, "key.revoke", body, &note, &reply) == CODE_OK &&
              reply.article == ARTICLE_NONE,
          "the first is to end in three days");
    commit(node);
    time_t due = (time_t)state_deadline_first(node_state(node))->at;
    for (time_t before = 3; before >= 0; before--) {
        clock_now = due - before;
        clock_step = 1;
        buf_clear(&note);
        CHECK(try_act(&place, node, 1, "engine.adopt", "{\"rules\":7}", &note, &reply) == CODE_OK,
              "submitted");
        clock_step = 0;
        CHECK(reply.article == ARTICLE_RULES && reply.refusal.len > 0, "%lld s before: refused",
              (long long)before);
        check_refusal(node, buf_str(&note), reply.refusal);
        hash32 live = state_digest(node_state(node)), replayed = digest_when_replayed(&place);
        CHECK(hash32_eq(&live, &replayed), "%lld s before: what was decided on is what is recorded",
              (long long)before);
    }
    CHECK(state_key(node_state(node), 0)->state == KEY_REVOKED, "ended");
    buf_clear(&note);
    CHECK(try_act(&place, node, 0, "engine.adopt", "{\"rules\":1}", &note, &reply) == CODE_OK &&
              reply.article == ARTICLE_KEY_STATE,
          "a revoked key");
    check_refusal(node, buf_str(&note), reply.refusal);
    node_close(node);
    buf_done(&note);
    folder_remove(place.dir);
}

static void test_two_processes(void)
{
    struct place place = place_make("rehearsal.invalid/node");
    struct fail fail;
    struct node *node = writer(&place);
    found(&place, node);
    commit(node);
    (void)refuses(&place, (struct node_options){.mode = NODE_WRITE}, CODE_BUSY, &fail);
    CHECK(act(&place, node, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE, "pending");
    struct node *reader = reopen(&place, (struct node_options){.mode = NODE_READ});
    CHECK(state_size(node_state(reader)) == 1, "a reader sees what is committed");
    struct node_reply reply;
    CHECK(node_submit(reader, STR("x"), &reply, &fail) == CODE_INTERNAL &&
              node_commit(reader, &fail) == CODE_INTERNAL,
          "and writes nothing");
    commit(node);
    node_close(reader);
    reader = reopen(&place, (struct node_options){.mode = NODE_READ});
    CHECK(state_size(node_state(reader)) == 2, "the next one sees more");
    node_close(reader);
    node_close(node);
    folder_remove(place.dir);
}

static void test_full_disk(void)
{
    struct place place = place_make("rehearsal.invalid/node");
    struct fail fail = {0};
    struct node *node = writer(&place);
    found(&place, node);
    commit(node);
    hash32 digest = state_digest(node_state(node));
    CHECK(act(&place, node, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE, "pending");
    struct rlimit before, none;
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)getrlimit(RLIMIT_FSIZE, &before);
    none = before;
    none.rlim_cur = 0;
    (void)setrlimit(RLIMIT_FSIZE, &none);
    enum code code = node_commit(node, &fail);
    (void)setrlimit(RLIMIT_FSIZE, &before);
    CHECK(code == CODE_IO, "no room: %s %s", code_name(code), fail.message);
    struct node_reply reply;
    CHECK(node_commit(node, &fail) == CODE_INTERNAL && strcmp(fail.reason, "broken") == 0,
          "no second attempt");
    CHECK(node_submit(node, STR("x"), &reply, &fail) == CODE_INTERNAL &&
              strcmp(fail.reason, "broken") == 0,
          "no reply leaves");
    node_close(node);
    node = writer(&place);
    hash32 again = state_digest(node_state(node));
    CHECK(hash32_eq(&digest, &again), "the next start goes on from what is durable");
    CHECK(act(&place, node, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE,
          "and takes the act again");
    commit(node);
    node_close(node);
    folder_remove(place.dir);
}

/* ---- files under the node's feet ---- */

static char *path_in(const struct place *place, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", place->dir, name) < 0) abort();
    return path;
}

static void write_file(const struct place *place, const char *name, const char *bytes, size_t len)
{
    char *path = path_in(place, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0) abort();
    free(path);
}

static char *read_file(const struct place *place, const char *name, size_t *len)
{
    char *path = path_in(place, name), *bytes = check_read_file(path, len);
    free(path);
    if (!bytes) abort();
    return bytes;
}

static void opens_by_replay(const struct place *place, const hash32 *digest, const char *what)
{
    struct node *node = reopen(place, (struct node_options){.mode = NODE_READ});
    hash32 again = state_digest(node_state(node));
    CHECK(hash32_eq(digest, &again), "%s: the same state", what);
    CHECK(node_snapshot_size(node) == 0, "%s: not from the snapshot", what);
    node_close(node);
}

static void seal(char *bytes, size_t len)
{
    hash32 hash = sha256_of((str){bytes, len - 32});
    memcpy(bytes + len - 32, hash.bytes, 32);
}

/* Two folders with the same keys and different histories. */
static struct place history(uint32_t first_nonce, int adoptions)
{
    struct place place = place_make("rehearsal.invalid/node");
    place.nonce = first_nonce;
    struct node *node = writer(&place);
    CHECK(node_clock_set(node, WORLD_START, NULL) == CODE_OK, "clock");
    found(&place, node);
    for (int i = 0; i < adoptions; i++)
        CHECK(act(&place, node, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE, "adopted");
    CHECK(node_snapshot(node, NULL) == CODE_OK, "snapshot, after what was pending is committed");
    node_close(node);
    return place;
}

static void test_snapshots(void)
{
    struct place place = history(0, 1), ahead = history(0, 5), other = history(100, 1);
    hash32 digest = digest_when_replayed(&place);
    struct node *node = reopen(&place, (struct node_options){.mode = NODE_READ});
    CHECK(node_snapshot_size(node) == 2, "a good snapshot");
    node_close(node);
    size_t len, len_ahead, len_other;
    char *good = read_file(&place, "cache/state", &len), *bytes = malloc(len);
    char *later = read_file(&ahead, "cache/state", &len_ahead),
         *foreign = read_file(&other, "cache/state", &len_other);
    if (!bytes) abort();
    memcpy(bytes, good, len);
    bytes[len / 2] ^= 1;
    write_file(&place, "cache/state", bytes, len);
    opens_by_replay(&place, &digest, "a flipped bit");
    bytes[len / 2] ^= 1;
    bytes[0] ^= 1;
    seal(bytes, len);
    write_file(&place, "cache/state", bytes, len);
    opens_by_replay(&place, &digest, "another layout");
    write_file(&place, "cache/state", good, len - 1);
    opens_by_replay(&place, &digest, "cut short");
    write_file(&place, "cache/state", good, 0);
    opens_by_replay(&place, &digest, "empty");
    write_file(&place, "cache/state", later, len_ahead);
    opens_by_replay(&place, &digest, "ahead of the log");
    write_file(&place, "cache/state", foreign, len_other);
    opens_by_replay(&place, &digest, "of another history");
    free(good);
    free(bytes);
    free(later);
    free(foreign);
    folder_remove(place.dir);
    folder_remove(ahead.dir);
    folder_remove(other.dir);
}

static void put_checkpoint(const struct place *place, str checkpoint)
{
    struct store *store = NULL;
    if (store_open_sqlite(place->dir, &(struct store_options){.mode = STORE_WRITE}, &store, NULL) !=
        CODE_OK)
        abort();
    CHECK(store_checkpoint_put(store, checkpoint, NULL) == CODE_OK, "put");
    store_close(store);
}

static char *checkpoint_of(const struct place *place)
{
    struct node *node = reopen(place, (struct node_options){.mode = NODE_READ});
    char *text = strndup(node_checkpoint(node).at, node_checkpoint(node).len);
    node_close(node);
    return text;
}

/* The database replaced by another history that the same keys once made; the lock stayed. */
static void test_replaced_database(void)
{
    struct place place = history(0, 2), other = history(100, 2);
    struct fail fail;
    char *own = checkpoint_of(&place), *foreign = checkpoint_of(&other);
    size_t len;
    char *db = read_file(&other, "plenary.db", &len);
    write_file(&place, "plenary.db", db, len);
    struct node_options read = {.mode = NODE_READ, .no_snapshot = true},
                        write = {.mode = NODE_WRITE, .no_snapshot = true};
    CHECK(strcmp(refuses(&place, write, CODE_CORRUPT, &fail), "fork") == 0, "the lock knows: %s",
          fail.message);
    put_checkpoint(&place, str_from(own));
    CHECK(strcmp(refuses(&place, read, CODE_CORRUPT, &fail), "root") == 0,
          "the old checkpoint knows: %s", fail.message);
    char *signature = strrchr(foreign, ' ') + 12;
    *signature = *signature == 'A' ? 'B' : 'A';
    put_checkpoint(&place, str_from(foreign));
    CHECK(strcmp(refuses(&place, read, CODE_CORRUPT, &fail), "checkpoint") == 0, "a false one: %s",
          fail.message);
    free(own);
    free(foreign);
    free(db);
    folder_remove(place.dir);
    folder_remove(other.dir);
}

static void test_wrong_keys(void)
{
    static const char *const names[] = {"keys/log", "keys/node", "keys/refusal"};
    struct place place = history(0, 1);
    struct fail fail;
    size_t len;
    for (size_t i = 0; i < 3; i++) {
        char *bytes = read_file(&place, names[i], &len);
        bytes[0] = bytes[0] == 'a' ? 'b' : 'a';
        write_file(&place, names[i], bytes, len);
        CHECK(
            strcmp(refuses(&place, (struct node_options){.mode = NODE_WRITE}, CODE_CORRUPT, &fail),
                   "key") == 0,
            "%s: %s", names[i], fail.message);
        bytes[0] = '0';
        write_file(&place, names[i], bytes, len);
        free(bytes);
    }
    node_close(writer(&place));
    folder_remove(place.dir);
}

static void spoil(const struct place *place, const char *name, const char *marker)
{
    size_t len;
    char *bytes = read_file(place, name, &len), *at = bytes;
    while ((at = memmem(at, len - (size_t)(at - bytes), marker, strlen(marker)))) *at ^= 1;
    write_file(place, name, bytes, len);
    free(bytes);
}

/* A blob that cannot be read is no fault of the act: no refusal is signed, the process ends. */
static void test_unreadable_blob(void)
{
    struct place place = history(0, 1);
    struct node *node = writer(&place);
    hash32 name;
    str text =
        STR("{\"name\":\"Spoilt soon\",\"parameters\":{},\"preset\":\"branch\",\"version\":1}");
    CHECK(node_blob_put(node, text, &name, NULL) == CODE_OK, "held");
    node_close(node);
    spoil(&place, "plenary.db", "Spoilt soon");
    node = writer(&place);
    char body[96] = "{\"bylaws\":\"", hex[65];
    hex_encode(name.bytes, 32, hex);
    (void)snprintf(body, sizeof body, "{\"bylaws\":\"%.64s\"}", hex);
    struct buf note;
    struct node_reply reply;
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    enum code code = try_act(&place, node, 0, "bylaws.adopt", body, &note, &reply);
    CHECK(code == CODE_CORRUPT && reply.refusal.len == 0, "%s, no refusal", code_name(code));
    CHECK(node_commit(node, NULL) == CODE_INTERNAL, "broken");
    node_close(node);
    buf_done(&note);
    folder_remove(place.dir);
}

int main(void)
{
    if (sign_start() != CODE_OK) return 1;
    test_life();
    test_founding_fits_the_folder();
    test_deadline_while_submitting();
    test_two_processes();
    test_full_disk();
    test_snapshots();
    test_replaced_database();
    test_wrong_keys();
    test_unreadable_blob();
    return check_done();
}

/* What replay knows: one digest covers all of it, on every machine; a snapshot gives it back whole
 * or not at all; the deadlines come in order; and no failed allocation is ever taken for a verdict.
 */
#include "branch.h"
#include "elections.h"

#include "core/record/commit.h"
#include "sign/judge.h"

#include <stdlib.h>
#include <string.h>

enum { NOTES_MAX = 64 };
struct story {
    struct world w;
    size_t count;
    struct buf note[NOTES_MAX]; /* every act accepted through told(), for telling it again */
    unix_s at[NOTES_MAX];
};

static void told(struct story *t, enum article article)
{
    CHECK(article == ARTICLE_NONE, "%.*s %s", STR_ARG(article_name(article)), t->w.fail.message);
    if (t->count == NOTES_MAX) abort();
    struct buf *note = &t->note[t->count];
    buf_init(note, alloc_libc, ACT_NOTE_MAX);
    buf_add(note, buf_str(&t->w.note));
    t->at[t->count++] = t->w.now;
}

/* A branch up to its first open ballot. */
static void story_make(struct story *t)
{
    struct world *w = &t->w;
    *t = (struct story){0};
    world_init(w, "state");
    world_found(w, NULL);
    told(t, ARTICLE_NONE);
    told(t, world_act(w, 0, "unit.found", "{\"kind\":\"branch\",\"name\":\"Quay\"}"));
    const char *unit = world_hex(w, w->last_id.bytes, 32);
    size_t a = w->member_count;
    for (size_t i = 0; i < 3; i++) (void)branch_stranger(w);
    const char *list = branch_list(w, "%s,%s,%s", branch_admit(w, a), branch_admit(w, a + 1),
                                   branch_admit(w, a + 2));
    told(t, world_act(w, 0, "roll.propose", "{\"list\":\"%s\",\"unit\":\"%s\"}", list, unit));
    const char *council =
        world_text(w,
                   "{\"constituencies\":[\"%s\"],\"kind\":\"council\",\"name\":\"Council\","
                   "\"norm\":{\"method\":\"dhondt\",\"seats\":2},\"term\":2592000}",
                   unit);
    told(t, world_act(w, 0, "council.found", "%s", council));
    struct contest c = contest_plan(w, world_hex(w, w->last_id.bytes, 32), "open", "plurality");
    told(t, contest_freeze(w, 0, &c));
    told(t, world_act(w, 0, "council.apportion",
                      "{\"body\":\"%s\",\"freeze\":\"%s\",\"seats\":[2]}", c.body, c.freeze));
    told(t, contest_call(w, 0, &c));
}

static void story_done(struct story *t)
{
    for (size_t i = 0; i < t->count; i++) buf_done(&t->note[i]);
    world_done(&t->w);
}

/* ---- the digest ---- */

static void check_both_paths(struct table *table, const char *name)
{
    struct sha256 memory, fields;
    if (table->count == 0 && !table_add(table)) abort();
    for (uint32_t i = 0; i < table->row_size; i++) table->rows[i] = (uint8_t)(i * 7 + 1);
    sha256_init(&memory);
    sha256_init(&fields);
    table_digest(table, &memory);
    table_digest_fields(table, &fields);
    hash32 a = sha256_done(&memory), b = sha256_done(&fields);
    CHECK(hash32_eq(&a, &b), "%s: bytes of memory and fields give one digest", name);
}

static void test_both_paths(void)
{
    struct state s;
    if (state_init(&s, alloc_libc) != CODE_OK) abort();
#define CHECK_TABLE(name, type, shape) check_both_paths(&s.name, #name);
    STATE_TABLES(CHECK_TABLE)
#undef CHECK_TABLE
    state_done(&s);
    struct table numbers;
    table_init(&numbers, alloc_libc, 16, "8 4 2 1 1");
    uint8_t *row = table_add(&numbers);
    if (!row) abort();
    uint64_t eight = 0x0102030405060708;
    uint32_t four = 0x090a0b0c;
    uint16_t two = 0x0d0e;
    memcpy(row, &eight, 8), memcpy(row + 8, &four, 4), memcpy(row + 12, &two, 2), row[14] = 15,
                                                                                  row[15] = 16;
    static const uint8_t expected[] = {1, 0, 0,  0,  8,  7, 6,  5,  4,  3,
                                       2, 1, 12, 11, 10, 9, 14, 13, 15, 16};
    struct sha256 sha;
    sha256_init(&sha);
    table_digest(&numbers, &sha);
    hash32 found = sha256_done(&sha),
           wanted = sha256_of((str){(const char *)expected, sizeof expected});
    CHECK(hash32_eq(&found, &wanted), "least significant byte first, whatever the machine");
    table_done(&numbers);
}

static void check_covered(struct state *s, uint8_t *bytes, size_t len, const char *name)
{
    hash32 before = state_digest(s);
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 0x40;
        hash32 after = state_digest(s);
        if (hash32_eq(&before, &after)) (void)CHECK(false, "%s: byte %zu is not covered", name, i);
        bytes[i] ^= 0x40;
    }
    hash32 again = state_digest(s);
    CHECK(hash32_eq(&before, &again), "%s: as before", name);
}

static void check_table_covered(struct state *s, struct table *table, const char *name)
{
    hash32 before = state_digest(s);
    uint8_t *row = table_add(table);
    if (!row) abort();
    hash32 after = state_digest(s);
    CHECK(!hash32_eq(&before, &after), "%s: a row more", name);
    check_covered(s, row, table->row_size, name);
    check_covered(s, table->rows, table->row_size, name);
}

static void test_digest_covers_all(void)
{
    struct story t;
    story_make(&t);
    struct state *s = &t.w.state;
    check_covered(s, (uint8_t *)&s->org, sizeof s->org, "org");
    check_covered(s, s->bylaws.document.bytes, sizeof s->bylaws.document, "bylaws");
#define CHECK_TABLE(name, type, shape) check_table_covered(s, &s->name, #name);
    STATE_TABLES(CHECK_TABLE)
#undef CHECK_TABLE
    check_table_covered(s, &s->pool, "pool");
    story_done(&t);
}

/* ---- the snapshot ---- */

static enum code keep(void *context, const void *bytes, size_t len)
{
    buf_add_bytes(context, bytes, len);
    return buf_check(context);
}

static enum code load(str bytes, struct alloc alloc, hash32 *ret)
{
    struct state s;
    TRY(state_init(&s, alloc));
    enum code code = state_load(&s, bytes);
    if (code == CODE_OK) *ret = state_digest(&s);
    state_done(&s);
    return code;
}

static void test_load_finds_everything(const struct state *before, str bytes)
{
    struct state s;
    if (state_init(&s, alloc_libc) != CODE_OK) abort();
    CHECK(state_load(&s, bytes) == CODE_OK, "loaded");
    for (uint32_t i = 0; i < s.member.count; i++)
        CHECK(state_member_by_mid(&s, &state_member(&s, i)->mid) == i, "member %u", i);
    for (uint32_t i = 0; i < s.act.count; i++)
        CHECK(state_act_index(&s, &state_act(&s, i)->id) == i, "act %u", i);
#define CHECK_IDS(name)                                                                            \
    for (uint32_t i = 0; i < s.name.count; i++)                                                    \
        CHECK(state_##name##_by_id(&s, &state_##name(before, i)->id) == i, #name " %u", i);
    CHECK_IDS(unit)
    CHECK_IDS(body)
    CHECK_IDS(freeze) CHECK_IDS(election)
#undef CHECK_IDS
        for (uint64_t size = 0; size <= s.tree.size; size++)
    {
        hash32 root = merkle_root(&s.tree, size), wanted = merkle_root(&before->tree, size);
        CHECK(hash32_eq(&root, &wanted), "root at %llu", (unsigned long long)size);
    }
    state_done(&s);
}

static void test_snapshot(void)
{
    struct story t;
    struct buf saved;
    story_make(&t);
    buf_init(&saved, alloc_libc, 1 << 20);
    hash32 before = state_digest(&t.w.state), after;
    CHECK(state_save(&t.w.state, keep, &saved) == CODE_OK, "saved");
    str bytes = buf_str(&saved);
    CHECK(load(bytes, alloc_libc, &after) == CODE_OK && hash32_eq(&before, &after),
          "there and back");
    test_load_finds_everything(&t.w.state, bytes);
    for (size_t len = 0; len < bytes.len; len++)
        if (load((str){bytes.at, len}, alloc_libc, &after) != CODE_CORRUPT)
            (void)CHECK(false, "the first %zu of %zu bytes are taken", len, bytes.len);
    buf_add_byte(&saved, 0);
    CHECK(load(buf_str(&saved), alloc_libc, &after) == CODE_CORRUPT, "a byte more");
    for (size_t i = 0; i < 32; i++) {
        saved.at[i] ^= 1;
        CHECK(load(bytes, alloc_libc, &after) == CODE_CORRUPT, "another layout, byte %zu", i);
        saved.at[i] ^= 1;
    }
    for (size_t n = 0;; n++) {
        struct failing failing = {.fail_at = n};
        enum code code = load(bytes, failing_alloc(&failing), &after);
        CHECK(failing.live == 0, "allocation %zu failed: all given back", n);
        if (code == CODE_OK) {
            CHECK(n > 20 && hash32_eq(&before, &after), "%zu allocations", n);
            break;
        }
        CHECK(code == CODE_NO_MEMORY, "allocation %zu: %s", n, code_name(code));
    }
    buf_done(&saved);
    story_done(&t);
}

/* ---- deadlines ---- */

static int deadline_cmp(const void *a, const void *b)
{
    const struct deadline_row *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    int id = memcmp(x->id.bytes, y->id.bytes, sizeof(hash32));
    if (id) return id;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Few different values, so that every part of the order decides now and then. */
static struct deadline_row any_deadline(struct stream *stream)
{
    uint8_t r[4];
    stream_bytes(stream, r, sizeof r);
    return (struct deadline_row){
        .at = r[0] % 4, .id = {{r[1] % 3}}, .kind = r[2] % 3, .row = r[3] % 3};
}

static void test_deadline_order(void)
{
    enum { ROUNDS = 300, MOST = 60 };
    struct stream stream;
    stream_init(&stream, STR("deadlines"));
    for (int round = 0; round < ROUNDS; round++) {
        struct state s;
        struct deadline_row sorted[MOST];
        uint8_t count;
        if (state_init(&s, alloc_libc) != CODE_OK) abort();
        stream_bytes(&stream, &count, 1);
        count %= MOST;
        for (uint8_t i = 0; i < count; i++) {
            sorted[i] = any_deadline(&stream);
            CHECK(state_deadline_add(&s, &sorted[i]) == CODE_OK, "added");
        }
        qsort(sorted, count, sizeof *sorted, deadline_cmp);
        bool in_order = true;
        for (uint8_t i = 0; i < count; i++) {
            in_order = in_order && deadline_cmp(state_deadline_first(&s), &sorted[i]) == 0;
            state_deadline_drop_first(&s);
        }
        CHECK(in_order && !state_deadline_first(&s), "round %d: %u deadlines in order", round,
              count);
        state_done(&s);
    }
}

/* ---- allocations ---- */

/* Tells the story again. Whatever fails, no act is refused for it. */
static enum code tell(const struct story *t, struct alloc alloc, hash32 *ret,
                      enum article *ret_refused)
{
    struct state s;
    struct fold fold;
    TRY(state_init(&s, alloc));
    fold_init(&fold, &s, t->w.fold.blobs, judge_never());
    enum code code = CODE_OK;
    for (size_t i = 0; code == CODE_OK && i < t->count; i++) {
        struct fold_outcome outcome = {0};
        code = fold_submit(&fold, buf_str(&t->note[i]), t->at[i], &outcome, NULL);
        if (code == CODE_OK && outcome.article) *ret_refused = outcome.article;
        CHECK(!fold.spoiled || code != CODE_OK, "spoiled is said");
    }
    if (code == CODE_OK) *ret = state_digest(&s);
    fold_done(&fold);
    state_done(&s);
    return code;
}

static void test_allocations(void)
{
    struct story t;
    story_make(&t);
    hash32 whole, digest;
    enum article refused = ARTICLE_NONE;
    CHECK(tell(&t, alloc_libc, &whole, &refused) == CODE_OK && !refused, "with all memory");
    hash32 live = state_digest(&t.w.state);
    CHECK(hash32_eq(&live, &whole), "the same state as when it happened");
    for (int sticky = 0; sticky < 2; sticky++)
        for (size_t n = 0;; n++) {
            struct failing failing = {.fail_at = n, .sticky = sticky};
            enum code code = tell(&t, failing_alloc(&failing), &digest, &refused);
            CHECK(failing.live == 0 && !refused,
                  "allocation %zu: all given back, nothing refused for it", n);
            if (code == CODE_OK) {
                CHECK(n > 30 && hash32_eq(&digest, &whole), "the same state after %zu allocations",
                      n);
                break;
            }
            CHECK(code == CODE_NO_MEMORY, "allocation %zu: %s", n, code_name(code));
        }
    story_done(&t);
}

int main(void)
{
    test_both_paths();
    test_digest_covers_all();
    test_snapshot();
    test_deadline_order();
    test_allocations();
    return check_done();
}

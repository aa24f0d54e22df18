/* The guards every act passes before its kind is asked: prev, seen, time, once. A refusal is a
 * value and changes nothing, whatever was refused. (Tellers: key_test.) */
#include "branch.h"

#include "base/text.h"
#include "core/record/texts.h"
#include "sign/judge.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

/* An envelope of the founder's as a client would fill it in. */
static struct act_draft draft(struct world *w)
{
    struct state *s = &w->state;
    uint32_t key_row = state_key_of(s, branch_member(w, 0), &w->member[0].device);
    struct act_draft d = {.at = w->now,
                          .body = STR("{\"rules\":1}"),
                          .by = w->member[0].mid,
                          .kind = STR("engine.adopt"),
                          .origin = state_text(s, s->org.origin),
                          .prev_count = 1,
                          .seen = {merkle_root(&s->tree, s->tree.size), s->tree.size}};
    d.prev[0].id = state_key(s, key_row)->last_act;
    stream_bytes(&w->stream, d.nonce.bytes, sizeof d.nonce);
    return d;
}

static enum article send(struct world *w, const struct act_draft *d)
{
    struct buf text;
    char name[KEY_NAME_MAX + 1];
    struct key_name role = {KEY_DEVICE, w->member[0].mid, w->member[0].device};
    buf_init(&text, alloc_libc, ACT_NOTE_MAX);
    act_write_text(&text, d);
    struct signer signer = {key_name_text(d->origin, &role, name), &w->member[0].key};
    buf_clear(&w->note);
    note_sign(&w->note, buf_str(&text), &signer, 1);
    buf_done(&text);
    hash32 before = state_digest(&w->state);
    enum article article = world_note(w, buf_str(&w->note));
    hash32 after = state_digest(&w->state);
    CHECK(article == ARTICLE_NONE || hash32_eq(&before, &after), "%.*s changes nothing",
          STR_ARG(article_name(article)));
    return article;
}

static void test_prev(struct world *w)
{
    struct act_draft d = draft(w);
    d.prev[0].genesis = true;
    CHECK(send(w, &d) == ARTICLE_PREV, "genesis, though it has signed");
    d.prev[0].genesis = false;
    hash32 right = d.prev[0].id;
    d.prev[0].id.bytes[31] ^= 1;
    CHECK(send(w, &d) == ARTICLE_PREV, "another act");
    d.prev[0].id = right;
    CHECK(send(w, &d) == ARTICLE_NONE, "its last act");
    struct act_draft next = draft(w);
    hash32 last = next.prev[0].id;
    next.prev[0].id = right;
    CHECK(send(w, &next) == ARTICLE_PREV, "the one before the last: a fork of one member's acts");
    next.prev[0].id = last;
    CHECK(send(w, &next) == ARTICLE_NONE, "in order");
}

static void test_seen(struct world *w)
{
    struct act_draft d = draft(w);
    struct act_seen now = d.seen;
    d.seen.root.bytes[0] ^= 1;
    CHECK(send(w, &d) == ARTICLE_SEEN, "the root of another log");
    d.seen = (struct act_seen){now.root, now.size + 1};
    CHECK(send(w, &d) == ARTICLE_SEEN, "a size that is to come");
    d.seen = (struct act_seen){now.root, RECORD_INT_MAX};
    CHECK(send(w, &d) == ARTICLE_SEEN, "the largest size");
    d.seen = (struct act_seen){now.root, now.size - 1};
    CHECK(send(w, &d) == ARTICLE_SEEN, "the root of another size");
    d.seen = (struct act_seen){merkle_root(&w->state.tree, 0), 0};
    CHECK(send(w, &d) == ARTICLE_NONE, "the empty log, of the same week");
}

/* "the leaf at index `size` (the first not covered) has `at` >= leaf time - 7 days" */
static void test_seen_fresh(struct world *w)
{
    struct act_draft first = draft(w);
    uint64_t size = w->state.tree.size;
    struct act_seen old = first.seen;
    CHECK(send(w, &first) == ARTICLE_NONE, "the first that is not covered");
    unix_s from = w->now;
    CHECK(state_act(&w->state, (uint32_t)size)->at == (uint64_t)from, "its time");
    w->now = from + 7 * DAY;
    struct act_draft week = draft(w);
    week.seen = old;
    CHECK(send(w, &week) == ARTICLE_NONE, "seven days");
    w->now = from + 7 * DAY + 1;
    struct act_draft late = draft(w);
    late.seen = old;
    CHECK(send(w, &late) == ARTICLE_SEEN, "a second more");
    w->now = from + 30 * DAY;
    struct act_draft quiet = draft(w);
    CHECK(send(w, &quiet) == ARTICLE_NONE, "the whole log is fresh however long it was silent");
}

static void test_time(struct world *w)
{
    static const struct {
        const char *name;
        int64_t offset;
        enum article expected;
    } rows[] = {
        {"six minutes ahead", 361, ARTICLE_TIME},
        {"a second over five minutes", 301, ARTICLE_TIME},
        {"five minutes ahead", 300, ARTICLE_NONE},
        {"a day and a second ago", -DAY - 1, ARTICLE_TIME},
        {"a day ago", -DAY, ARTICLE_NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct act_draft d = draft(w);
        d.at = w->now + rows[i].offset;
        CHECK(send(w, &d) == rows[i].expected, "%s", rows[i].name);
    }
    struct act_draft far = draft(w);
    far.at = (unix_s)RECORD_INT_MAX;
    CHECK(send(w, &far) == ARTICLE_TIME, "the end of time");
    far.at = 0;
    CHECK(send(w, &far) == ARTICLE_TIME, "its beginning");
    struct act_draft back = draft(w);
    w->now -= 1;
    CHECK(send(w, &back) == ARTICLE_TIME, "a leaf before the last");
    w->now += 1;
}

static void test_once(struct world *w)
{
    struct act_draft d = draft(w);
    CHECK(send(w, &d) == ARTICLE_NONE, "recorded");
    uint64_t index = state_size(&w->state) - 1;
    hash32 digest = state_digest(&w->state);
    struct fold_outcome outcome;
    CHECK(fold_submit(&w->fold, buf_str(&w->note), w->now + 9 * DAY, &outcome, NULL) == CODE_OK &&
              outcome.is_known && outcome.index == index,
          "the same again gives its old index, however late");
    enum article article = ARTICLE_NONE;
    CHECK(fold_try(&w->fold, buf_str(&w->note), w->now, &article, NULL) == CODE_OK &&
              article == ARTICLE_ONCE,
          "once");
    struct act_draft founding = draft(w);
    founding.kind = STR("org.found");
    (void)send(w, &founding);
    CHECK(w->code == CODE_MALFORMED, "a founding without keys");
    hash32 after = state_digest(&w->state);
    CHECK(hash32_eq(&digest, &after), "nothing changed");
}

/* Entries that the rules refuse, that stand there twice or under another leaf do not replay. */
static void test_replay_refuses(struct world *w)
{
    struct state s;
    struct fold fold;
    struct fold_outcome outcome;
    struct fail fail;
    struct act_draft d = draft(w);
    d.kind = STR("engine.adopt"), d.body = STR("{\"rules\":9}");
    CHECK(send(w, &d) == ARTICLE_RULES, "refused");
    struct leaf leaf = {
        .at = w->now, .hash = sha256_of(buf_str(&w->note)), .kind = d.kind, .vis = LEAF_MEMBERS};
    struct buf text;
    buf_init(&text, alloc_libc, LEAF_MAX);
    leaf_write(&text, &leaf);
    hash32 before = state_digest(&w->state);
    CHECK(fold_replay(&w->fold, buf_str(&text), buf_str(&w->note), &outcome, &fail) ==
                  CODE_CORRUPT &&
              strcmp(fail.reason, "refused") == 0,
          "logged although refused: %s", fail.message);
    hash32 after = state_digest(&w->state);
    CHECK(hash32_eq(&before, &after), "and not applied");
    if (state_init(&s, alloc_libc) != CODE_OK) abort();
    fold_init(&fold, &s, w->fold.blobs, judge_now());
    CHECK(fold_replay(&fold, buf_str(&text), buf_str(&w->note), &outcome, &fail) == CODE_CORRUPT,
          "not first");
    fold_done(&fold);
    state_done(&s);
    buf_clear(&text);
    buf_clear(&w->note);
    tick_write(&w->note, state_text(&w->state, w->state.org.origin), state_size(&w->state),
               STR("{}"));
    leaf = (struct leaf){.at = w->now,
                         .hash = sha256_of(buf_str(&w->note)),
                         .kind = STR("tick"),
                         .vis = LEAF_PUBLIC};
    leaf_write(&text, &leaf);
    CHECK(fold_replay(&w->fold, buf_str(&text), buf_str(&w->note), &outcome, &fail) ==
                  CODE_CORRUPT &&
              strcmp(fail.reason, "refused") == 0,
          "a tick when nothing is due: %s", fail.message);
    buf_done(&text);
}

static void test_member(void)
{
    struct world w;
    world_init(&w, "member");
    struct fold_outcome outcome;
    CHECK(fold_tick(&w.fold, w.now, &outcome) == CODE_OK && outcome.article == ARTICLE_TIME,
          "no tick before founding");
    world_found(&w, NULL);
    struct buf first;
    buf_init(&first, alloc_libc, ACT_NOTE_MAX);
    buf_add(&first, buf_str(&w.note));
    struct branch quay = branch_make(&w, "Quay", 3);
    struct member_row *left = state_member(&w.state, branch_member(&w, quay.first));
    left->status = MEMBER_LAPSED;
    struct trial act = {"who left", quay.first, "key.revoke", "{\"device\":\"00000000\"}",
                        ARTICLE_MEMBER};
    branch_try(&w, &act, 1);
    left->status = MEMBER_ACTIVE;
    act.expected = ARTICLE_KEY_STATE;
    branch_try(&w, &act, 1);

    struct deadline_row due = {.at = w.state.org.last_at, .kind = DEADLINE_KEY_SPONSOR};
    CHECK(state_deadline_add(&w.state, &due) == CODE_OK, "due");
    CHECK(fold_tick(&w.fold, (unix_s)w.state.org.last_at - 1, &outcome) == CODE_OK &&
              outcome.article == ARTICLE_TIME,
          "a tick in the past");
    CHECK(fold_tick(&w.fold, (unix_s)w.state.org.last_at, &outcome) == CODE_OK &&
              outcome.article == ARTICLE_NONE,
          "a tick now");

    struct state s;
    struct fold fold;
    if (state_init(&s, alloc_libc) != CODE_OK) abort();
    fold_init(&fold, &s, w.fold.blobs, judge_now());
    CHECK(fold_submit(&fold, buf_str(&first), WORLD_START, &outcome, NULL) == CODE_OK &&
              !outcome.article,
          "founded");
    static const hash32 another = {{1}};
    state_act(&s, 0)->id = another; /* as if the first act had been another one */
    idmap_done(&s.acts);
    enum article article = ARTICLE_NONE;
    CHECK(fold_try(&fold, buf_str(&first), WORLD_START, &article, NULL) == CODE_OK &&
              article == ARTICLE_FOUNDED,
          "a second founding: %.*s", STR_ARG(article_name(article)));
    fold_done(&fold);
    state_done(&s);
    buf_done(&first);
    world_done(&w);
}

/* ---- whatever is refused changes nothing ---- */

static uint32_t pick(struct world *w, uint32_t below)
{
    uint32_t value;
    stream_bytes(&w->stream, (uint8_t *)&value, sizeof value);
    return value % below;
}

/* One body in three has what its kind asks for. */
static const char *any_body(struct world *w, const struct branch *branches, const char *council)
{
    const struct branch *b = &branches[pick(w, 2)];
    const char *mid = branch_mid(w, pick(w, (uint32_t)w->member_count));
    switch (pick(w, 9)) {
    case 0: return world_text(w, "{\"unit\":\"%s\"}", b->id);
    case 1: return world_text(w, "{\"body\":\"%s\"}", pick(w, 2) ? council : b->office);
    case 2:
        return world_text(w, "{\"device\":\"%s\"}",
                          world_hex(w, w->member[pick(w, 9)].device.bytes, 4));
    case 3: return branch_count(w, b->id);
    case 4: return world_text(w, "{\"kind\":\"k\",\"name\":\"Unit %u\"}", pick(w, 5));
    case 5: return world_text(w, "{\"member\":\"%s\"}", mid);
    case 6:
        return world_text(w, "{\"list\":\"%s\",\"unit\":\"%s\"}",
                          branch_list(w, "{\"do\":\"lapse\",\"mid\":\"%s\"}", mid), b->id);
    case 7: return world_text(w, "{\"into\":\"%s\",\"unit\":\"%s\"}", branches[0].id, b->id);
    default: return "{\"rules\":1}";
    }
}

static void test_refusals_change_nothing(void)
{
    enum { TRIES = 3000 };
    struct world w;
    size_t kinds = 0, refused = 0, accepted = 0, plain = 0;
    world_init(&w, "random");
    world_found(&w, NULL);
    struct branch branches[2] = {branch_make(&w, "Quay", 6), branch_make(&w, "Yard", 4)};
    const char *units[] = {branches[0].id, branches[1].id},
               *council = branch_council(&w, "Town", units, 2);
    (void)branch_seat(&w, council, 0, branches[0].first);
    while (step_kind_at(kinds)) kinds++;
    for (int i = 0; i < TRIES; i++) {
        const struct act_kind *kind = step_kind_at(pick(&w, (uint32_t)kinds));
        const char *body = any_body(&w, branches, council);
        char name[KIND_MAX + 1];
        memcpy(name, kind->name.at, kind->name.len);
        name[kind->name.len] = 0;
        hash32 before = state_digest(&w.state);
        enum article article = world_act(&w, pick(&w, (uint32_t)w.member_count), name, "%s", body);
        hash32 after = state_digest(&w.state);
        bool same = hash32_eq(&before, &after);
        if (same == (article == ARTICLE_NONE))
            (void)CHECK(false, "%s %s: \"%.*s\" %s", name, body, STR_ARG(article_name(article)),
                        w.fail.message);
        refused += article != ARTICLE_NONE && article != ARTICLE_COUNT;
        accepted += article == ARTICLE_NONE;
        plain += article == ARTICLE_COUNT;
    }
    CHECK(refused > 50 && accepted > 10 && plain > 50,
          "%zu refused, %zu recorded, %zu plain errors", refused, accepted, plain);
    branch_check_lists(&w.state, "after random acts");
    world_done(&w);
}

int main(void)
{
    struct world w;
    world_init(&w, "envelope");
    world_found(&w, NULL);
    test_prev(&w);
    test_seen(&w);
    test_seen_fresh(&w);
    test_time(&w);
    test_once(&w);
    test_replay_refuses(&w);
    world_done(&w);
    test_member();
    test_refusals_change_nothing();
    return check_done();
}

#include "story.h"

#include "base/text.h"
#include "core/institutions/paper.h"
#include "core/record/texts.h"

#include <stdlib.h>
#include <string.h>

/* ---- acts that should not be ---- */

static struct compose plain(const struct story *story, size_t who, const char *kind,
                            const char *body)
{
    const struct world_member *member = &story->w.member[who];
    return (struct compose){.kind = str_from(kind),
                            .body = str_from(body),
                            .by = member->mid,
                            .at = (unix_s)story->w.state.org.last_at,
                            .key_count = 1,
                            .key = {{{KEY_DEVICE, member->mid, member->device}, &member->key}}};
}

static str compose(struct story *story, struct compose *act)
{
    struct buf note;
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    stream_bytes(&story->chance, act->nonce.bytes, sizeof act->nonce);
    if (compose_act(&story->w.state, act, &note) != CODE_OK) abort();
    str kept = logbook_keep(&story->book, buf_str(&note));
    buf_done(&note);
    return kept;
}

str story_compose(struct story *story, size_t who, const char *kind, const char *body)
{
    struct compose act = plain(story, who, kind, body);
    return compose(story, &act);
}

static void keep_forgery(struct story *story, const struct forgery *forgery)
{
    if (story->forgery_count == FORGERIES_MAX) abort();
    story->forgery[story->forgery_count++] = *forgery;
}

/* Kept when the rules, asked now, refuse it. */
static void forge(struct story *story, enum forgery_class class, str stored, const char *kind)
{
    struct forgery forgery = {.class = class, .after = story->book.count, .stored = stored};
    unix_s at = (unix_s)story->w.state.org.last_at;
    enum code code = fold_try(&story->w.fold, stored, at, &forgery.article, NULL);
    if (code == CODE_OK && forgery.article == ARTICLE_NONE) return; /* lawful, as it happens */
    if (code != CODE_OK) forgery.article = ARTICLE_NONE;
    forgery.leaf = logbook_leaf(&story->book, stored, str_from(kind), at);
    keep_forgery(story, &forgery);
    if (forgery.article == ARTICLE_NONE || story->book.count < 200) return;
    uint64_t size = state_size(&story->w.state);
    story->refused = (struct refusal_sample){true, size,   merkle_root(&story->w.state.tree, size),
                                             at,   stored, forgery.article};
}

static size_t below(struct story *story, size_t bound)
{
    return (size_t)stream_below(&story->chance, bound);
}

static const char *some_hash(struct story *story)
{
    hash32 hash;
    stream_bytes(&story->chance, hash.bytes, sizeof hash);
    return world_hex(&story->w, hash.bytes, sizeof hash);
}

/* A member whose key may sign now. */
static size_t somebody(struct story *story)
{
    struct world *w = &story->w;
    for (int tries = 0; tries < 50; tries++) {
        size_t who = below(story, w->member_count);
        uint32_t row = state_key_of(&w->state, contest_member(w, who), &w->member[who].device);
        if (row != ROW_NONE && state_key(&w->state, row)->state == KEY_CONFIRMED) return who;
    }
    return 0;
}

static const char *some_election(struct story *story)
{
    const struct state *s = &story->w.state;
    if (s->election.count == 0) return some_hash(story);
    const struct election_row *row = state_election(s, (uint32_t)below(story, s->election.count));
    return world_hex(&story->w, row->id.bytes, 32);
}

static const char *some_body(struct story *story)
{
    const struct state *s = &story->w.state;
    if (s->body.count == 0) return some_hash(story);
    return world_hex(&story->w, state_body(s, (uint32_t)below(story, s->body.count))->id.bytes, 32);
}

static const char *some_unit(struct story *story)
{
    const struct state *s = &story->w.state;
    if (s->unit.count == 0) return some_hash(story);
    return world_hex(&story->w, state_unit(s, (uint32_t)below(story, s->unit.count))->id.bytes, 32);
}

static const char *some_mid(struct story *story)
{
    return world_hex(&story->w, story->w.member[below(story, story->w.member_count)].mid.bytes, 16);
}

/* A body for one of the kinds below, likely out of place. What it names is drawn first, one after
 * the other: compilers order arguments as they like. */
static const char *some_act(struct story *story, const char **ret_body)
{
    struct world *w = &story->w;
    unsigned number = (unsigned)below(story, 4) + 1;
    size_t kind = below(story, 10), blob = below(story, w->blob_count);
    const char *hash = some_hash(story), *unit = some_unit(story), *body = some_body(story);
    const char *election = some_election(story), *mid = some_mid(story);
    const char *list = world_hex(w, w->blob[blob].name.bytes, 32);
    switch (kind) {
    case 0:
        *ret_body = world_text(w, "{\"kind\":\"branch\",\"name\":\"Cave %u\"}", number);
        return "unit.found";
    case 1:
        *ret_body = world_text(w, "{\"list\":\"%s\",\"unit\":\"%s\"}", list, unit);
        return "roll.propose";
    case 2:
        *ret_body = world_text(w, "{\"codes\":[{\"key\":\"%s\",\"mid\":\"%s\"}]}", hash, mid);
        return "code.issue";
    case 3:
        *ret_body =
            world_text(w, "{\"cell\":1,\"election\":\"%s\",\"ranks\":[%u]}", election, number);
        return "ballot.open";
    case 4: *ret_body = world_text(w, "{\"body\":\"%s\"}", body); return "seat.resign";
    case 5:
        *ret_body =
            world_text(w, "{\"cell\":1,\"election\":\"%s\",\"member\":\"%s\"}", election, mid);
        return "election.nominate";
    case 6:
        *ret_body =
            world_text(w, "{\"cell\":1,\"election\":\"%s\",\"piles\":%u}", election, number);
        return "paper.complete";
    case 7: *ret_body = world_text(w, "{\"device\":\"%.8s\"}", hash); return "key.revoke";
    case 8:
        *ret_body =
            world_text(w, "{\"count\":%u,\"digest\":\"%s\",\"unit\":\"%s\"}", number, hash, unit);
        return "unit.confirm";
    default: *ret_body = world_text(w, "{\"unit\":\"%s\"}", unit); return "unit.close";
    }
}

static void forge_act(struct story *story)
{
    const char *body = NULL;
    const char *kind = some_act(story, &body);
    forge(story, FORGED_ACT, story_compose(story, somebody(story), kind, body), kind);
}

/* An act of before once more: its text is known by then. */
static void forge_again(struct story *story)
{
    size_t index = below(story, story->book.count);
    struct leaf leaf = logbook_read_leaf(&story->book, index);
    if (str_eq(leaf.kind, STR("tick"))) return;
    size_t before = story->forgery_count;
    struct refusal_sample kept = story->refused;
    forge(story, FORGED_ACT, story->book.entry[index].stored,
          world_text(&story->w, "%.*s", STR_ARG(leaf.kind)));
    story->refused = kept;
    if (story->forgery_count > before) story->forgery[before].article = ARTICLE_ONCE;
}

static void forge_tick(struct story *story)
{
    struct buf text;
    struct forgery forgery = {
        .class = FORGED_ACT, .after = story->book.count, .article = ARTICLE_TICK};
    buf_init(&text, alloc_libc, 512);
    tick_write(&text, story->book.origin, story->book.count, STR("{}"));
    forgery.stored = logbook_keep(&story->book, buf_str(&text));
    buf_done(&text);
    forgery.leaf =
        logbook_leaf(&story->book, forgery.stored, STR("tick"), (unix_s)story->w.state.org.last_at);
    keep_forgery(story, &forgery);
}

/* Another key chain, another history seen, another time: the envelope's own rules. */
static void forge_envelope(struct story *story)
{
    struct state *s = &story->w.state;
    size_t who = somebody(story);
    struct compose act = plain(story, who, "roll.move",
                               world_text(&story->w, "{\"unit\":\"%s\"}", some_unit(story)));
    uint32_t key_row =
        state_key_of(s, contest_member(&story->w, who), &story->w.member[who].device);
    hash32 last = state_key(s, key_row)->last_act;
    switch (below(story, 3)) {
    case 0: stream_bytes(&story->chance, state_key(s, key_row)->last_act.bytes, sizeof last); break;
    case 1: act.at -= 90000; break;
    default: act.at += 400; break;
    }
    str stored = compose(story, &act);
    state_key(s, key_row)->last_act = last;
    forge(story, FORGED_ACT, stored, "roll.move");
}

static void forge_rules(struct story *story)
{
    static const char *const versions[] = {"0", "2", "3", "7", "1000", "4294967295"};
    const char *body =
        world_text(&story->w, "{\"rules\":%s}", versions[below(story, COUNT(versions))]);
    forge(story, FORGED_RULES,
          story_compose(story, below(story, 3) ? 0 : somebody(story), "engine.adopt", body),
          "engine.adopt");
}

/* A result that nobody derives, declared by an elector. */
static void forge_result(struct story *story)
{
    const struct state *s = &story->w.state;
    if (s->cell.count == 0) return;
    uint32_t row = (uint32_t)below(story, s->cell.count);
    const struct cell_row *cell = state_cell(s, row);
    static const hash32 none;
    if (cell->elector_count == 0 || hash32_eq(&cell->sheet, &none)) return;
    hash32 digest = cell->sheet;
    size_t bit = below(story, 256);
    digest.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    const char *election =
        world_hex(&story->w, state_election(s, cell->election_row)->id.bytes, 32);
    const char *body =
        world_text(&story->w, "{\"cell\":%u,\"digest\":\"%s\",\"election\":\"%s\"}",
                   election_cell_number(s, row), world_hex(&story->w, digest.bytes, 32), election);
    uint32_t elector = cell->first_elector + (uint32_t)below(story, cell->elector_count);
    uint32_t member_row = state_elector(s, elector)->member_row;
    for (size_t who = 0; who < story->w.member_count; who++)
        if (contest_member(&story->w, who) == member_row)
            forge(story, FORGED_RESULT, story_compose(story, who, "election.declare", body),
                  "election.declare");
}

/* Called by the world with every entry. */
static void recorded(void *recorder, const struct fold_outcome *outcome)
{
    struct story *story = recorder;
    str stored = outcome->entry;
    if (story->book.count == 0)
        logbook_init(&story->book, STR("rehearsal.invalid/world"), &story->w.node_key);
    for (size_t i = 0; i < outcome->name_count; i++)
        for (size_t k = 0; k < story->w.blob_count; k++)
            if (hash32_eq(&story->w.blob[k].name, &outcome->names[i]))
                logbook_add_blob(&story->book, (str){story->w.blob[k].bytes, story->w.blob[k].len});
    logbook_add(&story->book, outcome->leaf_text, stored);
    forge_act(story);
    forge_act(story);
    forge_again(story);
    forge_envelope(story);
    forge_rules(story);
    forge_result(story);
    if (story->book.count % 3 == 0) forge_tick(story);
}

/* ---- the story ---- */

static void fine(const struct story *story, enum article article, const char *what)
{
    str name = article == ARTICLE_COUNT ? str_from(story->w.fail.message) : article_name(article);
    (void)CHECK(article == ARTICLE_NONE, "%s: %.*s", what, STR_ARG(name));
}

static struct contest call(struct story *story, const char *council, const char *mode,
                           size_t candidate, size_t count)
{
    struct world *w = &story->w;
    struct contest c = contest_plan(w, council, mode, "plurality");
    fine(story, contest_freeze(w, 0, &c), "roll.freeze");
    fine(story, contest_call(w, candidate, &c), "election.call");
    for (size_t i = 0; i < count; i++)
        fine(story, contest_nominate(w, &c, candidate + i, 1, candidate + i), "election.nominate");
    return c;
}

static void declare(struct story *story, const struct contest *c, size_t who)
{
    const char *body = world_text(&story->w, "{\"cell\":1,\"digest\":\"%s\",\"election\":\"%s\"}",
                                  contest_digest(&story->w, c, 1), c->id);
    fine(story, world_act(&story->w, who, "election.declare", "%s", body), "election.declare");
}

static void tell_open(struct story *story, const char *unit, size_t first, size_t count)
{
    struct world *w = &story->w;
    story->open = call(story, contest_council(w, unit, 2), "open", first, 5);
    contest_until(w, story->open.opens);
    for (size_t i = 0; i < count; i++)
        fine(story, contest_vote(w, &story->open, first + i, 1, i % 3 ? "2" : "4"), "ballot.open");
    contest_until(w, story->open.closes);
    declare(story, &story->open, first + 1);
    contest_until(w, story->open.objections_until);
}

static const char *const papers = "{\"papers\":[{\"n\":1,\"ranks\":[1]},{\"n\":2,\"ranks\":[2]},"
                                  "{\"n\":3,\"ranks\":[2]},{\"n\":7,\"ranks\":[3]}]}";
static const char *const sheet =
    "{\"issued\":6,\"not_returned\":0,\"rejected\":{\"blank\":1,\"other\":0,"
    "\"unclear\":0},\"unused\":1,\"valid\":4}";

static void key_pile(struct story *story, size_t teller, bool reveal)
{
    struct world *w = &story->w;
    nonce16 salt;
    char text[64];
    memset(salt.bytes, (int)teller, sizeof salt);
    hash32 name = sha256_of(str_from(papers)), seal = paper_seal(&salt, &name, str_from(sheet));
    base64_encode(seal.bytes, sizeof seal, text);
    if (!reveal)
        fine(story,
             world_act(w, teller, "paper.seal",
                       "{\"cell\":1,\"election\":\"%s\",\"pile\":1,\"seal\":\"%s\"}",
                       story->paper.id, text),
             "paper.seal");
    else
        fine(story,
             world_act(w, teller, "paper.reveal",
                       "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":1,\"salt\":\"%"
                       "s\",\"sheet\":%s}",
                       story->paper.id, world_blob(w, str_from(papers)),
                       world_hex(w, salt.bytes, sizeof salt), sheet),
             "paper.reveal");
}

static void tell_paper(struct story *story, const char *unit, size_t first, const size_t tellers[2])
{
    struct world *w = &story->w;
    story->paper = call(story, contest_council(w, unit, 1), "paper", first + 5, 3);
    contest_until(w, story->paper.closes);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 2; i++) key_pile(story, tellers[i], pass == 1);
    for (int i = 0; i < 2; i++)
        fine(story,
             world_act(w, tellers[i], "paper.complete",
                       "{\"cell\":1,\"election\":\"%s\",\"piles\":1}", story->paper.id),
             "paper.complete");
    declare(story, &story->paper, first + 7);
    contest_until(w, story->paper.objections_until);
}

static void tell_attested(struct story *story, const char *unit, size_t first,
                          const size_t tellers[2])
{
    struct world *w = &story->w;
    story->attested = call(story, contest_council(w, unit, 1), "attested", first + 8, 2);
    contest_until(w, story->attested.closes);
    fine(story,
         world_attested(
             w, first + 9, tellers, "election.attest",
             "{\"cell\":1,\"counts\":[7,9],\"election\":\"%s\",\"minutes\":\"%s\",\"present\":16}",
             story->attested.id, world_blob(w, STR("minutes of the meeting"))),
         "election.attest");
    contest_until(w, story->attested.objections_until);
}

void story_tell(struct story *story)
{
    struct world *w = &story->w;
    memset(story, 0, sizeof *story);
    story->forgery = calloc(FORGERIES_MAX, sizeof *story->forgery);
    if (!story->forgery) abort();
    stream_init(&story->chance, STR("forger"));
    world_init(w, "story");
    w->recorded = recorded;
    w->recorder = story;
    world_found(w, NULL);
    const char *harbour = world_unit(w, "Harbour"), *mill = world_unit(w, "Mill");
    size_t first = world_join(w, harbour, 40), second = world_join(w, mill, 20);
    story->members = first + 40 > second ? first + 40 : second + 20;
    const char *where = world_text(w, "\"%s\"", harbour);
    const size_t tellers[2] = {first + 30, first + 31}, judges[2] = {first + 32, first + 33};
    contest_seat(w, contest_office(w, where, "teller", 2), tellers, 2);
    contest_seat(w, contest_office(w, where, "appeals", 2), judges, 2);
    tell_open(story, where, first, 40);
    tell_paper(story, where, first, tellers);
    tell_attested(story, where, first, tellers);
    w->recorded = NULL;
}

void story_done(struct story *story)
{
    free(story->forgery);
    logbook_done(&story->book);
    world_done(&story->w);
}

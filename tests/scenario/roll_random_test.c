/* Random acts of random members on a small organisation. Whatever comes: lists and counts agree,
 * and once the units have confirmed nobody enters, leaves or moves by the signature of one person,
 * except the member who resigns. */
#include "branch.h"

#include "core/institutions/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { UNITS = 3, ROUNDS = 250 };

struct play {
    struct world w;
    struct stream dice;
    struct branch branch[UNITS];
    const char *open[64]; /* "list" and id of proposals made, as bodies of roll.second */
    size_t proposer[64], open_count, changed;
};

static size_t dice(struct play *p, size_t sides)
{
    return (size_t)stream_below(&p->dice, sides);
}

/* Where everybody belongs, in one number. */
static hash32 picture(const struct state *s)
{
    struct sha256 sha;
    sha256_init(&sha);
    for (uint32_t row = 0; row < s->member.count; row++) {
        const struct member_row *m = state_member(s, row);
        sha256_add(&sha, &m->unit_row, sizeof m->unit_row);
        sha256_add(&sha, &m->status, sizeof m->status);
    }
    return sha256_done(&sha);
}

static const char *random_change(struct play *p)
{
    struct world *w = &p->w;
    size_t who = dice(p, w->member_count);
    switch (dice(p, 4)) {
    case 0: return branch_admit(w, branch_stranger(w));
    case 1: return world_text(w, "{\"do\":\"transfer\",\"mid\":\"%s\"}", branch_mid(w, who));
    case 2: return branch_admit(w, who);
    default: return world_text(w, "{\"do\":\"lapse\",\"mid\":\"%s\"}", branch_mid(w, who));
    }
}

static void propose(struct play *p, size_t who)
{
    struct world *w = &p->w;
    const char *list = branch_list(w, "%s", random_change(p));
    enum article article = world_act(w, who, "roll.propose", "{\"list\":\"%s\",\"unit\":\"%s\"}",
                                     list, p->branch[dice(p, UNITS)].id);
    if (article != ARTICLE_NONE || p->open_count == COUNT(p->open)) return;
    p->proposer[p->open_count] = who;
    p->open[p->open_count++] = world_text(w, "{\"list\":\"%s\",\"proposal\":\"%s\"}", list,
                                          world_hex(w, w->last_id.bytes, 32));
}

static void merge(struct play *p, size_t who)
{
    (void)world_act(&p->w, who, "unit.merge", "{\"from\":\"%s\",\"into\":\"%s\"}",
                    p->branch[dice(p, UNITS)].id, p->branch[dice(p, UNITS)].id);
}

/* One random act. Returns the number of a proposal that was seconded, or -1. */
static int play_one(struct play *p, size_t who, const char **ret_kind)
{
    struct world *w = &p->w;
    const char *kinds[] = {"roll.propose", "roll.propose", "roll.second", "roll.second",
                           "roll.second",  "roll.move",    "roll.resign", "unit.merge"};
    *ret_kind = kinds[dice(p, COUNT(kinds))];
    if (str_eq(str_from(*ret_kind), STR("roll.propose"))) propose(p, who);
    if (str_eq(str_from(*ret_kind), STR("unit.merge")) && dice(p, 8) == 0) merge(p, who);
    if (str_eq(str_from(*ret_kind), STR("roll.move")))
        (void)world_act(w, who, "roll.move", "{\"unit\":\"%s\"}", p->branch[dice(p, UNITS)].id);
    if (str_eq(str_from(*ret_kind), STR("roll.resign")) && dice(p, 4) == 0)
        (void)world_act(w, who, "roll.resign", "{}");
    if (!str_eq(str_from(*ret_kind), STR("roll.second")) || p->open_count == 0) return -1;
    size_t n = dice(p, p->open_count);
    return world_act(w, who, "roll.second", "%s", p->open[n]) == ARTICLE_NONE ? (int)n : -1;
}

static void play(struct play *p)
{
    hash32 before = picture(&p->w.state);
    for (int round = 0; round < ROUNDS; round++) {
        size_t who = p->branch[dice(p, UNITS)].first + dice(p, 5);
        const char *kind;
        int seconded = play_one(p, who, &kind);
        hash32 after = picture(&p->w.state);
        bool changed = !hash32_eq(&before, &after),
             merged = str_eq(str_from(kind), STR("unit.merge"));
        bool resigned = str_eq(str_from(kind), STR("roll.resign"));
        CHECK(!changed || seconded >= 0 || resigned || merged, "round %d: %s changed the roll",
              round, kind);
        CHECK(seconded < 0 || p->proposer[seconded] != who,
              "round %d: one person proposed and seconded", round);
        p->changed += changed;
        before = after;
        branch_check_lists(&p->w.state, kind);
    }
}

static void test_play(unsigned seed)
{
    static struct play p;
    char name[32];
    (void)snprintf(name, sizeof name, "play %u", seed);
    p = (struct play){0};
    world_init(&p.w, name);
    stream_init(&p.dice, str_from(name));
    world_found(&p.w, NULL);
    for (int i = 0; i < UNITS; i++)
        p.branch[i] = branch_make(&p.w, world_text(&p.w, "Unit %d", i), 5);
    for (int i = 0; i < UNITS; i++) branch_confirm(&p.w, &p.branch[i]);
    play(&p);
    CHECK(p.changed > 3, "seed %u: something happened (%zu)", seed, p.changed);
    world_done(&p.w);
}

int main(void)
{
    for (unsigned seed = 1; seed <= 6; seed++) test_play(seed);
    return check_done();
}

/* paper.c - attempts of those who count paper. */
#include "prove/attempt.h"

#include "base/text.h"
#include "core/institutions/paper.h"

#include <string.h>

static const char sheet_true[] =
    "{\"issued\":6,\"not_returned\":0,\"rejected\":{\"blank\":1,\"other\":0,\"unclear\":0},"
    "\"unused\":1,\"valid\":4}";
/* Two papers more were issued than are accounted for. */
static const char sheet_short[] =
    "{\"issued\":8,\"not_returned\":0,\"rejected\":{\"blank\":1,\"other\":0,\"unclear\":0},"
    "\"unused\":1,\"valid\":4}";
static const char papers_true[] =
    "{\"papers\":[{\"n\":1,\"ranks\":[1]},{\"n\":2,\"ranks\":[2]},{\"n\":3,\"ranks\":[2]},"
    "{\"n\":7,\"ranks\":[3]}]}";
static const char papers_false[] =
    "{\"papers\":[{\"n\":1,\"ranks\":[1]},{\"n\":2,\"ranks\":[1]},{\"n\":3,\"ranks\":[1]},"
    "{\"n\":7,\"ranks\":[3]}]}";

struct keying {
    uint32_t who;
    const char *papers, *sheet;
};

/* The council elected on paper; the box of the first unit is closed and is being keyed. */
static bool to_the_table(struct scratch *s)
{
    static const uint32_t stand[] = {DELEGATE, SECOND_DELEGATE, ORDINARY};
    struct scratch_election e = {.body = &s->council, .mode = "paper", .rule = "plurality"};
    if (!scratch_elect(s, &e)) return false;
    s->target = e.id;
    for (size_t i = 0; i < COUNT(stand); i++)
        if (!scratch_must(s, scratch_stand(s, scratch_at(0, stand[i]), &e, 1), "a candidate"))
            return false;
    return scratch_must(s, scratch_until(s, e.closes), "the box is closed");
}

static nonce16 salt_of(uint32_t who)
{
    nonce16 salt;
    memset(salt.bytes, (int)who, sizeof salt);
    return salt;
}

static bool seal(struct scratch *s, const struct keying *keying)
{
    nonce16 salt = salt_of(keying->who);
    hash32 name = sha256_of(str_from(keying->papers)),
           sealed = paper_seal(&salt, &name, str_from(keying->sheet));
    char text[64];
    base64_encode(sealed.bytes, sizeof sealed, text);
    return scratch_act(s, keying->who, "paper.seal",
                       "{\"cell\":1,\"election\":\"%s\",\"pile\":1,\"seal\":\"%s\"}",
                       scratch_id(s, &s->target), text);
}

static bool reveal(struct scratch *s, const struct keying *keying)
{
    nonce16 salt = salt_of(keying->who);
    return scratch_act(s, keying->who, "paper.reveal",
                       "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":1,\"salt\":\"%"
                       "s\",\"sheet\":%s}",
                       scratch_id(s, &s->target), scratch_blob(s, keying->papers),
                       scratch_hex(s, salt.bytes, sizeof salt), keying->sheet);
}

static bool adjudicate(struct scratch *s, const struct keying *keying)
{
    return scratch_act(s, keying->who, "paper.adjudicate",
                       "{\"cell\":1,\"election\":\"%s\",\"papers\":\"%s\",\"pile\":1,\"sheet\":%s}",
                       scratch_id(s, &s->target), scratch_blob(s, keying->papers), keying->sheet);
}

/* The only pile of the cell, NULL before there is one. */
static const struct pile_row *first_pile(const struct scratch *s)
{
    return s->state->pile.count ? state_pile(s->state, 0) : NULL;
}

/* ---- tellers-disagree ---- */

static void decide_alone(struct scratch *s)
{
    struct keying liar = {scratch_at(0, TELLER), papers_false, sheet_true};
    struct keying honest = {scratch_at(0, SECOND_TELLER), papers_true, sheet_true};
    if (!to_the_table(s)) return;
    bool keyed = seal(s, &liar) && seal(s, &honest) && reveal(s, &honest) && reveal(s, &liar);
    if (!scratch_must(s, keyed && adjudicate(s, &liar), "two keyings that differ")) return;
    (void)adjudicate(s, &liar);
}

static bool one_keying_was_chosen(const struct scratch *s)
{
    hash32 chosen = sha256_of(str_from(papers_false));
    const struct pile_row *pile = first_pile(s);
    return pile && pile->state == PILE_AGREED && hash32_eq(&pile->accepted, &chosen);
}

/* ---- one-teller-keys-twice ---- */

static void key_twice(struct scratch *s)
{
    struct keying teller = {scratch_at(0, TELLER), papers_false, sheet_true};
    if (!to_the_table(s) || !scratch_must(s, seal(s, &teller), "one keying")) return;
    (void)seal(s, &teller);
}

static bool both_keyings_are_one(const struct scratch *s)
{
    const struct pile_row *pile = first_pile(s);
    return pile && pile->state == PILE_SEALED && pile->teller_row[0] == pile->teller_row[1];
}

/* ---- lose-papers ---- */

static void lose_papers(struct scratch *s)
{
    struct keying first = {scratch_at(0, TELLER), papers_true, sheet_short};
    struct keying second = {scratch_at(0, SECOND_TELLER), papers_true, sheet_short};
    if (!to_the_table(s) || !scratch_must(s, seal(s, &first) && seal(s, &second), "two keyings"))
        return;
    if (reveal(s, &first)) (void)reveal(s, &second);
}

static bool papers_are_lost(const struct scratch *s)
{
    const struct pile_row *pile = first_pile(s);
    return pile && pile->state == PILE_AGREED &&
           str_eq(state_text(s->state, pile->sheet), str_from(sheet_short));
}

const struct attempt paper_attempts[] = {
    {"tellers-disagree",
     "One of two tellers who keyed a pile differently settles it alone, with the own keying.",
     ARTICLE_PAPER_DIFFER, ATTEMPT_REFUSED, NULL, decide_alone, one_keying_was_chosen},
    {"one-teller-keys-twice", "One teller keys a pile for both.", ARTICLE_PAPER_PILE,
     ATTEMPT_REFUSED, NULL, key_twice, both_keyings_are_one},
    {"lose-papers", "Two tellers agree on a sheet on which two issued papers are missing.",
     ARTICLE_PAPER_SHEET, ATTEMPT_REFUSED, NULL, lose_papers, papers_are_lost},
};
const size_t paper_attempt_count = COUNT(paper_attempts);

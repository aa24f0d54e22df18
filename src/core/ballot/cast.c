#include "core/ballot/cast.h"

#include "base/buf.h"
#include "base/text.h"
#include "core/ballot/prove.h"

#include <string.h>

enum { CONTEXT_MAX = 16 << 20 };

struct cast {
    const struct poll *poll;
    struct bjson json;
    bool judge;
    struct arena *arena;
    str s0;            /* phi|credential */
    const char *wrong; /* the first thing that is */
};

static void refuse(struct cast *cast, const char *what)
{
    if (!cast->json.bad && !cast->wrong) cast->wrong = what; /* else its form was bad before */
    bjson_refuse(&cast->json);
}

/* "S be the string S0 followed by a vertical bar and b", b all alphas and betas, separated by
 * commas. */
static str context_of(struct cast *cast, const struct cipher *ciphers, uint32_t count)
{
    char text[GROUP_TEXT_MAX];
    struct buf context;
    str copy = {NULL, 0};
    buf_init(&context, cast->arena->alloc, CONTEXT_MAX);
    buf_add(&context, cast->s0);
    for (uint32_t i = 0; i < count; i++) {
        buf_add_byte(&context, i == 0 ? '|' : ',');
        buf_add(&context, group_text(&cast->poll->group, &ciphers[i].alpha, text));
        buf_add_byte(&context, ',');
        buf_add(&context, group_text(&cast->poll->group, &ciphers[i].beta, text));
    }
    if (buf_check(&context) != CODE_OK || !arena_copy(cast->arena, buf_str(&context), &copy))
        refuse(cast, "memory");
    buf_done(&context);
    return copy;
}

static struct cipher product(const struct group *group, const struct cipher *ciphers,
                             uint32_t count)
{
    struct cipher all = {group->one, group->one};
    for (uint32_t i = 0; i < count; i++) {
        group_mul(group, &all.alpha, &all.alpha, &ciphers[i].alpha);
        group_mul(group, &all.beta, &all.beta, &ciphers[i].beta);
    }
    return all;
}

/* Without judging, proofs are passed over: the ballot was judged before. */
static bool passes(struct cast *cast)
{
    if (!cast->judge) bjson_skip(&cast->json);
    return !cast->judge;
}

static void judge_case(struct cast *cast, const struct statement *s, str label,
                       const struct cipher *shown, const struct branch *branches, uint32_t count)
{
    if (cast->json.bad) return;
    if (!proof_of_case(s, label, shown, branches, count, &cast->json)) refuse(cast, "proof");
}

static struct statement statement_of(const struct cast *cast, str context)
{
    return (struct statement){&cast->poll->group, &cast->poll->key, context};
}

/* Each ciphertext of `count` holds 0 or 1: "iprove(S0, r, m, 0, 1)", of the shorter context. */
static void judge_bits(struct cast *cast, const struct cipher *ciphers, uint32_t count)
{
    const struct statement s = statement_of(cast, cast->s0);
    struct branch bits[2];
    uint32_t n = 0;
    for (; bjson_more(&cast->json, n); n++) {
        if (n == count) refuse(cast, "proof");
        if (cast->json.bad) return;
        branches_between(s.group, &ciphers[n], 0, 2, bits);
        judge_case(cast, &s, STR("prove|"), &ciphers[n], bits, 2);
    }
    if (n != count) refuse(cast, "proof");
}

/* `count` ciphertexts between brackets. */
static void read_ciphers(struct cast *cast, struct cipher *ret, uint32_t count)
{
    uint32_t n = 0;
    for (; bjson_more(&cast->json, n); n++) {
        if (n == count) refuse(cast, "choices");
        if (cast->json.bad) return;
        read_cipher(&cast->json, &cast->poll->group, &ret[n]);
    }
    if (n != count || cast->json.bad) refuse(cast, "choices");
}

/* "m0 = 1 or the sum is between min and max", "m0 = 0 or the sum is 0" (4.14) */
static void judge_blank(struct cast *cast, const struct question *q, const struct statement *s,
                        const struct cipher *ciphers, struct branch *branches)
{
    const struct group *group = s->group;
    struct cipher sum = product(group, ciphers + 1, q->answers);
    uint32_t count = q->max - q->min + 1;
    branches_between(group, &ciphers[0], 1, 1, branches);
    branches_between(group, &sum, q->min, count, branches + 1);
    judge_case(cast, s, STR("bproof1|"), NULL, branches, count + 1);
    bjson_expect(&cast->json, STR(",\"blank_proof\":"));
    branches[0] = (struct branch){ciphers[0].alpha, ciphers[0].beta};
    branches[1] = (struct branch){sum.alpha, sum.beta};
    judge_case(cast, s, STR("bproof0|"), NULL, branches, 2);
}

static void judge_overall(struct cast *cast, const struct question *q, const struct statement *s,
                          const struct cipher *ciphers)
{
    struct branch *branches = ARENA_ARRAY(cast->arena, q->max - q->min + 3, struct branch);
    if (!branches) {
        refuse(cast, "memory");
        return;
    }
    if (q->blank) {
        judge_blank(cast, q, s, ciphers, branches);
        return;
    }
    struct cipher sum = product(s->group, ciphers, q->answers);
    branches_between(s->group, &sum, q->min, q->max - q->min + 1, branches);
    judge_case(cast, s, STR("prove|"), &sum, branches, q->max - q->min + 1);
}

static void read_homomorphic(struct cast *cast, const struct question *q, struct cipher *ciphers)
{
    bjson_expect(&cast->json, STR("{\"choices\":"));
    read_ciphers(cast, ciphers, q->ciphers);
    bjson_expect(&cast->json, STR(",\"individual_proofs\":"));
    str context =
        cast->json.bad || !cast->judge ? (str){"", 0} : context_of(cast, ciphers, q->ciphers);
    struct statement s = statement_of(cast, context);
    if (!passes(cast)) judge_bits(cast, ciphers, q->ciphers);
    bjson_expect(&cast->json, STR(",\"overall_proof\":"));
    if (!passes(cast) && !cast->json.bad) judge_overall(cast, q, &s, ciphers);
    if (!cast->judge && bjson_try(&cast->json, STR(",\"blank_proof\":"))) bjson_skip(&cast->json);
    bjson_expect(&cast->json, STR("}"));
}

static void read_ranked(struct cast *cast, struct cipher *cipher)
{
    struct proof proof;
    struct statement s = statement_of(cast, cast->s0);
    bjson_expect(&cast->json, STR("{\"choices\":"));
    read_cipher(&cast->json, s.group, cipher);
    bjson_expect(&cast->json, STR(",\"proof\":"));
    read_proof(&cast->json, s.group, &proof);
    bjson_expect(&cast->json, STR("}"));
    if (cast->judge && !cast->json.bad && !proof_of_plaintext(&s, cipher, &proof))
        refuse(cast, "proof");
}

/* Exactly one list: a single proof of the one case sum = 1. */
static void judge_one_list(struct cast *cast, const struct question *q, const struct statement *s,
                           const struct cipher *ciphers)
{
    struct cipher sum = {s->group->one, s->group->one};
    struct branch one;
    struct proof proof;
    for (uint32_t i = 0, at = 0; i < q->answers; at += q->list[i++]) {
        group_mul(s->group, &sum.alpha, &sum.alpha, &ciphers[at].alpha);
        group_mul(s->group, &sum.beta, &sum.beta, &ciphers[at].beta);
    }
    branches_between(s->group, &sum, 1, 1, &one);
    size_t from = cast->json.at;
    read_proof(&cast->json, s->group, &proof);
    if (cast->json.bad) return;
    /* The same proof, as an array of one. */
    str wrapped = arena_printf(cast->arena, "[%.*s]",
                               STR_ARG(str_sub(cast->json.text, from, cast->json.at - from)));
    if (!wrapped.at) {
        refuse(cast, "memory");
        return;
    }
    struct bjson alone = bjson_from(wrapped);
    if (!proof_of_case(s, STR("prove|"), &sum, &one, 1, &alone)) refuse(cast, "proof");
}

/* "each list is either selected, or all its candidates are not selected" (4.15), "at least one
 * candidate" (4.16) */
static void judge_lists(struct cast *cast, const struct question *q, const struct statement *s,
                        const struct cipher *ciphers)
{
    const struct group *group = s->group;
    struct cipher all = {group->one, group->one};
    uint32_t n = 0, at = 0;
    bjson_expect(&cast->json, STR(",\"list_proofs\":"));
    for (; bjson_more(&cast->json, n); n++) {
        struct branch cases[2];
        if (n == q->answers) refuse(cast, "proof");
        if (cast->json.bad) return;
        struct cipher sum = product(group, ciphers + at + 1, q->list[n] - 1);
        branches_between(group, &ciphers[at], 1, 1, cases);
        cases[1] = (struct branch){sum.alpha, sum.beta};
        judge_case(cast, s, STR("lproof|"), NULL, cases, 2);
        group_mul(group, &all.alpha, &all.alpha, &sum.alpha);
        group_mul(group, &all.beta, &all.beta, &sum.beta);
        at += q->list[n];
    }
    bjson_expect(&cast->json, STR(",\"nonzero_proof\":"));
    if (cast->json.bad || n != q->answers || !proof_of_nonzero(s, &all, &cast->json))
        refuse(cast, "proof");
}

static void read_lists(struct cast *cast, const struct question *q, struct cipher *ciphers)
{
    uint32_t n = 0, at = 0;
    bjson_expect(&cast->json, STR("{\"choices\":"));
    for (; bjson_more(&cast->json, n); n++) {
        if (n == q->answers) refuse(cast, "choices");
        if (cast->json.bad) return;
        read_ciphers(cast, ciphers + at, q->list[n]);
        at += q->list[n];
    }
    bjson_expect(&cast->json, STR(",\"individual_proofs\":"));
    if (n != q->answers || cast->json.bad) refuse(cast, "choices");
    if (cast->json.bad) return;
    if (!cast->judge) {
        static const char *const rest[] = {
            ",\"overall_proof\":", ",\"list_proofs\":", ",\"nonzero_proof\":", "}"};
        for (size_t i = 0; i < COUNT(rest); i++) {
            bjson_skip(&cast->json);
            bjson_expect(&cast->json, str_from(rest[i]));
        }
        return;
    }
    struct statement s = statement_of(cast, context_of(cast, ciphers, q->ciphers));
    for (n = 0, at = 0; bjson_more(&cast->json, n); at += q->list[n++]) {
        if (n == q->answers) refuse(cast, "proof");
        if (cast->json.bad) return;
        judge_bits(cast, ciphers + at, q->list[n]);
    }
    if (n != q->answers) refuse(cast, "proof");
    bjson_expect(&cast->json, STR(",\"overall_proof\":"));
    if (cast->json.bad) return;
    judge_one_list(cast, q, &s, ciphers);
    judge_lists(cast, q, &s, ciphers);
    bjson_expect(&cast->json, STR("}"));
}

static void read_answers(struct cast *cast, struct cipher *ciphers)
{
    uint32_t n = 0;
    for (; bjson_more(&cast->json, n); n++) {
        if (n == cast->poll->question_count) refuse(cast, "ballot");
        if (cast->json.bad) return;
        const struct question *q = &cast->poll->questions[n];
        switch (q->kind) {
        case QUESTION_HOMOMORPHIC: read_homomorphic(cast, q, ciphers); break;
        case QUESTION_RANKED: read_ranked(cast, ciphers); break;
        case QUESTION_LISTS: read_lists(cast, q, ciphers); break;
        }
        ciphers += q->ciphers;
    }
    if (n != cast->poll->question_count) refuse(cast, "ballot");
}

/* ,"signature":{"hash":h,"proof":p}} with h of the ballot without this field. */
static void read_signature(struct cast *cast, const union element *credential)
{
    struct proof proof;
    char expected[45], prefix[64] = "sig|";
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add_str(&sha, str_sub(cast->json.text, 0, cast->json.at));
    sha256_add_str(&sha, STR("}"));
    hash32 hash = sha256_done(&sha);
    base64_encode(hash.bytes, sizeof hash.bytes, expected);
    bjson_expect(&cast->json, STR(",\"signature\":{\"hash\":"));
    str stated = bjson_plain(&cast->json);
    bjson_expect(&cast->json, STR(",\"proof\":"));
    read_proof(&cast->json, &cast->poll->group, &proof);
    bjson_expect(&cast->json, STR("}}"));
    if (cast->json.bad || !str_eq(stated, (str){expected, 43})) {
        refuse(cast, "signature");
        return;
    }
    memcpy(prefix + 4, expected, 43);
    memcpy(prefix + 47, "|", 2);
    if (cast->judge &&
        !proof_of_logarithm(&cast->poll->group, credential, &proof, str_from(prefix)))
        refuse(cast, "signature");
}

enum code cast_read(const struct poll *poll, str text, bool judge, struct arena *arena,
                    str *ret_credential, struct cipher **ret_ciphers, struct fail *fail)
{
    struct cast cast = {.poll = poll, .json = bjson_from(text), .judge = judge, .arena = arena};
    union element credential;
    struct cipher *ciphers = ARENA_ARRAY(arena, poll->cipher_count, struct cipher);
    if (!ciphers) return CODE_NO_MEMORY;
    bjson_expect(&cast.json, STR("{\"election_uuid\":"));
    if (!str_eq(bjson_plain(&cast.json), poll->uuid)) refuse(&cast, "election");
    bjson_expect(&cast.json, STR(",\"election_hash\":"));
    if (!str_eq(bjson_plain(&cast.json), str_from(poll->fingerprint))) refuse(&cast, "election");
    bjson_expect(&cast.json, STR(",\"credential\":"));
    struct bjson named = cast.json;
    read_element(&cast.json, &poll->group, &credential);
    str name = bjson_plain(&named);
    cast.s0 = arena_printf(arena, "%s|%.*s", poll->fingerprint, STR_ARG(name));
    if (!cast.s0.at) return CODE_NO_MEMORY;
    bjson_expect(&cast.json, STR(",\"answers\":"));
    if (!cast.json.bad) read_answers(&cast, ciphers);
    if (!cast.json.bad) read_signature(&cast, &credential);
    if (cast.wrong && strcmp(cast.wrong, "memory") == 0) return CODE_NO_MEMORY;
    if (!bjson_end(&cast.json))
        return fail_set(fail, CODE_MALFORMED, cast.wrong ? cast.wrong : "ballot",
                        "a ballot's %s is not in order, byte %zu", cast.wrong ? cast.wrong : "form",
                        cast.json.bad ? cast.json.bad_at : cast.json.at);
    *ret_credential = name;
    *ret_ciphers = ciphers;
    return CODE_OK;
}

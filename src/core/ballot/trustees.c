#include "core/ballot/trustees.h"

#include "core/ballot/prove.h"

/* One threshold key while it is read. */
struct round {
    const struct group *group;
    struct arena *arena;
    struct bjson json;
    uint32_t count, threshold;
    union element *verify, *encrypt; /* each trustee's two keys */
    union element *coefficients;     /* trustee i's are threshold of them from i * threshold on */
    str certs;                       /* the array as it stands */
    str *coefexps;                   /* each trustee's array as it stands in its message */
    const char *wrong;
};

static void refuse(struct round *round, const char *what)
{
    if (!round->json.bad && !round->wrong) round->wrong = what; /* else its form was bad before */
    bjson_refuse(&round->json);
}

/* Was "sigmsg|M|A" signed with `key`? (4.6.1) */
static bool signed_by(struct round *round, const union element *key, str message,
                      const struct proof *signature)
{
    str prefix = arena_printf(round->arena, "sigmsg|%.*s|", STR_ARG(message));
    if (!prefix.at) bjson_starve(&round->json);
    return prefix.at && proof_of_logarithm(round->group, key, signature, prefix);
}

/* {"message":s,"signature":p} */
static str read_message(struct round *round, struct proof *ret_signature)
{
    bjson_expect(&round->json, STR("{\"message\":"));
    str message = bjson_string(&round->json, round->arena);
    bjson_expect(&round->json, STR(",\"signature\":"));
    read_proof(&round->json, round->group, ret_signature);
    bjson_expect(&round->json, STR("}"));
    return message;
}

/* Certificate n, from 0: its context names this group, the number of trustees, the threshold and n
 * + 1. The number is known only behind the last, so the first tells it and all must agree. */
static void read_certificate(struct round *round, uint32_t n, uint64_t *size)
{
    struct proof signature;
    str message = read_message(round, &signature);
    if (round->json.bad) return;
    struct bjson json = bjson_from(message);
    bjson_expect(&json, STR("{\"context\":{\"group\":"));
    str group = bjson_plain(&json);
    bjson_expect(&json, STR(",\"size\":"));
    uint64_t stated = bjson_u64(&json);
    if (n == 0) *size = stated;
    bjson_expect(&json, STR(",\"threshold\":"));
    uint64_t threshold = bjson_u64(&json);
    bjson_expect(&json, STR(",\"index\":"));
    uint64_t index = bjson_u64(&json);
    bjson_expect(&json, STR("},\"verification\":"));
    read_element(&json, round->group, &round->verify[n]);
    bjson_expect(&json, STR(",\"encryption\":"));
    read_element(&json, round->group, &round->encrypt[n]);
    bjson_expect(&json, STR("}"));
    if (!bjson_end(&json) || !str_eq(group, str_from(round->group->name)) || stated != *size ||
        threshold != round->threshold || index != n + 1 ||
        !signed_by(round, &round->verify[n], message, &signature))
        refuse(round, "certificate");
}

static void read_certificates(struct round *round)
{
    uint64_t size = 0;
    size_t from = round->json.at;
    for (; bjson_more(&round->json, round->count); round->count++) {
        if (round->count == TRUSTEES_MAX) refuse(round, "trustees");
        if (round->json.bad) return;
        read_certificate(round, round->count, &size);
    }
    round->certs = str_sub(round->json.text, from, round->json.at - from);
    if (round->json.bad || round->count != size || round->threshold > round->count)
        refuse(round, "certificate");
    /* Keys of one's own: each verification and encryption key once, none of them 1. */
    for (uint32_t i = 0; i < 2 * round->count; i++) {
        const union element *key = i % 2 ? &round->encrypt[i / 2] : &round->verify[i / 2];
        if (group_equal(round->group, key, &round->group->one)) refuse(round, "certificate");
        for (uint32_t k = 0; k < i; k++)
            if (group_equal(round->group, key,
                            k % 2 ? &round->encrypt[k / 2] : &round->verify[k / 2]))
                refuse(round, "certificate");
    }
}

/* {"coefexps":[A_0,...,A_t]}, signed */
static void read_coefficients(struct round *round, uint32_t n)
{
    struct proof signature;
    uint32_t k = 0;
    str message = read_message(round, &signature);
    if (round->json.bad) return;
    struct bjson json = bjson_from(message);
    bjson_expect(&json, STR("{\"coefexps\":"));
    size_t from = json.at;
    for (; bjson_more(&json, k); k++) {
        if (k == round->threshold) bjson_refuse(&json);
        if (json.bad) break;
        read_element(&json, round->group, &round->coefficients[n * round->threshold + k]);
    }
    round->coefexps[n] = str_sub(message, from, json.at - from);
    bjson_expect(&json, STR("}"));
    if (!bjson_end(&json) || k != round->threshold ||
        !signed_by(round, &round->verify[n], message, &signature))
        refuse(round, "coefficients");
}

/* The signature over all certificates and one's own coefficients:
 * "certs_sig|{"certs":...,"coefexps":...}" (4.6.4) */
static void read_signature(struct round *round, uint32_t n)
{
    struct proof signature;
    read_proof(&round->json, round->group, &signature);
    if (round->json.bad) return;
    str message = arena_printf(round->arena, "certs_sig|{\"certs\":%.*s,\"coefexps\":%.*s}",
                               STR_ARG(round->certs), STR_ARG(round->coefexps[n]));
    if (!message.at) bjson_starve(&round->json);
    if (!message.at || !signed_by(round, &round->verify[n], message, &signature))
        refuse(round, "signature");
}

/* {"pok":p,"public_key":e,?"signature":p}; the proof is of H("pok|G|X|A"). */
static bool read_key(struct bjson *json, const struct group *group, struct arena *arena,
                     union element *ret, struct proof *ret_signature, bool *ret_signed)
{
    char text[GROUP_TEXT_MAX];
    struct proof pok;
    bjson_expect(json, STR("{\"pok\":"));
    read_proof(json, group, &pok);
    bjson_expect(json, STR(",\"public_key\":"));
    read_element(json, group, ret);
    *ret_signed = bjson_try(json, STR(",\"signature\":"));
    if (*ret_signed) read_proof(json, group, ret_signature);
    bjson_expect(json, STR("}"));
    if (json->bad) return false;
    str key = group_text(group, ret, text);
    str prefix = arena_printf(arena, "pok|%s|%.*s|", group->name, STR_ARG(key));
    if (!prefix.at) bjson_starve(json);
    return prefix.at && !group_equal(group, ret, &group->one) &&
           proof_of_logarithm(group, ret, &pok, prefix);
}

/* prod_i prod_k A_ik^(j^k), j from 1: what the public key of trustee j must be (4.6.6) */
static union element share_of(const struct round *round, uint32_t j)
{
    const struct group *group = round->group;
    union element share = group->one, power;
    union exponent x;
    exponent_of_u64(group, &x, j);
    for (uint32_t i = 0; i < round->count; i++) {
        union element value = group->one;
        for (uint32_t k = round->threshold; k-- > 0;) { /* Horner's rule, in the exponent */
            group_pow(group, &power, &value, &x);
            group_mul(group, &value, &power, &round->coefficients[i * round->threshold + k]);
        }
        group_mul(group, &share, &share, &value);
    }
    return share;
}

static void read_share(struct round *round, uint32_t n, union element *ret)
{
    struct proof signature;
    char text[GROUP_TEXT_MAX];
    bool is_signed = false;
    if (!read_key(&round->json, round->group, round->arena, ret, &signature, &is_signed))
        refuse(round, "proof");
    if (round->json.bad) return;
    union element share = share_of(round, n + 1);
    if (!group_equal(round->group, ret, &share)) refuse(round, "share");
    str key = group_text(round->group, ret, text);
    if (!is_signed || !signed_by(round, &round->verify[n], key, &signature))
        refuse(round, "signature");
}

/* Reads one array of exactly round->count elements. */
static void read_each(struct round *round, void (*read)(struct round *, uint32_t))
{
    uint32_t n = 0;
    for (; bjson_more(&round->json, n); n++) {
        if (n == round->count) refuse(round, "trustees");
        if (round->json.bad) return;
        read(round, n);
    }
    if (n != round->count) refuse(round, "trustees");
}

/* Behind ["Pedersen", */
static enum code read_pedersen(struct round *round, struct trustees *all, union element *key)
{
    uint32_t n = 0;
    bjson_expect(&round->json, STR("{\"threshold\":"));
    uint64_t threshold = bjson_u64(&round->json);
    if (threshold == 0 || threshold > TRUSTEES_MAX) refuse(round, "trustees");
    round->threshold = (uint32_t)threshold;
    round->verify = ARENA_ARRAY(round->arena, TRUSTEES_MAX, union element);
    round->encrypt = ARENA_ARRAY(round->arena, TRUSTEES_MAX, union element);
    bjson_expect(&round->json, STR(",\"certs\":"));
    if (!round->verify || !round->encrypt) return CODE_NO_MEMORY;
    read_certificates(round);
    if (round->json.bad) return CODE_OK;
    round->coefexps = ARENA_ARRAY(round->arena, round->count, str);
    round->coefficients =
        ARENA_ARRAY(round->arena, (size_t)round->count * round->threshold, union element);
    if (!round->coefexps || !round->coefficients) return CODE_NO_MEMORY;
    bjson_expect(&round->json, STR(",\"coefexps\":"));
    read_each(round, read_coefficients);
    bjson_expect(&round->json, STR(",\"signatures\":"));
    read_each(round, read_signature);
    bjson_expect(&round->json, STR(",\"verification_keys\":"));
    if (all->count + round->count > TRUSTEES_MAX) refuse(round, "trustees");
    for (; bjson_more(&round->json, n); n++) {
        if (n == round->count) refuse(round, "trustees");
        if (round->json.bad) return CODE_OK;
        read_share(round, n, &all->all[all->count + n]);
        group_mul(round->group, key, key,
                  &round->coefficients[n * round->threshold]); /* prod A_z0 */
    }
    bjson_expect(&round->json, STR("}"));
    if (n != round->count) refuse(round, "trustees");
    all->items[all->item_count++] =
        (struct trustee_item){all->count, round->count, round->threshold};
    all->count += round->count;
    return CODE_OK;
}

static void read_single(struct round *round, struct trustees *all, union element *key)
{
    struct proof signature;
    bool is_signed = false;
    if (!read_key(&round->json, round->group, round->arena, &all->all[all->count], &signature,
                  &is_signed))
        refuse(round, "proof");
    if (is_signed) refuse(round, "trustees"); /* "present only in threshold mode" */
    group_mul(round->group, key, key, &all->all[all->count]);
    all->items[all->item_count++] = (struct trustee_item){all->count, 1, 1};
    all->count++;
}

enum code trustees_read(const struct poll *poll, str text, struct arena *arena,
                        struct trustees *ret, struct fail *fail)
{
    struct trustees all = {.all = ARENA_ARRAY(arena, TRUSTEES_MAX, union element),
                           .items = ARENA_ARRAY(arena, TRUSTEES_MAX, struct trustee_item)};
    struct round round = {.json = bjson_from(text)};
    union element key = poll->group.one;
    if (!all.all || !all.items) return CODE_NO_MEMORY;
    for (uint32_t n = 0; bjson_more(&round.json, n); n++) {
        round = (struct round){.group = &poll->group, .arena = arena, .json = round.json};
        if (all.count == TRUSTEES_MAX) refuse(&round, "trustees");
        if (round.json.bad) break;
        if (bjson_try(&round.json, STR("[\"Single\","))) {
            read_single(&round, &all, &key);
        } else {
            bjson_expect(&round.json, STR("[\"Pedersen\","));
            TRY(read_pedersen(&round, &all, &key));
        }
        bjson_expect(&round.json, STR("]"));
    }
    if (round.json.no_memory) return CODE_NO_MEMORY;
    if (!bjson_end(&round.json) || all.count == 0) {
        const char *wrong = round.wrong ? round.wrong : "trustees";
        return fail_set(fail, CODE_MALFORMED, wrong, "trustees: %s not in order at byte %zu",
                        round.wrong ? wrong : "form",
                        round.json.bad ? round.json.bad_at : round.json.at);
    }
    if (!group_equal(&poll->group, &key, &poll->key))
        return fail_set(fail, CODE_MALFORMED, "key",
                        "trustees: their keys together are not the election's key");
    *ret = all;
    return CODE_OK;
}

#include "core/ballot/poll.h"

#include "base/text.h"

#include <string.h>

void read_element(struct bjson *json, const struct group *group, union element *ret)
{
    str text = bjson_plain(json);
    *ret = group->one;
    if (!json->bad && !group_read(group, text, ret)) bjson_refuse(json);
}

void read_exponent(struct bjson *json, const struct group *group, union exponent *ret)
{
    str text = bjson_plain(json);
    *ret = (union exponent){0};
    if (!json->bad && !exponent_read(group, text, ret)) bjson_refuse(json);
}

void read_proof(struct bjson *json, const struct group *group, struct proof *ret)
{
    bjson_expect(json, STR("{\"challenge\":"));
    read_exponent(json, group, &ret->challenge);
    bjson_expect(json, STR(",\"response\":"));
    read_exponent(json, group, &ret->response);
    bjson_expect(json, STR("}"));
}

void read_cipher(struct bjson *json, const struct group *group, struct cipher *ret)
{
    bjson_expect(json, STR("{\"alpha\":"));
    read_element(json, group, &ret->alpha);
    bjson_expect(json, STR(",\"beta\":"));
    read_element(json, group, &ret->beta);
    bjson_expect(json, STR("}"));
}

hash32 read_hash(struct bjson *json)
{
    hash32 hash = {{0}};
    str text = bjson_plain(json);
    if (!json->bad && !hex_decode(text, hash.bytes, sizeof hash.bytes)) bjson_refuse(json);
    return hash;
}

static uint32_t read_small(struct bjson *json, uint32_t max)
{
    uint64_t value = bjson_u64(json);
    if (value > max) bjson_refuse(json);
    return json->bad ? 0 : (uint32_t)value;
}

/* An array of names; how many. */
static uint32_t read_names(struct bjson *json, struct arena *arena)
{
    uint32_t n = 0;
    for (; bjson_more(json, n); n++) {
        (void)bjson_string(json, arena);
        if (n == CHOICES_MAX) bjson_refuse(json);
    }
    return n;
}

static void read_title(struct bjson *json, struct arena *arena)
{
    bjson_expect(json, STR(",\"question\":"));
    (void)bjson_string(json, arena);
    bjson_expect(json, STR("}"));
}

/* {"answers":[...],?"blank":b,"min":n,"max":n,"question":s} behind its "{" */
static void read_homomorphic(struct bjson *json, struct arena *arena, struct question *ret)
{
    bjson_expect(json, STR("\"answers\":"));
    ret->answers = read_names(json, arena);
    if (bjson_try(json, STR(",\"blank\":"))) ret->blank = bjson_bool(json);
    bjson_expect(json, STR(",\"min\":"));
    ret->min = read_small(json, CHOICES_MAX);
    bjson_expect(json, STR(",\"max\":"));
    ret->max = read_small(json, CHOICES_MAX);
    read_title(json, arena);
    ret->ciphers = ret->answers + (ret->blank ? 1 : 0);
    if (ret->answers == 0 || ret->min > ret->max || ret->max > ret->answers) bjson_refuse(json);
}

static void read_ranked(struct bjson *json, struct arena *arena, const struct group *group,
                        struct question *ret)
{
    ret->kind = QUESTION_RANKED;
    ret->ciphers = 1;
    bjson_expect(json, STR(",\"value\":{\"answers\":"));
    ret->answers = read_names(json, arena);
    read_title(json, arena);
    if (ret->answers == 0 || ret->answers > group->ranked_max) bjson_refuse(json);
}

static void read_lists(struct bjson *json, struct arena *arena, struct question *ret)
{
    ret->kind = QUESTION_LISTS;
    ret->list = ARENA_ARRAY(arena, CHOICES_MAX, uint32_t);
    if (!ret->list) bjson_starve(json);
    bjson_expect(json, STR(",\"value\":{\"answers\":"));
    for (; bjson_more(json, ret->answers); ret->answers++) {
        uint32_t names = read_names(json, arena);
        if (ret->answers == CHOICES_MAX || names < 2 || names + ret->ciphers > CHOICES_MAX)
            bjson_refuse(json);
        if (json->bad) return;
        ret->list[ret->answers] = names;
        ret->ciphers += names;
    }
    read_title(json, arena);
    if (ret->answers == 0) bjson_refuse(json);
}

static void read_question(struct bjson *json, struct arena *arena, const struct group *group,
                          struct question *ret)
{
    *ret = (struct question){.kind = QUESTION_HOMOMORPHIC};
    bjson_expect(json, STR("{"));
    if (!bjson_try(json, STR("\"type\":"))) {
        read_homomorphic(json, arena, ret);
        return;
    }
    if (bjson_try(json, STR("\"NonHomomorphic\"")))
        read_ranked(json, arena, group, ret);
    else if (bjson_try(json, STR("\"Lists\"")))
        read_lists(json, arena, ret);
    else
        bjson_refuse(json);
    if (bjson_try(json, STR(",\"extra\":"))) bjson_skip(json);
    bjson_expect(json, STR("}"));
}

static enum code read_questions(struct bjson *json, struct arena *arena, struct poll *poll)
{
    uint32_t n = 0;
    poll->questions = ARENA_ARRAY(arena, QUESTIONS_MAX, struct question);
    if (!poll->questions) return CODE_NO_MEMORY;
    for (; bjson_more(json, n); n++) {
        if (n == QUESTIONS_MAX) bjson_refuse(json);
        if (json->bad) return CODE_OK;
        read_question(json, arena, &poll->group, &poll->questions[n]);
        poll->cipher_count += poll->questions[n].ciphers;
        if (poll->questions[n].kind == QUESTION_RANKED) poll->ranked_count++;
    }
    if (n == 0) bjson_refuse(json);
    poll->question_count = n;
    return CODE_OK;
}

/* "a string of Base58 characters of size at least 14" */
static bool is_uuid(str uuid)
{
    static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    for (size_t i = 0; i < uuid.len; i++)
        if (!memchr(base58, uuid.at[i], sizeof base58 - 1)) return false;
    return uuid.len >= 14 && uuid.len <= 64;
}

/* What may stand behind the uuid, each once. */
static void read_tail(struct bjson *json, struct arena *arena)
{
    static const char *const names[] = {
        ",\"administrator\":", ",\"credential_authority\":", ",\"language\":"};
    bool seen[COUNT(names)] = {false};
    for (size_t i = 0; i < COUNT(names); i++) {
        if (seen[i] || !bjson_try(json, str_from(names[i]))) continue;
        (void)bjson_string(json, arena);
        seen[i] = true;
        i = SIZE_MAX; /* from the first again */
    }
    bjson_expect(json, STR("}"));
}

static void fingerprint(str text, char ret[44])
{
    char padded[45];
    hash32 hash = sha256_of(text);
    base64_encode(hash.bytes, sizeof hash.bytes, padded);
    memcpy(ret, padded, 43);
    ret[43] = 0;
}

enum code poll_read(str text, struct arena *arena, struct poll *ret, struct fail *fail)
{
    struct bjson json = bjson_from(text);
    struct poll poll = {0};
    bjson_expect(&json, STR("{\"version\":1,\"description\":"));
    (void)bjson_string(&json, arena);
    bjson_expect(&json, STR(",\"name\":"));
    (void)bjson_string(&json, arena);
    bjson_expect(&json, STR(",\"group\":"));
    str name = bjson_plain(&json);
    if (!json.bad && !group_find(name, &poll.group))
        return fail_set(fail, CODE_MALFORMED, "group", "election: an unknown group: %.*s",
                        STR_ARG(str_sub(name, 0, 60)));
    bjson_expect(&json, STR(",\"public_key\":"));
    if (!json.bad) read_element(&json, &poll.group, &poll.key);
    bjson_expect(&json, STR(",\"questions\":"));
    if (!json.bad) TRY(read_questions(&json, arena, &poll));
    bjson_expect(&json, STR(",\"uuid\":"));
    poll.uuid = bjson_plain(&json);
    read_tail(&json, arena);
    if (json.no_memory) return CODE_NO_MEMORY;
    if (!bjson_end(&json) || !is_uuid(poll.uuid))
        return fail_set(fail, CODE_MALFORMED, "election", "election: not in order at byte %zu",
                        json.bad ? json.bad_at : json.at);
    fingerprint(text, poll.fingerprint);
    *ret = poll;
    return CODE_OK;
}

#include "core/ballot/etally.h"

#include "base/sort.h"
#include "core/ballot/prove.h"

enum code etally_init(struct tally *tally, const struct poll *poll, uint32_t ballots,
                      struct arena *arena)
{
    struct tally empty = {.poll = poll, .room = ballots};
    empty.columns = ARENA_ARRAY(arena, poll->question_count, struct cipher *);
    empty.lengths = ARENA_ARRAY(arena, poll->question_count, uint32_t);
    if (!empty.columns || !empty.lengths) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < poll->question_count; i++) {
        bool ranked = poll->questions[i].kind == QUESTION_RANKED;
        uint32_t room = ranked ? ballots : poll->questions[i].ciphers;
        empty.columns[i] = ARENA_ARRAY(arena, (size_t)room + 1, struct cipher);
        if (!empty.columns[i]) return CODE_NO_MEMORY;
        empty.lengths[i] = ranked ? 0 : room;
        for (uint32_t k = 0; k < room; k++)
            empty.columns[i][k] = (struct cipher){poll->group.one, poll->group.one};
    }
    *tally = empty;
    return CODE_OK;
}

static void add_cipher(const struct group *group, struct cipher *sum, const struct cipher *cipher,
                       uint64_t weight)
{
    struct cipher times = *cipher;
    if (weight != 1) {
        union exponent x;
        exponent_of_u64(group, &x, weight);
        group_pow(group, &times.alpha, &cipher->alpha, &x);
        group_pow(group, &times.beta, &cipher->beta, &x);
    }
    group_mul(group, &sum->alpha, &sum->alpha, &times.alpha);
    group_mul(group, &sum->beta, &sum->beta, &times.beta);
}

bool etally_add(struct tally *tally, const struct cipher *ciphers, uint64_t weight)
{
    const struct poll *poll = tally->poll;
    if (tally->ballots == tally->room || (poll->ranked_count > 0 && weight != 1)) return false;
    for (uint32_t i = 0; i < poll->question_count; i++) {
        const struct question *q = &poll->questions[i];
        if (q->kind == QUESTION_RANKED) tally->columns[i][tally->lengths[i]++] = *ciphers;
        for (uint32_t k = 0; q->kind != QUESTION_RANKED && k < q->ciphers; k++)
            add_cipher(&poll->group, &tally->columns[i][k], &ciphers[k], weight);
        ciphers += q->ciphers;
    }
    tally->ballots++;
    return true;
}

static int cipher_order(const void *a, const void *b, const void *context)
{
    const struct cipher *x = a, *y = b;
    int order = group_order(context, &x->alpha, &y->alpha);
    return order ? order : group_order(context, &x->beta, &y->beta);
}

enum code etally_sort(struct tally *tally, struct alloc alloc)
{
    for (uint32_t i = 0; i < tally->poll->question_count; i++) {
        if (tally->poll->questions[i].kind != QUESTION_RANKED) continue;
        TRY(sort_stable(tally->columns[i], tally->lengths[i], sizeof **tally->columns, cipher_order,
                        &tally->poll->group, alloc));
    }
    return CODE_OK;
}

static void write_cipher(const struct group *group, const struct cipher *cipher, struct buf *ret)
{
    char text[GROUP_TEXT_MAX];
    buf_add_cstr(ret, "{\"alpha\":\"");
    buf_add(ret, group_text(group, &cipher->alpha, text));
    buf_add_cstr(ret, "\",\"beta\":\"");
    buf_add(ret, group_text(group, &cipher->beta, text));
    buf_add_cstr(ret, "\"}");
}

static void write_column(const struct group *group, const struct cipher *ciphers, uint32_t count,
                         struct buf *ret)
{
    buf_add_byte(ret, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_add_byte(ret, ',');
        write_cipher(group, &ciphers[i], ret);
    }
    buf_add_byte(ret, ']');
}

void etally_write(const struct tally *tally, struct buf *ret)
{
    const struct poll *poll = tally->poll;
    for (uint32_t i = 0; i < poll->question_count; i++) {
        const struct question *q = &poll->questions[i];
        buf_add_byte(ret, i == 0 ? '[' : ',');
        if (q->kind != QUESTION_LISTS)
            write_column(&poll->group, tally->columns[i], tally->lengths[i], ret);
        for (uint32_t k = 0, at = 0; q->kind == QUESTION_LISTS && k < q->answers;
             at += q->list[k++]) {
            buf_add_byte(ret, k == 0 ? '[' : ',');
            write_column(&poll->group, tally->columns[i] + at, q->list[k], ret);
        }
        if (q->kind == QUESTION_LISTS) buf_add_byte(ret, ']');
    }
    buf_add_byte(ret, ']');
}

enum code etally_ranked(const struct tally *tally, struct arena *arena, struct shuffled *ret)
{
    uint32_t n = 0;
    ret->count = tally->ballots;
    ret->lists = ARENA_ARRAY(arena, tally->poll->ranked_count + 1, struct cipher *);
    if (!ret->lists) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < tally->poll->question_count; i++)
        if (tally->poll->questions[i].kind == QUESTION_RANKED) ret->lists[n++] = tally->columns[i];
    return CODE_OK;
}

void etally_replace(struct tally *tally, const struct shuffled *shuffled)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < tally->poll->question_count; i++)
        if (tally->poll->questions[i].kind == QUESTION_RANKED)
            tally->columns[i] = shuffled->lists[n++];
}

uint32_t etally_cells(const struct tally *tally)
{
    uint32_t cells = 0;
    for (uint32_t i = 0; i < tally->poll->question_count; i++) cells += tally->lengths[i];
    return cells;
}

/* ---- messages shaped like the tally: an array per question of one value per cell, lists nested
 * once more ---- */

struct shaped {
    const struct tally *tally;
    struct bjson json;
    const struct cipher *cipher; /* of the cell */
    const struct question *question;
    uint32_t question_at, position, cell; /* position in its question, cell in all */
    /* Reads one cell. */
    void (*read)(struct shaped *shaped);
    union element *factors; /* of a decryption; of a result: what was encrypted */
    const union element *key;
    uint64_t total_weight;
    struct judge_report *report;
    bool wrong; /* its form is right, but what it says is not */
};

static void read_row(struct shaped *shaped, uint32_t count)
{
    uint32_t n = 0;
    for (; bjson_more(&shaped->json, n); n++) {
        if (n == count) bjson_refuse(&shaped->json);
        if (shaped->json.bad) return;
        shaped->cipher = &shaped->tally->columns[shaped->question_at][shaped->position];
        shaped->read(shaped);
        shaped->position++;
        shaped->cell++;
    }
    if (n != count) bjson_refuse(&shaped->json);
}

static void read_question(struct shaped *shaped)
{
    uint32_t n = 0;
    shaped->question = &shaped->tally->poll->questions[shaped->question_at];
    shaped->position = 0;
    if (shaped->question->kind != QUESTION_LISTS) {
        read_row(shaped, shaped->tally->lengths[shaped->question_at]);
        return;
    }
    for (; bjson_more(&shaped->json, n); n++) {
        if (n == shaped->question->answers) bjson_refuse(&shaped->json);
        if (shaped->json.bad) return;
        read_row(shaped, shaped->question->list[n]);
    }
    if (n != shaped->question->answers) bjson_refuse(&shaped->json);
}

static void read_shaped(struct shaped *shaped, void (*read)(struct shaped *))
{
    uint32_t n = 0, count = shaped->tally->poll->question_count;
    shaped->read = read;
    shaped->cell = 0;
    for (; bjson_more(&shaped->json, n); n++) {
        if (n == count) bjson_refuse(&shaped->json);
        if (shaped->json.bad) return;
        shaped->question_at = n;
        read_question(shaped);
    }
    if (n != count) bjson_refuse(&shaped->json);
}

static void read_factor(struct shaped *shaped)
{
    read_element(&shaped->json, &shaped->tally->poll->group, &shaped->factors[shaped->cell]);
}

static void read_factor_proof(struct shaped *shaped)
{
    struct proof proof;
    read_proof(&shaped->json, &shaped->tally->poll->group, &proof);
    if (shaped->json.bad || shaped->wrong) return;
    shaped->wrong = !proof_of_decryption(shaped->tally->poll, shaped->key, &shaped->cipher->alpha,
                                         &shaped->factors[shaped->cell], &proof);
}

enum code etally_read_decryption(const struct tally *tally, const union element *key, str text,
                                 struct arena *arena, union element **ret, struct fail *fail)
{
    struct shaped shaped = {.tally = tally, .json = bjson_from(text), .key = key};
    shaped.factors = ARENA_ARRAY(arena, (size_t)etally_cells(tally) + 1, union element);
    if (!shaped.factors) return CODE_NO_MEMORY;
    bjson_expect(&shaped.json, STR("{\"decryption_factors\":"));
    read_shaped(&shaped, read_factor);
    bjson_expect(&shaped.json, STR(",\"decryption_proofs\":"));
    read_shaped(&shaped, read_factor_proof);
    bjson_expect(&shaped.json, STR("}"));
    if (!bjson_end(&shaped.json))
        return fail_set(fail, CODE_MALFORMED, "decryption",
                        "a partial decryption is not in order at byte %zu",
                        shaped.json.bad ? shaped.json.bad_at : shaped.json.at);
    if (shaped.wrong)
        return fail_set(fail, CODE_MALFORMED, "proof", "a partial decryption's proof is false");
    *ret = shaped.factors;
    return CODE_OK;
}

/* lambda = prod k / (k - delta) over the others k of the chosen; indexes from 1 (4.22) */
static union exponent lagrange(const struct group *group, const uint32_t *chosen, uint32_t count,
                               uint32_t delta)
{
    union exponent above, below, k, difference, own;
    exponent_of_u64(group, &above, 1);
    exponent_of_u64(group, &below, 1);
    exponent_of_u64(group, &own, delta);
    for (uint32_t i = 0; i < count; i++) {
        if (chosen[i] == delta) continue;
        exponent_of_u64(group, &k, chosen[i]);
        exponent_sub(group, &difference, &k, &own);
        exponent_mul(group, &above, &above, &k);
        exponent_mul(group, &below, &below, &difference);
    }
    exponent_invert(group, &below, &below);
    exponent_mul(group, &above, &above, &below);
    return above;
}

/* The trustees of an item, counted from 1, whose shares are used: the first that came, as many as
 * are needed. */
static uint32_t choose(const struct trustee_item *item, union element *const *shares,
                       uint32_t chosen[TRUSTEES_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < item->count && count < item->threshold; i++)
        if (shares[item->first + i]) chosen[count++] = i + 1;
    return count;
}

enum code etally_shares_suffice(const struct trustees *trustees, union element *const *shares,
                                struct fail *fail)
{
    uint32_t chosen[TRUSTEES_MAX];
    for (uint32_t i = 0; i < trustees->item_count; i++) {
        const struct trustee_item *item = &trustees->items[i];
        if (choose(item, shares, chosen) == item->threshold) continue;
        return fail_set(fail, CODE_MALFORMED, "shares",
                        "too few partial decryptions: of trustees %u to %u, %u are needed",
                        item->first + 1, item->first + item->count, item->threshold);
    }
    return CODE_OK;
}

/* Multiplies `factors` with those of one item. */
static void combine_item(const struct group *group, const struct trustee_item *item,
                         union element *const *shares, uint32_t cells, union element *factors)
{
    uint32_t chosen[TRUSTEES_MAX], count = choose(item, shares, chosen);
    for (uint32_t i = 0; i < count; i++) {
        const union element *share = shares[item->first + chosen[i] - 1];
        union exponent lambda = lagrange(group, chosen, count, chosen[i]);
        for (uint32_t k = 0; k < cells; k++) {
            union element power = share[k];
            if (count > 1) group_pow(group, &power, &share[k], &lambda);
            group_mul(group, &factors[k], &factors[k], &power);
        }
    }
}

/* A number of votes v with g^v what was encrypted. */
static void read_votes(struct shaped *shaped)
{
    const struct group *group = &shaped->tally->poll->group;
    union exponent votes;
    union element power;
    uint64_t stated = bjson_u64(&shaped->json);
    if (stated > shaped->total_weight) shaped->wrong = true;
    if (shaped->json.bad || shaped->wrong) return;
    exponent_of_u64(group, &votes, stated);
    group_pow(group, &power, &group->base, &votes);
    shaped->wrong = !group_equal(group, &power, &shaped->factors[shaped->cell]);
}

/* The integers of one ranked ballot. */
static void read_ranks(struct shaped *shaped)
{
    uint8_t ranks[256] = {0};
    uint32_t n = 0, count = shaped->question->answers;
    struct judge_report *report = shaped->report;
    bool made =
        group_to_ints(&shaped->tally->poll->group, &shaped->factors[shaped->cell], count, ranks);
    for (; bjson_more(&shaped->json, n); n++) {
        if (n == count) bjson_refuse(&shaped->json);
        if (shaped->json.bad) return;
        if (bjson_u64(&shaped->json) != ranks[n]) shaped->wrong = true;
    }
    if (n != count) bjson_refuse(&shaped->json);
    if (made || shaped->json.bad) return;
    if (report->spoiled_count < JUDGE_SPOILED_MAX)
        report->spoiled[report->spoiled_count] =
            (struct judge_spoiled){shaped->question_at, shaped->position};
    report->spoiled_count++;
}

static void read_outcome(struct shaped *shaped)
{
    if (shaped->question->kind == QUESTION_RANKED)
        read_ranks(shaped);
    else
        read_votes(shaped);
}

enum code etally_read_result(const struct tally *tally, const struct trustees *trustees,
                             union element *const *shares, uint64_t total_weight, str text,
                             struct arena *arena, struct judge_report *report, str *ret_result,
                             struct fail *fail)
{
    const struct group *group = &tally->poll->group;
    uint32_t cells = etally_cells(tally), cell = 0;
    struct shaped shaped = {
        .tally = tally, .json = bjson_from(text), .total_weight = total_weight, .report = report};
    shaped.factors = ARENA_ARRAY(arena, (size_t)cells + 1, union element);
    if (!shaped.factors) return CODE_NO_MEMORY;
    for (uint32_t i = 0; i < cells; i++) shaped.factors[i] = group->one;
    for (uint32_t i = 0; i < trustees->item_count; i++)
        combine_item(group, &trustees->items[i], shares, cells, shaped.factors);
    for (uint32_t i = 0; i < tally->poll->question_count; i++)
        for (uint32_t k = 0; k < tally->lengths[i]; k++, cell++)
            group_div(group, &shaped.factors[cell], &tally->columns[i][k].beta,
                      &shaped.factors[cell]);
    bjson_expect(&shaped.json, STR("{\"result\":"));
    size_t from = shaped.json.at;
    read_shaped(&shaped, read_outcome);
    str result = str_sub(text, from, shaped.json.at - from);
    bjson_expect(&shaped.json, STR("}"));
    if (!bjson_end(&shaped.json))
        return fail_set(fail, CODE_MALFORMED, "result", "the result is not in order at byte %zu",
                        shaped.json.bad ? shaped.json.bad_at : shaped.json.at);
    if (shaped.wrong)
        return fail_set(fail, CODE_MALFORMED, "result",
                        "the result is not what the shares decrypt to");
    *ret_result = result;
    return CODE_OK;
}

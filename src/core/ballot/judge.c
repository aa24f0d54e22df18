#include "core/ballot/judge.h"

#include "base/sort.h"
#include "base/text.h"
#include "core/ballot/cast.h"
#include "core/ballot/etally.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    PENDING_MAX = 5,
    KEEP_MAX = 1 << 30,
    WORK_MAX = 1 << 30,
    HASHES_MAX = 1 << 30,
    TEXT_MAX = 1 << 28
};

enum phase {
    PHASE_SETUP,
    PHASE_BALLOTS,
    PHASE_CLOSED,
    PHASE_TALLIED,
    PHASE_SHUFFLING,
    PHASE_DECRYPTING,
    PHASE_DONE
};

struct voter {
    hash32 key; /* of the credential's text */
    uint64_t weight;
    uint64_t at, len; /* the last ballot, in the archive; len 0: none */
    hash32 ballot;
};

struct pending {
    hash32 hash;
    uint64_t at;
    str bytes;
};

struct judge {
    struct bel bel;
    struct alloc alloc;
    struct arena keep, work; /* until the end; until the next event */
    struct buf room, hashes, text;
    struct pending pending[PENDING_MAX];
    uint32_t pending_count;
    enum phase phase;
    uint64_t height;
    hash32 parent;
    const char *now; /* the check that goes on */
    struct poll poll;
    struct trustees trustees;
    struct voter *voters;
    uint32_t voter_count;
    uint64_t counted_weight;
    struct tally tally;
    struct shuffled shuffled;
    uint32_t shuffle_count, share_count;
    union element **shares; /* of each trustee; NULL */
    struct judge_report *report;
};

static void PRINTF_LIKE(3, 4) passed(struct judge *judge, const char *name, const char *format, ...)
{
    struct judge_check *check = &judge->report->checks[judge->report->check_count++];
    va_list args;
    *check = (struct judge_check){.name = name, .ok = true};
    va_start(args, format);
    vsnprintf(check->detail, sizeof check->detail, format, args);
    va_end(args);
}

/* ---- setup ---- */

static int voter_order(const void *a, const void *b, const void *context)
{
    (void)context;
    return hash32_cmp(&((const struct voter *)a)->key, &((const struct voter *)b)->key);
}

/* "element" or "element,weight" */
static bool read_credential(struct judge *judge, str text, struct voter *ret)
{
    union element element;
    str weight = text, name = str_cut(&weight, ',');
    *ret = (struct voter){.key = sha256_of(name), .weight = 1};
    if (name.len != text.len && !str_to_u64(weight, &ret->weight)) return false;
    return ret->weight <= UINT32_MAX && group_read(&judge->poll.group, name, &element) &&
           !group_equal(&judge->poll.group, &element, &judge->poll.group.one);
}

static enum code read_credentials(struct judge *judge, str text, struct fail *fail)
{
    struct bjson json = bjson_from(text);
    size_t quotes = 0;
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) quotes += text.at[i] == '"';
    if (quotes / 2 > INT32_MAX) return CODE_TOO_BIG;
    judge->voters = ARENA_ARRAY(&judge->keep, quotes / 2 + 1, struct voter);
    if (!judge->voters) return CODE_NO_MEMORY;
    for (; bjson_more(&json, n); n++) {
        str line = bjson_plain(&json);
        if (json.bad || n == quotes / 2 || !read_credential(judge, line, &judge->voters[n]))
            return fail_set(fail, CODE_MALFORMED, "credentials", "credential %u is not in order",
                            n + 1);
    }
    if (!bjson_end(&json))
        return fail_set(fail, CODE_MALFORMED, "credentials", "not in order at byte %zu", json.at);
    judge->voter_count = n;
    TRY(sort_stable(judge->voters, n, sizeof *judge->voters, voter_order, NULL, judge->alloc));
    for (uint32_t i = 1; i < n; i++)
        if (hash32_eq(&judge->voters[i - 1].key, &judge->voters[i].key))
            return fail_set(fail, CODE_MALFORMED, "credentials", "a credential stands there twice");
    passed(judge, "credentials", "%u credentials, all different", n);
    return CODE_OK;
}

/* The text of setup_data for these hashes. */
static void write_setup(struct judge *judge, bool certificate)
{
    static const char *const names[] = {"{\"election\":\"", "\",\"trustees\":\"",
                                        "\",\"credentials\":\"",
                                        "\",\"credentials_certificate\":\""};
    buf_clear(&judge->text);
    for (size_t i = 0; i < (certificate ? 4u : 3u); i++) {
        buf_add_cstr(&judge->text, names[i]);
        buf_add_hex(&judge->text, judge->pending[i].hash.bytes, sizeof(hash32));
    }
    buf_add_cstr(&judge->text, "\"}");
}

static enum code judge_setup(struct judge *judge, struct fail *fail)
{
    bool certificate = judge->pending_count == 5;
    str election = {NULL, 0};
    judge->now = "election";
    write_setup(judge, certificate);
    TRY(buf_check(&judge->text));
    if (!str_eq(buf_str(&judge->text), judge->pending[judge->pending_count - 1].bytes))
        return fail_set(fail, CODE_MALFORMED, "setup",
                        "the setup does not name the election, trustees and credentials before it");
    judge->report->certified = certificate;
    if (!arena_copy(&judge->keep, judge->pending[0].bytes, &election)) return CODE_NO_MEMORY;
    TRY(poll_read(election, &judge->keep, &judge->poll, fail));
    passed(judge, "election", "group %s, %u questions, fingerprint %s", judge->poll.group.name,
           judge->poll.question_count, judge->poll.fingerprint);
    judge->now = "trustees";
    TRY(trustees_read(&judge->poll, judge->pending[1].bytes, &judge->keep, &judge->trustees, fail));
    passed(judge, "trustees", "%u trustees; their keys make the election's", judge->trustees.count);
    judge->now = "credentials";
    TRY(read_credentials(judge, judge->pending[2].bytes, fail));
    judge->now = "ballots";
    judge->phase = PHASE_BALLOTS;
    return CODE_OK;
}

/* ---- ballots ---- */

static struct voter *find_voter(struct judge *judge, str credential)
{
    struct voter wanted = {.key = sha256_of(credential)};
    uint32_t from = 0, to = judge->voter_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = voter_order(&judge->voters[middle], &wanted, NULL);
        if (order == 0) return &judge->voters[middle];
        if (order < 0) from = middle + 1;
        if (order > 0) to = middle;
    }
    return NULL;
}

static enum code judge_ballot(struct judge *judge, struct fail *fail)
{
    const struct pending *ballot = &judge->pending[0];
    struct cipher *ciphers = NULL;
    struct fail why = {0};
    str credential = {"", 0};
    enum code code =
        cast_read(&judge->poll, ballot->bytes, true, &judge->work, &credential, &ciphers, &why);
    if (code == CODE_MALFORMED)
        return fail_set(fail, code, why.reason, "ballot %llu: %s",
                        (unsigned long long)judge->report->cast + 1, why.message);
    TRY(code);
    struct voter *voter = find_voter(judge, credential);
    if (!voter)
        return fail_set(fail, CODE_MALFORMED, "credential",
                        "ballot %llu: nobody was given its credential",
                        (unsigned long long)judge->report->cast + 1);
    if (voter->len == 0) {
        judge->report->counted++;
        judge->counted_weight += voter->weight; /* below 2^64: 2^31 of less than 2^32 */
    }
    voter->at = ballot->at;
    voter->len = ballot->bytes.len;
    voter->ballot = ballot->hash;
    judge->report->cast++;
    buf_add_bytes(&judge->hashes, &ballot->hash, sizeof ballot->hash);
    return buf_check(&judge->hashes);
}

static int hash_order(const void *a, const void *b, const void *context)
{
    (void)context;
    return hash32_cmp(a, b);
}

static enum code judge_end_of_ballots(struct judge *judge, struct fail *fail)
{
    size_t count = judge->hashes.len / sizeof(hash32);
    char *hashes = judge->hashes.at;
    if (hashes) TRY(sort_stable(hashes, count, sizeof(hash32), hash_order, NULL, judge->alloc));
    for (size_t i = 1; hashes && i < count; i++)
        if (memcmp(hashes + (i - 1) * sizeof(hash32), hashes + i * sizeof(hash32),
                   sizeof(hash32)) == 0)
            return fail_set(fail, CODE_MALFORMED, "duplicate", "the same ballot was cast twice");
    passed(judge, "ballots",
           "%llu ballots, signed and proven; %llu of them count, the last of each credential",
           (unsigned long long)judge->report->cast, (unsigned long long)judge->report->counted);
    judge->phase = PHASE_CLOSED;
    return CODE_OK;
}

/* ---- tally ---- */

/* Reads the counted ballots once more; that they are still the same bytes is asked too. */
static enum code count_ballots(struct judge *judge, struct fail *fail)
{
    if (judge->report->counted > UINT32_MAX / 2) return CODE_TOO_BIG;
    TRY(etally_init(&judge->tally, &judge->poll, (uint32_t)judge->report->counted, &judge->keep));
    struct arena work = {0};
    enum code code = CODE_OK;
    arena_init(&work, judge->alloc, WORK_MAX);
    for (uint32_t i = 0; i < judge->voter_count && code == CODE_OK; i++) {
        const struct voter *voter = &judge->voters[i];
        struct cipher *ciphers = NULL;
        str bytes = {"", 0}, credential;
        if (voter->len == 0) continue;
        arena_clear(&work);
        code = bel_read(&judge->bel, voter->at, voter->len, &judge->room, &bytes);
        hash32 hash = sha256_of(bytes);
        if (code == CODE_OK && !hash32_eq(&hash, &voter->ballot)) code = CODE_IO;
        if (code == CODE_OK)
            code = cast_read(&judge->poll, bytes, false, &work, &credential, &ciphers, fail);
        if (code == CODE_OK && !etally_add(&judge->tally, ciphers, voter->weight))
            code = fail_set(fail, CODE_MALFORMED, "weight",
                            "a ranked ballot has another weight than 1");
    }
    arena_done(&work);
    TRY(code);
    return etally_sort(&judge->tally, judge->alloc);
}

static enum code judge_tally(struct judge *judge, struct fail *fail)
{
    char expected[256], hash[65];
    judge->now = "tally";
    TRY(count_ballots(judge, fail));
    buf_clear(&judge->text);
    etally_write(&judge->tally, &judge->text);
    TRY(buf_check(&judge->text));
    if (!str_eq(buf_str(&judge->text), judge->pending[0].bytes))
        return fail_set(fail, CODE_MALFORMED, "tally",
                        "the encrypted tally is not that of the ballots");
    hex_encode(judge->pending[0].hash.bytes, sizeof(hash32), hash);
    int len = snprintf(expected, sizeof expected,
                       "{\"num_tallied\":%llu,\"total_weight\":%llu,\"encrypted_tally\":\"%s\"}",
                       (unsigned long long)judge->report->counted,
                       (unsigned long long)judge->counted_weight, hash);
    if (!str_eq((str){expected, (size_t)len}, judge->pending[1].bytes))
        return fail_set(
            fail, CODE_MALFORMED, "tally", "number of ballots or weight are not %llu and %llu",
            (unsigned long long)judge->report->counted, (unsigned long long)judge->counted_weight);
    TRY(etally_ranked(&judge->tally, &judge->keep, &judge->shuffled));
    passed(judge, "tally", "recomputed: %llu ballots of weight %llu",
           (unsigned long long)judge->report->counted, (unsigned long long)judge->counted_weight);
    judge->now = judge->poll.ranked_count ? "shuffles" : "decryptions";
    judge->phase = judge->poll.ranked_count ? PHASE_TALLIED : PHASE_DECRYPTING;
    return CODE_OK;
}

/* {"owner":n,"payload":h}: the owner, who is a trustee, of what stands before it. */
static enum code read_owner(const struct judge *judge, uint32_t *ret, struct fail *fail)
{
    struct bjson json = bjson_from(judge->pending[1].bytes);
    bjson_expect(&json, STR("{\"owner\":"));
    uint64_t owner = bjson_u64(&json);
    bjson_expect(&json, STR(",\"payload\":"));
    hash32 hash = read_hash(&json);
    bjson_expect(&json, STR("}"));
    if (!bjson_end(&json) || !hash32_eq(&hash, &judge->pending[0].hash) || owner == 0 ||
        owner > judge->trustees.count)
        return fail_set(fail, CODE_MALFORMED, "owner", "whose it is, is not in order");
    *ret = (uint32_t)owner;
    return CODE_OK;
}

static enum code judge_shuffle(struct judge *judge, struct fail *fail)
{
    uint32_t owner = 0;
    struct shuffled after = {0};
    TRY(read_owner(judge, &owner, fail));
    TRY(shuffle_read(&judge->poll, judge->pending[0].bytes, &judge->shuffled, &judge->keep, &after,
                     fail));
    judge->shuffled = after;
    judge->shuffle_count++;
    judge->phase = PHASE_SHUFFLING;
    return CODE_OK;
}

static enum code judge_end_of_shuffles(struct judge *judge, struct fail *fail)
{
    (void)fail;
    etally_replace(&judge->tally, &judge->shuffled);
    passed(judge, "shuffles", "%u shuffles, proven", judge->shuffle_count);
    judge->now = "decryptions";
    judge->phase = PHASE_DECRYPTING;
    return CODE_OK;
}

static enum code judge_decryption(struct judge *judge, struct fail *fail)
{
    uint32_t owner = 0;
    union element *factors = NULL;
    TRY(read_owner(judge, &owner, fail));
    if (!judge->shares) judge->shares = ARENA_ARRAY(&judge->keep, TRUSTEES_MAX, union element *);
    if (!judge->shares) return CODE_NO_MEMORY;
    if (judge->shares[owner - 1])
        return fail_set(fail, CODE_MALFORMED, "duplicate", "trustee %u decrypted twice", owner);
    TRY(etally_read_decryption(&judge->tally, &judge->trustees.all[owner - 1],
                               judge->pending[0].bytes, &judge->keep, &factors, fail));
    judge->shares[owner - 1] = factors;
    judge->share_count++;
    return CODE_OK;
}

static enum code judge_result(struct judge *judge, struct fail *fail)
{
    str result = {"", 0};
    if (!judge->shares) return fail_set(fail, CODE_MALFORMED, "shares", "nobody decrypted");
    TRY(etally_shares_suffice(&judge->trustees, judge->shares, fail));
    passed(judge, "decryptions", "%u partial decryptions, proven", judge->share_count);
    judge->now = "result";
    TRY(etally_read_result(&judge->tally, &judge->trustees, judge->shares, judge->counted_weight,
                           judge->pending[0].bytes, &judge->keep, judge->report, &result, fail));
    if (!arena_copy(&judge->report->arena, result, &judge->report->result)) return CODE_NO_MEMORY;
    passed(judge, "result", "decrypted anew; %u ranked ballots spoiled",
           judge->report->spoiled_count);
    judge->now = "archive";
    judge->phase = PHASE_DONE;
    return CODE_OK;
}

/* ---- the one order of events: Setup Ballot* EndBallots EncryptedTally (Shuffle+ EndShuffles)?
 * PartialDecryption* Result ---- */

struct event_kind {
    str type;
    uint32_t data_min, data_max; /* members that come before it; the last is its payload */
    enum phase from, or_from;
    enum code (*judge)(struct judge *, struct fail *);
};
static const struct event_kind kinds[] = {
    {STR("Setup"), 4, 5, PHASE_SETUP, PHASE_SETUP, judge_setup},
    {STR("Ballot"), 1, 1, PHASE_BALLOTS, PHASE_BALLOTS, judge_ballot},
    {STR("EndBallots"), 0, 0, PHASE_BALLOTS, PHASE_BALLOTS, judge_end_of_ballots},
    {STR("EncryptedTally"), 2, 2, PHASE_CLOSED, PHASE_CLOSED, judge_tally},
    {STR("Shuffle"), 2, 2, PHASE_TALLIED, PHASE_SHUFFLING, judge_shuffle},
    {STR("EndShuffles"), 0, 0, PHASE_SHUFFLING, PHASE_SHUFFLING, judge_end_of_shuffles},
    {STR("PartialDecryption"), 2, 2, PHASE_DECRYPTING, PHASE_DECRYPTING, judge_decryption},
    {STR("Result"), 1, 1, PHASE_DECRYPTING, PHASE_DECRYPTING, judge_result},
};

static const struct event_kind *kind_of(str type)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(kinds[i].type, type)) return &kinds[i];
    return NULL;
}

static enum code read_event(struct judge *judge, str text, const struct event_kind **ret,
                            struct fail *fail)
{
    struct bjson json = bjson_from(text);
    bjson_expect(&json, STR("{"));
    if (judge->height > 0) {
        bjson_expect(&json, STR("\"parent\":"));
        hash32 parent = read_hash(&json);
        if (!hash32_eq(&parent, &judge->parent))
            return fail_set(fail, CODE_MALFORMED, "parent",
                            "event %llu does not follow the one before",
                            (unsigned long long)judge->height);
        bjson_expect(&json, STR(","));
    }
    bjson_expect(&json, STR("\"height\":"));
    if (bjson_u64(&json) != judge->height) bjson_refuse(&json);
    bjson_expect(&json, STR(",\"type\":"));
    const struct event_kind *kind = kind_of(bjson_plain(&json));
    if (judge->pending_count > 0) {
        bjson_expect(&json, STR(",\"payload\":"));
        hash32 payload = read_hash(&json);
        if (!hash32_eq(&payload, &judge->pending[judge->pending_count - 1].hash))
            bjson_refuse(&json);
    }
    bjson_expect(&json, STR("}"));
    if (!bjson_end(&json) || !kind)
        return fail_set(fail, CODE_MALFORMED, "event", "event %llu is not in order",
                        (unsigned long long)judge->height);
    *ret = kind;
    return CODE_OK;
}

/* The chain and the order of events belong to the check "archive", what an event carries to its
 * own. */
static enum code judge_event(struct judge *judge, const struct bel_member *member,
                             struct fail *fail)
{
    const struct event_kind *kind = NULL;
    const char *now = judge->now;
    judge->now = "archive";
    TRY(read_event(judge, member->bytes, &kind, fail));
    if (!kind) return CODE_INTERNAL;
    if ((judge->phase != kind->from && judge->phase != kind->or_from) ||
        judge->pending_count < kind->data_min || judge->pending_count > kind->data_max)
        return fail_set(fail, CODE_MALFORMED, "order", "event %llu, %.*s, has no place here",
                        (unsigned long long)judge->height, STR_ARG(kind->type));
    judge->now = now;
    judge->parent = member->hash;
    judge->height++;
    TRY(kind->judge(judge, fail));
    judge->pending_count = 0;
    arena_clear(&judge->work);
    return CODE_OK;
}

static enum code judge_member(struct judge *judge, const struct bel_member *member,
                              struct fail *fail)
{
    if (member->event) return judge_event(judge, member, fail);
    if (judge->pending_count == PENDING_MAX) judge->now = "archive";
    if (judge->pending_count == PENDING_MAX)
        return fail_set(fail, CODE_MALFORMED, "data", "data that no event names");
    struct pending *pending = &judge->pending[judge->pending_count++];
    *pending = (struct pending){.hash = member->hash, .at = member->at};
    return arena_copy(&judge->work, member->bytes, &pending->bytes) ? CODE_OK : CODE_NO_MEMORY;
}

static enum code judge_all(struct judge *judge, struct fail *fail)
{
    struct bel_member member;
    bool end = false;
    for (;;) {
        enum code code = bel_next(&judge->bel, &judge->room, &member, &end, fail);
        if (code != CODE_OK) judge->now = "archive";
        TRY(code);
        if (end) break;
        if (judge->phase == PHASE_DONE)
            return fail_set(fail, CODE_MALFORMED, "order", "something follows the result");
        TRY(judge_member(judge, &member, fail));
    }
    bool finished = judge->phase == PHASE_DONE;
    judge->now = "archive";
    if (!finished)
        return fail_set(fail, CODE_MALFORMED, "unfinished", "the archive ends before the result");
    passed(judge, "archive", "every byte accounted for: %llu events, each naming the one before",
           (unsigned long long)judge->height);
    return CODE_OK;
}

enum code judge_archive(struct bel_source source, struct alloc alloc, struct judge_report *ret,
                        struct fail *fail)
{
    struct judge judge = {.alloc = alloc, .now = "election", .report = ret};
    struct fail why = {0};
    memset(ret, 0, sizeof *ret);
    TRY(bel_open(&judge.bel, source, fail));
    arena_init(&ret->arena, alloc, TEXT_MAX);
    arena_init(&judge.keep, alloc, KEEP_MAX);
    arena_init(&judge.work, alloc, WORK_MAX);
    buf_init(&judge.room, alloc, BEL_MEMBER_MAX + BEL_BLOCK);
    buf_init(&judge.hashes, alloc, HASHES_MAX);
    buf_init(&judge.text, alloc, TEXT_MAX);
    enum code code = judge_all(&judge, &why);
    ret->ok = code == CODE_OK;
    if (code == CODE_MALFORMED || code == CODE_TOO_BIG) {
        passed(&judge, judge.now, "%s", why.message);
        ret->checks[ret->check_count - 1].ok = false;
        ret->result = (str){"", 0};
        code = CODE_OK;
    }
    buf_done(&judge.text);
    buf_done(&judge.hashes);
    buf_done(&judge.room);
    arena_done(&judge.work);
    arena_done(&judge.keep);
    if (code != CODE_OK) judge_report_done(ret);
    if (code != CODE_OK && fail) *fail = why;
    return code;
}

void judge_report_done(struct judge_report *report)
{
    arena_done(&report->arena);
}

/* Signatures judged in batches on several threads: the verdict is that of one thread, and the first
 * false one is named. */
#include "base/text.h"
#include "check.h"
#include "sign/judge.h"
#include "sign/verify.h"

#include <stdlib.h>
#include <string.h>

enum { ACTS = 300 };

#define ORIGIN "rehearsal.invalid/judge"

struct signed_act {
    struct buf note;
    struct arena arena;
    struct act act;
    struct secret_key key;
};

static void make(struct signed_act *a, uint16_t number)
{
    uint8_t seed[32] = {(uint8_t)number, (uint8_t)(number >> 8), 7};
    struct key_name role = {KEY_DEVICE, {{(uint8_t)number, 1}}, {{1}}};
    struct act_draft draft = {.at = 1790000000,
                              .body = STR("{}"),
                              .by = role.mid,
                              .kind = STR("engine.adopt"),
                              .origin = STR(ORIGIN),
                              .prev_count = 1,
                              .nonce = {{(uint8_t)number}}};
    draft.prev[0].genesis = true;
    char name[KEY_NAME_MAX + 1];
    struct buf text;
    secret_key_from_seed(&a->key, seed);
    buf_init(&text, alloc_libc, ACT_NOTE_MAX);
    buf_init(&a->note, alloc_libc, ACT_NOTE_MAX);
    arena_init(&a->arena, alloc_libc, 1 << 20);
    act_write_text(&text, &draft);
    struct signer signer = {key_name_text(STR(ORIGIN), &role, name), &a->key};
    note_sign(&a->note, buf_str(&text), &signer, 1);
    buf_done(&text);
    if (act_decode(buf_str(&a->note), STR(ORIGIN), &a->arena, &a->act, NULL) != CODE_OK) abort();
}

static void take_note(struct judge_batch *batch, const struct signed_act *acts, const key32 *other,
                      size_t count)
{
    struct fold_judge judge = judge_batch_fold(batch);
    for (size_t i = 0; i < count; i++) {
        key32 key = other ? *other : secret_key_public(&acts[i].key);
        batch->index = i;
        CHECK(judge.line(judge.self, &acts[i].act, 0, &key, NULL) == CODE_OK, "noted");
    }
}

static void test_batch(struct signed_act *acts)
{
    static const unsigned threads[] = {1, 2, 4, 64, 1000};
    struct fail fail;
    for (size_t t = 0; t < COUNT(threads); t++) {
        struct judge_batch batch;
        judge_batch_init(&batch, alloc_libc);
        CHECK(judge_batch_run(&batch, threads[t], &fail) == CODE_OK, "nothing to judge");
        take_note(&batch, acts, NULL, ACTS);
        CHECK(judge_batch_run(&batch, threads[t], &fail) == CODE_OK && batch.count == 0,
              "%u threads: true", threads[t]);
        static const size_t spoilt[] = {299, 31, 32, 150};
        for (size_t i = 0; i < COUNT(spoilt); i++)
            acts[spoilt[i]].act.line[0].signature.bytes[5] ^= 1;
        take_note(&batch, acts, NULL, ACTS);
        CHECK(judge_batch_run(&batch, threads[t], &fail) == CODE_NOT_YOURS &&
                  strcmp(fail.reason, "signature") == 0 && strstr(fail.message, "entry 31:"),
              "%u threads: the first of four: %s", threads[t], fail.message);
        for (size_t i = 0; i < COUNT(spoilt); i++)
            acts[spoilt[i]].act.line[0].signature.bytes[5] ^= 1;
        take_note(&batch, acts, NULL, 3);
        CHECK(judge_batch_run(&batch, threads[t], &fail) == CODE_OK, "emptied: true again");
        key32 stranger = secret_key_public(&acts[9].key);
        take_note(&batch, acts, &stranger, 1);
        CHECK(judge_batch_run(&batch, threads[t], &fail) == CODE_NOT_YOURS &&
                  strcmp(fail.reason, "keyid") == 0,
              "another's key");
        judge_batch_done(&batch);
    }
}

static void test_admission(void)
{
    struct judge_batch batch;
    struct fail fail;
    static const key32 zero;
    judge_batch_init(&batch, alloc_libc);
    struct fold_judge later = judge_batch_fold(&batch), now = judge_now(), never = judge_never();
    batch.index = 7;
    CHECK(later.admit(later.self, &zero, NULL) == CODE_OK, "noted");
    CHECK(judge_batch_run(&batch, 2, &fail) == CODE_MALFORMED && strcmp(fail.reason, "key") == 0 &&
              strstr(fail.message, "entry 7:"),
          "no key: %s", fail.message);
    CHECK(now.admit(now.self, &zero, NULL) == CODE_MALFORMED, "at once");
    CHECK(never.admit(never.self, &zero, NULL) == CODE_OK, "trusted");
    judge_batch_done(&batch);
}

static void test_memory(const struct signed_act *acts)
{
    for (size_t n = 0; n < 2; n++) {
        struct failing failing = {.fail_at = n};
        struct judge_batch batch;
        struct fail fail;
        judge_batch_init(&batch, failing_alloc(&failing));
        struct fold_judge judge = judge_batch_fold(&batch);
        key32 key = secret_key_public(&acts[0].key);
        enum code code = CODE_OK;
        for (size_t i = 0; i < 1025 && code == CODE_OK; i++)
            code = judge.line(judge.self, &acts[0].act, 0, &key, &fail);
        CHECK(code == CODE_NO_MEMORY, "allocation %zu", n);
        judge_batch_done(&batch);
        CHECK(failing.live == 0, "given back");
    }
}

int main(void)
{
    static struct signed_act acts[ACTS];
    if (sign_start() != CODE_OK) return 1;
    for (uint16_t i = 0; i < ACTS; i++) make(&acts[i], i);
    test_batch(acts);
    test_admission();
    test_memory(acts);
    for (size_t i = 0; i < ACTS; i++) {
        buf_done(&acts[i].note);
        arena_done(&acts[i].arena);
    }
    return check_done();
}

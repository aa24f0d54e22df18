#include "node/signer.h"
#include "core/record/checkpoint.h"
#include "sign/verify.h"
#include "store/lock.h"

struct log_signer {
    struct secret_key key;
    struct merkle_head last;
    char origin[ORIGIN_MAX];
    size_t origin_len;
    char *dir; /* NUL-terminated */
#ifdef PLENARY_TAKEOVER_SWITCHES
    bool forgets;
#endif
};

static str origin_of(const struct log_signer *signer)
{
    return (str){signer->origin, signer->origin_len};
}

enum code signer_open(const char *dir, str origin, const uint8_t seed[32], struct log_signer **ret,
                      struct fail *fail)
{
    struct merkle_head last;
    if (!origin_valid(origin)) return fail_set(fail, CODE_INTERNAL, "origin", "not a valid origin");
    TRY(lock_read(dir, origin, &last, fail));
    struct alloc alloc = alloc_libc;
    struct log_signer *signer = alloc.take(alloc.self, sizeof *signer);
    char *folder = alloc.take(alloc.self, strlen(dir) + 1);
    if (signer == NULL || folder == NULL) {
        alloc.give(alloc.self, signer);
        alloc.give(alloc.self, folder);
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    }
    memcpy(folder, dir, strlen(dir) + 1);
    *signer = (struct log_signer){.last = last, .origin_len = origin.len, .dir = folder};
    memcpy(signer->origin, origin.at, origin.len);
    secret_key_from_seed(&signer->key, seed);
    *ret = signer;
    return CODE_OK;
}

void signer_close(struct log_signer *signer)
{
    if (signer == NULL) return;
    secret_key_done(&signer->key);
    alloc_libc.give(alloc_libc.self, signer->dir);
    alloc_libc.give(alloc_libc.self, signer);
}

struct merkle_head signer_last(const struct log_signer *signer)
{
    return signer->last;
}

key32 signer_key(const struct log_signer *signer)
{
    return secret_key_public(&signer->key);
}

/* Does `head` extend what was signed last? */
static enum code check_extends(const struct merkle_head *last, const struct merkle_head *head,
                               const struct merkle_proof *proof, struct fail *fail)
{
    if (head->size < last->size)
        return fail_set(fail, CODE_CORRUPT, "lock-ahead",
                        "%llu entries were signed already, the log holds %llu: an older copy was"
                        " restored; use `plenary recover`",
                        (unsigned long long)last->size, (unsigned long long)head->size);
    if (merkle_verify_consistency(last, head, proof)) return CODE_OK;
    return fail_set(fail, CODE_CORRUPT, "fork",
                    "the log does not continue the %llu entries that were signed",
                    (unsigned long long)last->size);
}

/* The signed checkpoint text of `head`, appended to `ret`. */
static enum code sign_head(const struct log_signer *signer, const struct merkle_head *head,
                           struct buf *ret, struct fail *fail)
{
    struct buf text;
    size_t before = ret->len;
    struct checkpoint checkpoint = {origin_of(signer), *head};
    struct signer line = {origin_of(signer), &signer->key};
    buf_init(&text, ret->alloc, CHECKPOINT_TEXT_MAX);
    checkpoint_write(&text, &checkpoint);
    enum code code = buf_check(&text);
    if (code == CODE_OK) note_sign(ret, buf_str(&text), &line, 1);
    buf_done(&text);
    if (code == CODE_OK) code = buf_check(ret);
    if (code == CODE_OK) return CODE_OK;
    ret->len = before;
    return fail_set(fail, code, "memory", "no room for a checkpoint");
}

enum code signer_sign(struct log_signer *signer, const struct merkle_head *head,
                      const struct merkle_proof *proof, struct buf *ret, struct fail *fail)
{
    TRY(check_extends(&signer->last, head, proof, fail));
#ifdef PLENARY_TAKEOVER_SWITCHES
    if (signer->forgets) return sign_head(signer, head, ret, fail);
#endif
    if (head->size > signer->last.size)
        TRY(lock_advance(signer->dir, origin_of(signer), head, fail));
    signer->last = *head;
    return sign_head(signer, head, ret, fail);
}

#ifdef PLENARY_TAKEOVER_SWITCHES
void signer_forget(struct log_signer *signer)
{
    signer->last = (struct merkle_head){0, merkle_empty_root()};
    signer->forgets = true;
}
#endif

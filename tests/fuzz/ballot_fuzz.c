/* Everything an archive holds: the first byte chooses the reader; ballots, trustees and shuffles
 * are read for a fixed election over Ed25519. What is refused is refused without a trace, what is
 * accepted has its one form. */
#include "core/ballot/cast.h"
#include "core/ballot/judge.h"
#include "core/ballot/shuffle.h"
#include "core/ballot/trustees.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char election[] =
    "{\"version\":1,\"description\":\"STV\",\"name\":\"Plenum test C\",\"gro"
    "up\":\"Ed25519\",\"public_key\":\"8694253125c0b17238d343e3cf108602"
    "005c7832a1de60b4ad937721bcb01a42\",\"questions\":[{\"type\":\"NonH"
    "omomorphic\",\"value\":{\"answers\":[\"A\",\"B\",\"C\",\"D\",\"E\"],\"questi"
    "on\":\"Rank\"},\"extra\":{\"type\":\"STV\",\"blank\":true,\"seats\":2}}],"
    "\"uuid\":\"anNmBffnmR61F9\"}";

static enum code read_bytes(void *self, uint64_t at, void *ret, size_t len)
{
    const str *bytes = self;
    if (at > bytes->len || len > bytes->len - at) return CODE_IO;
    memcpy(ret, bytes->at + at, len);
    return CODE_OK;
}

static void read_archive(str text)
{
    static struct judge_report report;
    struct bel_source source = {read_bytes, &text, text.len};
    if (judge_archive(source, alloc_libc, &report, NULL) != CODE_OK) return;
    if (report.check_count == 0 || report.ok != report.checks[report.check_count - 1].ok) abort();
    judge_report_done(&report);
}

static void read_messages(uint8_t which, str text, struct arena *arena)
{
    struct poll poll, other;
    struct trustees trustees;
    struct shuffled before = {.count = 0}, after;
    struct cipher *none[1] = {NULL}, *ciphers;
    str credential;
    enum code code = poll_read(str_from(election), arena, &poll, NULL);
    if (code != CODE_OK) abort();
    before.lists = none;
    if (which == 1) code = poll_read(text, arena, &other, NULL);
    if (which == 2) code = trustees_read(&poll, text, arena, &trustees, NULL);
    if (which == 3) code = cast_read(&poll, text, true, arena, &credential, &ciphers, NULL);
    if (which == 4) code = cast_read(&poll, text, false, arena, &credential, &ciphers, NULL);
    if (which == 5) code = shuffle_read(&poll, text, &before, arena, &after, NULL);
    if (code != CODE_OK && code != CODE_MALFORMED && code != CODE_NO_MEMORY) abort();
    if (which == 3 && code == CODE_OK && credential.len != 64) abort();
    struct bjson json = bjson_from(text);
    bjson_skip(&json);
    if (bjson_end(&json) && text.len == 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    if (size == 0) return 0;
    str text = {(const char *)data + 1, size - 1};
    if (data[0] % 6 == 0) {
        read_archive(text);
        return 0;
    }
    arena_init(&arena, alloc_libc, 16 << 20);
    read_messages(data[0] % 6, text, &arena);
    arena_done(&arena);
    return 0;
}

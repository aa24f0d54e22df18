#include "cli/keyfile.h"

#include "base/json.h"
#include "base/text.h"
#include "core/record/membercode.h"
#include "io/file.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { KEYFILE_MAX = 1024 };

/* Folder and name of a path; the folder is opened. */
static enum code open_folder(const char *path, const char **ret_name, int *ret_fd,
                             struct fail *fail)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    *ret_name = slash ? slash + 1 : path;
    int len = slash ? (int)(slash - path) : 1;
    if (snprintf(folder, sizeof folder, "%.*s", len, slash ? path : ".") >= (int)sizeof folder)
        return fail_set(fail, CODE_TOO_BIG, "path", "the path is too long");
    return io_open_dir(AT_FDCWD, len ? folder : "/", true, 0700, ret_fd, fail);
}

enum code keyfile_write(const char *path, str origin, const struct keyfile *key, struct fail *fail)
{
    const char *name;
    CLEANUP(io_close_fd) int fd = -1;
    TRY(open_folder(path, &name, &fd, fail));
    struct buf text;
    struct json_writer w;
    uint8_t seed[32];
    secret_key_seed(&key->secret, seed);
    buf_init(&text, alloc_libc, KEYFILE_MAX);
    json_writer_init(&w, &text);
    json_object(&w);
    json_kv_hex(&w, STR("device"), key->device.bytes, sizeof key->device);
    json_kv_hex(&w, STR("mid"), key->mid.bytes, sizeof key->mid);
    json_kv_str(&w, STR("origin"), origin);
    json_kv_hex(&w, STR("seed"), seed, sizeof seed);
    json_object_end(&w);
    buf_add_byte(&text, '\n');
    enum code code = buf_check(&text);
    if (code == CODE_OK) code = io_write_atomic(fd, name, buf_str(&text), 0600, IO_DURABLE, fail);
    if (text.at) sign_wipe(text.at, text.len);
    sign_wipe(seed, sizeof seed);
    buf_done(&text);
    return code;
}

static enum code keyfile_decode(str text, str origin, struct arena *arena, struct keyfile *ret,
                                struct fail *fail)
{
    const struct json *object;
    uint8_t seed[32];
    TRY(json_parse(str_trim(text), KEYFILE_MAX, arena, &object, fail));
    struct fields f = fields_of(object);
    fields_hex(&f, STR("device"), ret->device.bytes, sizeof ret->device);
    fields_hex(&f, STR("mid"), ret->mid.bytes, sizeof ret->mid);
    str of = fields_str(&f, STR("origin"), ORIGIN_MAX);
    fields_hex(&f, STR("seed"), seed, sizeof seed);
    if (!f.bad && origin.len && !str_eq(of, origin))
        fields_fail(&f, "this key belongs to %.*s", STR_ARG(of));
    TRY(fields_end(&f, fail));
    secret_key_from_seed(&ret->secret, seed);
    sign_wipe(seed, sizeof seed);
    return CODE_OK;
}

enum code keyfile_read(const char *path, str origin, struct keyfile *ret, struct fail *fail)
{
    struct buf text;
    struct arena arena;
    buf_init(&text, alloc_libc, KEYFILE_MAX);
    arena_init(&arena, alloc_libc, 1 << 20);
    enum code code = io_read_file(AT_FDCWD, path, &text, fail);
    if (code == CODE_OK) code = keyfile_decode(buf_str(&text), origin, &arena, ret, fail);
    if (text.at) sign_wipe(text.at, text.len);
    buf_done(&text);
    arena_done(&arena);
    return code;
}

bool keyfile_path(const char *dir, const struct keyfile *key, char *ret, size_t size)
{
    char mid[33], device[9];
    hex_encode(key->mid.bytes, sizeof key->mid, mid);
    hex_encode(key->device.bytes, sizeof key->device, device);
    int len = snprintf(ret, size, "%s/keys/people/%s-%s", dir, mid, device);
    return len > 0 && (size_t)len < size;
}

void keyfile_random(struct keyfile *ret, const mid16 *mid)
{
    ret->mid = *mid;
    sign_random(ret->device.bytes, sizeof ret->device);
    secret_key_random(&ret->secret);
}

enum code rehearsal_write(const char *dir, str seed, struct fail *fail)
{
    CLEANUP(io_close_fd) int dir_fd = -1;
    CLEANUP(io_close_fd) int keys_fd = -1;
    TRY(io_open_dir(AT_FDCWD, dir, false, 0755, &dir_fd, fail));
    TRY(io_open_dir(dir_fd, "keys", true, 0700, &keys_fd, fail));
    return io_write_atomic(keys_fd, "rehearsal", seed, 0600, IO_DURABLE, fail);
}

enum code rehearsal_read(const char *dir, struct rehearsal *ret, struct fail *fail)
{
    char path[PATH_MAX];
    struct buf text;
    (void)snprintf(path, sizeof path, "%s/keys/rehearsal", dir);
    buf_init(&text, alloc_libc, 65);
    enum code code = io_read_file(AT_FDCWD, path, &text, fail);
    uint8_t seed[32];
    str digits = str_trim(buf_str(&text));
    if (code == CODE_OK && !hex_decode(digits, seed, sizeof seed))
        code = fail_set(fail, CODE_MALFORMED, "seed",
                        "keys/rehearsal: expected 64 hexadecimal digits");
    if (code == CODE_OK) {
        memcpy(ret->seed, digits.at, 64);
        ret->seed[64] = '\0';
    }
    buf_done(&text);
    return code;
}

static struct stream rehearsal_stream(const struct rehearsal *rehearsal, const char *what,
                                      const mid16 *mid, uint32_t n)
{
    char mid_text[33], seed[160];
    struct stream stream;
    hex_encode(mid->bytes, sizeof *mid, mid_text);
    int len =
        snprintf(seed, sizeof seed, "rehearsal|%s|%s|%s|%u", rehearsal->seed, what, mid_text, n);
    stream_init(&stream, (str){seed, (size_t)len});
    return stream;
}

void rehearsal_key(const struct rehearsal *rehearsal, const mid16 *mid, uint32_t n,
                   struct keyfile *ret)
{
    uint8_t seed[32];
    struct stream stream = rehearsal_stream(rehearsal, "device", mid, n);
    ret->mid = *mid;
    stream_bytes(&stream, ret->device.bytes, sizeof ret->device);
    stream_bytes(&stream, seed, sizeof seed);
    secret_key_from_seed(&ret->secret, seed);
}

void rehearsal_code(const struct rehearsal *rehearsal, const mid16 *mid, struct membercode *ret)
{
    struct stream stream = rehearsal_stream(rehearsal, "code", mid, 0);
    stream_bytes(&stream, ret->bytes, sizeof ret->bytes);
}

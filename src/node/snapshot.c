#include "node/snapshot.h"

#include "io/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: what state_save emits, then the SHA-256 of it. */
struct sink {
    int fd;
    struct sha256 sha;
    struct buf pending;
    struct fail *fail;
};

enum { SINK_BYTES = 1 << 20 };

static enum code sink_flush(struct sink *sink)
{
    enum code code = io_write_all(sink->fd, buf_str(&sink->pending), sink->fail);
    buf_clear(&sink->pending);
    return code;
}

static enum code sink_emit(void *context, const void *bytes, size_t len)
{
    struct sink *sink = context;
    sha256_add(&sink->sha, bytes, len);
    if (len < SINK_BYTES / 2) {
        if (sink->pending.len + len > SINK_BYTES) TRY(sink_flush(sink));
        buf_add_bytes(&sink->pending, bytes, len);
        return buf_check(&sink->pending);
    }
    TRY(sink_flush(sink));
    return io_write_all(sink->fd, (str){bytes, len}, sink->fail);
}

static enum code save_to(int fd, const struct state *state, struct fail *fail)
{
    struct sink sink = {.fd = fd, .fail = fail};
    sha256_init(&sink.sha);
    buf_init(&sink.pending, alloc_libc, SINK_BYTES);
    enum code code = state_save(state, sink_emit, &sink);
    hash32 digest = sha256_done(&sink.sha);
    if (code == CODE_OK) {
        buf_add_bytes(&sink.pending, digest.bytes, sizeof digest);
        code = buf_check(&sink.pending);
    }
    if (code == CODE_OK) code = sink_flush(&sink);
    buf_done(&sink.pending);
    return code;
}

enum code snapshot_save(const char *dir, const struct state *state, struct fail *fail)
{
    CLEANUP(io_close_fd) int dir_fd = -1;
    CLEANUP(io_close_fd) int cache_fd = -1;
    TRY(io_open_dir(AT_FDCWD, dir, false, 0755, &dir_fd, fail));
    TRY(io_open_dir(dir_fd, "cache", true, 0700, &cache_fd, fail));
    CLEANUP(io_close_fd)
    int fd = openat(cache_fd, "state.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return fail_set(fail, CODE_IO, "open", "cache/state.new: %m");
    TRY(save_to(fd, state, fail));
    if (renameat(cache_fd, "state.new", cache_fd, "state") != 0)
        return fail_set(fail, CODE_IO, "rename", "cache/state: %m");
    return CODE_OK;
}

static enum code load_from(str bytes, struct state *state)
{
    if (bytes.len < sizeof(hash32)) return CODE_CORRUPT;
    str body = {bytes.at, bytes.len - sizeof(hash32)};
    hash32 stated, found = sha256_of(body);
    memcpy(stated.bytes, body.at + body.len, sizeof stated);
    if (!hash32_eq(&stated, &found)) return CODE_CORRUPT;
    return state_load(state, body);
}

enum code snapshot_load(const char *dir, struct state *state)
{
    CLEANUP(io_close_fd) int dir_fd = -1;
    TRY(io_open_dir(AT_FDCWD, dir, false, 0755, &dir_fd, NULL));
    CLEANUP(io_close_fd) int fd = openat(dir_fd, "cache/state", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat stat;
    if (fd < 0 || fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode) || stat.st_size <= 0)
        return CODE_NOT_FOUND;
    size_t len = (size_t)stat.st_size;
    void *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (at == MAP_FAILED) return CODE_IO;
    enum code code = load_from((str){at, len}, state);
    (void)munmap(at, len);
    return code;
}

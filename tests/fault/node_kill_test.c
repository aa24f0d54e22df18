/* kill -9 at a random instant while a node starts, accepts acts, commits, exports and writes
 * snapshots: what it acknowledged is there, whole; the next start is clean; folder and export
 * verify. 20 rounds; 220 with PLENARY_LONG=1. */
#include "check.h"
#include "fault/small_org.h"
#include "folder.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20, ROUNDS_LONG = 220, ACTS_MAX = 1 << 20, SNAPSHOT_EVERY = 8 /* commits */ };

struct acknowledged {
    uint64_t index;
    hash32 id;
};

struct rounds {
    struct acknowledged *acts;
    uint64_t count, known; /* known: were there when the last check ended */
    uint32_t busy, starting;
};

/* 1 to 9 acts, then one commit; only then are they acknowledged. False ends the child. */
static bool work_batch(const struct small_org *org, struct node *node, uint64_t batch, int report)
{
    struct acknowledged acts[9];
    size_t count = 1 + batch * 5 % 9;
    for (size_t i = 0; i < count; i++) {
        struct node_reply reply;
        if (small_org_act(org, node, &reply, NULL) != CODE_OK) return false;
        acts[i] = (struct acknowledged){reply.index, reply.id};
    }
    if (node_commit(node, NULL) != CODE_OK) return false;
    if (batch % SNAPSHOT_EVERY == 0 && node_snapshot(node, NULL) != CODE_OK) return false;
    return write(report, acts, count * sizeof *acts) == (ssize_t)(count * sizeof *acts);
}

static void work(const struct small_org *org, int report)
{
    struct node *node = NULL;
    struct node_options how = {.mode = NODE_WRITE};
    if (node_open(org->dir, &how, &node, NULL) != CODE_OK) _exit(1);
    const struct acknowledged started = {UINT64_MAX, {{0}}};
    bool good = write(report, &started, sizeof started) == sizeof started;
    for (uint64_t batch = 0; good; batch++) good = work_batch(org, node, batch, report);
    _exit(1);
}

static void take(struct rounds *r, const struct acknowledged *act, bool *started)
{
    if (act->index == UINT64_MAX)
        *started = true;
    else if (r->count < ACTS_MAX)
        r->acts[r->count++] = *act;
}

/* Kills a writer `micros` microseconds after it has reported so many times. */
static void run_and_kill(const struct small_org *org, struct rounds *r, uint64_t reports,
                         useconds_t micros)
{
    int report[2], status = 0;
    struct acknowledged act;
    bool started = false;
    if (!CHECK(pipe(report) == 0, "pipe")) return;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        (void)close(report[0]);
        work(org, report[1]);
    }
    (void)close(report[1]);
    while (reports-- > 0 && read(report[0], &act, sizeof act) == sizeof act)
        take(r, &act, &started);
    (void)usleep(micros);
    (void)kill(child, SIGKILL);
    while (read(report[0], &act, sizeof act) == sizeof act) take(r, &act, &started);
    (void)close(report[0]);
    if (!started) r->starting++;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "it ended by itself: %d",
          status);
}

/* With the snapshot the state is the same as without. */
static bool snapshot_agrees(const struct small_org *org, const hash32 *digest)
{
    struct node *node = NULL;
    struct node_options how = {.mode = NODE_READ};
    if (node_open(org->dir, &how, &node, NULL) != CODE_OK) return false;
    hash32 found = state_digest(node_state(node));
    node_close(node);
    return hash32_eq(digest, &found);
}

static bool check_round(const struct small_org *org, struct rounds *r, int round)
{
    struct node *node = small_org_open(org);
    if (!CHECK(node != NULL, "round %d: the next start", round)) return false;
    const struct state *s = node_state(node);
    uint64_t size = state_size(s), lost = 0;
    for (uint64_t i = r->known; i < r->count; i++)
        lost += !small_org_holds(node, r->acts[i].index, &r->acts[i].id);
    CHECK(lost == 0, "round %d: %llu acknowledged acts lost", round, (unsigned long long)lost);
    if (r->count > r->known) r->busy++;
    uint64_t expected = r->count ? r->acts[r->count - 1].index + 1 : 2;
    CHECK(size >= expected, "round %d: %llu entries, %llu acknowledged", round,
          (unsigned long long)size, (unsigned long long)expected);
    r->known = r->count;
    hash32 root = merkle_root(&s->tree, size), digest = state_digest(s);
    node_close(node);
    CHECK(small_org_verifies(org, size, &root), "round %d: folder and export verify", round);
    CHECK(snapshot_agrees(org, &digest), "round %d: the snapshot's state", round);
    return true;
}

int main(void)
{
    const char *is_long = getenv("PLENARY_LONG");
    int rounds = is_long && is_long[0] == '1' ? ROUNDS_LONG : ROUNDS;
    struct small_org org;
    struct fail fail = {0};
    struct stream stream;
    struct rounds r = {.acts = calloc(ACTS_MAX, sizeof *r.acts)};
    char *dir = folder_make();
    stream_init(&stream, STR("node kill"));
    bool good = r.acts && CHECK(small_org_found(&org, dir, &fail) == CODE_OK, "%s", fail.message);
    for (int round = 0; round < rounds && good; round++) {
        /* Each fourth time while it starts, else behind some commits. */
        uint64_t reports = round % 4 == 0 ? 0 : 2 + stream_below(&stream, 20);
        run_and_kill(&org, &r, reports, 1 + (useconds_t)stream_below(&stream, 20000));
        good = check_round(&org, &r, round);
    }
    struct node *node = good ? small_org_open(&org) : NULL;
    for (uint64_t i = 0; node && i < r.count; i++)
        if (!small_org_holds(node, r.acts[i].index, &r.acts[i].id))
            CHECK(false, "act %llu is gone", (unsigned long long)r.acts[i].index);
    node_close(node);
    CHECK(r.busy >= (uint32_t)rounds * 3 / 4, "killed at work in only %u rounds", r.busy);
    printf("%d kills, %u of them while starting, %llu acts acknowledged\n", rounds, r.starting,
           (unsigned long long)r.count);
    small_org_done(&org);
    folder_remove(dir);
    free(r.acts);
    return check_done();
}

/* count_large_bench.c - random elections at the stated limits: 110 of 400 candidates from 1,200
 * ballots, 100,000 ballots for 30 candidates, pairs of 100 candidates. One JSON line for each rule:
 * milliseconds, and megabytes in the arena. */
#include "base/sha256.h"
#include "core/count/count.h"
#include <time.h>

static const size_t memory_max = (size_t)2 << 30;

static double now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* Random complete orders, the same on every machine. */
static bool fill(struct profile *profile, struct arena *arena, uint32_t candidates,
                 uint32_t ballots)
{
    struct stream stream;
    stream_init(&stream, STR("count_bench"));
    uint32_t *order = ARENA_ARRAY(arena, candidates, uint32_t);
    if (!order || profile_init(profile, candidates, arena, NULL) != CODE_OK) return false;
    for (uint32_t b = 0; b < ballots; b++) {
        for (uint32_t i = 0; i < candidates; i++) {
            uint32_t at = (uint32_t)stream_below(&stream, i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        if (profile_add(profile, 1, order, candidates, NULL) != CODE_OK) return false;
    }
    return true;
}

static bool count_once(const struct profile *profile, enum count_rule rule, uint32_t seats)
{
    struct arena room;
    struct count_result result;
    struct count_options options = {.seats = count_rule_single_seat(rule) ? 1 : seats};
    arena_init(&room, alloc_libc, memory_max);
    double start = now_ms();
    bool ok = count_run(rule, profile, &options, &room, &result, NULL) == CODE_OK;
    if (ok)
        printf("{\"name\":\"count-%u-of-%u\",\"figures\":{\"rule\":\"%s\",\"ballots\":%llu,"
               "\"rounds\":%u,\"ms\":%.1f,"
               "\"megabytes\":%.1f}}\n",
               options.seats, profile->candidates, count_rule_name(rule),
               (unsigned long long)profile->ballots, result.round_count, now_ms() - start,
               (double)room.used / 1e6);
    arena_done(&room);
    return ok;
}

static bool measure(uint32_t candidates, uint32_t ballots, uint32_t seats,
                    const enum count_rule *rules)
{
    struct arena arena;
    struct profile profile;
    arena_init(&arena, alloc_libc, memory_max);
    bool ok = fill(&profile, &arena, candidates, ballots);
    for (; ok && *rules; rules++) ok = count_once(&profile, *rules, seats);
    arena_done(&arena);
    return ok;
}

int main(void)
{
    static const enum count_rule stv[] = {COUNT_SCOTTISH_STV, COUNT_WIGM_PRF, COUNT_MEEK_PRF,
                                          COUNT_SEQ_PHRAGMEN, 0};
    static const enum count_rule many[] = {COUNT_SCOTTISH_STV, COUNT_SCHULZE, COUNT_RANKED_PAIRS,
                                           COUNT_IRV, 0};
    static const enum count_rule pairs[] = {COUNT_SCHULZE, COUNT_RANKED_PAIRS, 0};
    bool ok = measure(400, 1200, 110, stv) && measure(30, 100000, 5, many) &&
              measure(100, 1200, 1, pairs);
    return ok ? 0 : 1;
}

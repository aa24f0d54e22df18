/* bench.h - `plenary bench`: each figure measured on the machine at hand, beside a peer that does
 * the same work, or the least of it that nobody could leave out. */
#ifndef PLENARY_CLI_BENCH_H
#define PLENARY_CLI_BENCH_H
#include "cli/command.h"
#include <limits.h>

extern const struct command bench_commands[];
extern const size_t bench_command_count;

extern const char
    *const build_commit; /* "1a2b3c4d5e6f", "-dirty" behind it when files were changed */

enum { BENCH_FIGURES_MAX = 12 };
struct bench_figures {
    const char *name[BENCH_FIGURES_MAX];
    double value[BENCH_FIGURES_MAX];
    uint32_t count;
};

/* One run of one benchmark. */
struct bench {
    struct cli *cli;
    uint64_t acts;      /* --acts; 0: the benchmark's own size */
    char dir[PATH_MAX]; /* an empty folder on the disk to be measured, removed afterwards */
    char organisation[PATH_MAX + 16]; /* a folder in it, not made yet */
    struct bench_figures ours, peer;
    const char *peer_name; /* NULL: there is none */
    double ratio;          /* how many times the peer's speed is ours; 0: no peer */
    char skipped[200];     /* why nothing was measured; empty: it was */
};

/* Each returns an exit status and has complained. */
int bench_accept(struct bench *bench); /* bench_record.c */
int bench_replay(struct bench *bench);
int bench_import(struct bench *bench); /* bench_files.c */
int bench_count(struct bench *bench);

/* Tools of the benchmarks. */
void bench_figure(struct bench_figures *figures, const char *name, double value);
struct bench_times {
    double wall, cpu; /* seconds; cpu: user and system, of this process and all its threads */
};
struct bench_times bench_now(void);
struct bench_times bench_since(struct bench_times start);
#endif

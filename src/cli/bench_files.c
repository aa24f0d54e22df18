/* bench_files.c - files in: a membership list onto the roll, papers of many elections into results.
 */
#include "cli/bench.h"

#include "cli/names.h"
#include "core/count/count.h"
#include "core/count/format.h"
#include "io/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    IMPORT_MEMBERS = 200000,
    IMPORT_UNITS = 900,
    COUNT_RUNS = 5,
    WARDS_MAX = 2000,
    ARGUMENTS_MAX = 12
};

/* ---- a child process and what it took ---- */

struct child {
    double wall, cpu, resident_mb;
    str says; /* its standard output, in the buffer given */
};

static double seconds_of(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* Runs `arguments` (ended by NULL) and reads its standard output into `out`, NULL: it goes nowhere.
 */
static bool run_child(const char *const *arguments, struct buf *out, struct child *ret)
{
    int ends[2], status = 0;
    char block[4096];
    struct rusage usage;
    struct bench_times start = bench_now();
    if (pipe(ends) != 0) return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0) _exit(127);
        (void)close(ends[0]);
        (void)close(ends[1]);
        char *argv[ARGUMENTS_MAX + 1] = {NULL};
        for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++) argv[i] = strdup(arguments[i]);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    (void)close(ends[1]);
    for (ssize_t got; child > 0 && (got = read(ends[0], block, sizeof block)) > 0;)
        if (out) buf_add_bytes(out, block, (size_t)got);
    (void)close(ends[0]);
    if (child < 0 || wait4(child, &status, 0, &usage) != child) return false;
    *ret = (struct child){.wall = bench_since(start).wall,
                          .cpu = seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime),
                          .resident_mb = (double)usage.ru_maxrss / 1024};
    if (out) ret->says = buf_str(out);
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_STATUS_OK;
}

/* ---- import ---- */

static bool write_list(const char *path, uint32_t members, uint32_t units)
{
    struct stream stream;
    struct names *names = malloc(sizeof *names);
    FILE *file = fopen(path, "we");
    stream_init(&stream, STR("bench"));
    if (names) names_init(names, &stream);
    if (file) fprintf(file, "number,given name,family name,e-mail,branch\n");
    for (uint32_t row = 0; names && file && row < members; row++) {
        struct names_person person;
        char unit[NAMES_TEXT_SIZE];
        names_person(names, row, &person);
        names_unit(names, row % units, unit);
        fprintf(file, "%s,%s,%s,%s,%s\n", person.number, person.given, person.family, person.email,
                unit);
    }
    free(names);
    return file && fclose(file) == 0;
}

int bench_import(struct bench *bench)
{
    struct child child;
    char list[PATH_MAX + 16];
    uint64_t members = bench->acts ? bench->acts : IMPORT_MEMBERS;
    uint32_t units = members < 10 * IMPORT_UNITS ? (uint32_t)(members / 10) + 1 : IMPORT_UNITS;
    if (members > NAMES_PERSONS_MAX)
        return cli_usage(bench->cli, "--acts: import has names for 200,000 members");
    (void)snprintf(list, sizeof list, "%s/members.csv", bench->dir);
    const char *const init[] = {"/proc/self/exe", "init",           bench->organisation,
                                "--preset",       "large-congress", NULL};
    const char *const import[] = {"/proc/self/exe",    "roll",          "import", list, "-C",
                                  bench->organisation, "--found-units", "--json", NULL};
    if (!write_list(list, (uint32_t)members, units) || !run_child(init, NULL, &child) ||
        !run_child(import, NULL, &child)) {
        fprintf(bench->cli->err, "plenary bench: the list could not be made or imported\n");
        return EXIT_STATUS_FAILED;
    }
    bench_figure(&bench->ours, "members", (double)members);
    bench_figure(&bench->ours, "units", units);
    bench_figure(&bench->ours, "seconds", child.wall);
    bench_figure(&bench->ours, "cpu_seconds", child.cpu);
    bench_figure(&bench->ours, "members_per_second", (double)members / child.wall);
    bench_figure(&bench->ours, "resident_mb", child.resident_mb);
    return EXIT_STATUS_OK;
}

/* ---- count ---- */

struct wards {
    struct buf text[WARDS_MAX];
    uint32_t count;
};

static bool load_wards(const char *folder, struct wards *ret)
{
    DIR *dir = opendir(folder);
    bool good = dir != NULL;
    for (struct dirent *entry; good && (entry = readdir(dir)) && ret->count < WARDS_MAX;) {
        if (!str_ends(str_from(entry->d_name), STR(".csv"))) continue;
        buf_init(&ret->text[ret->count], alloc_libc, COUNT_FILE_MAX);
        good = io_read_file(dirfd(dir), entry->d_name, &ret->text[ret->count++], NULL) == CODE_OK;
    }
    if (dir) (void)closedir(dir);
    return good && ret->count > 0;
}

struct tally {
    uint64_t ballots, rounds;
};

static enum code count_ward(const struct buf *text, struct arena *arena, struct tally *tally,
                            struct fail *fail)
{
    struct profile profile;
    struct count_result result;
    arena_clear(arena);
    TRY(format_csv_read(buf_str(text), arena, &profile, fail));
    struct count_options options = {.seats = profile.seats};
    TRY(count_run(COUNT_SCOTTISH_STV, &profile, &options, arena, &result, fail));
    tally->ballots += profile.ballots;
    tally->rounds += result.round_count;
    return CODE_OK;
}

static enum code count_wards(struct bench *bench, const struct wards *wards, struct arena *arena,
                             double *ret_seconds, struct fail *fail)
{
    struct tally tally = {0};
    double seconds[COUNT_RUNS];
    for (uint32_t run = 0; run < COUNT_RUNS; run++) {
        struct bench_times start = bench_now();
        tally = (struct tally){0};
        for (uint32_t i = 0; i < wards->count; i++)
            TRY(count_ward(&wards->text[i], arena, &tally, fail));
        seconds[run] = bench_since(start).cpu;
        for (uint32_t i = run; i > 0 && seconds[i] < seconds[i - 1]; i--) {
            double other = seconds[i];
            seconds[i] = seconds[i - 1];
            seconds[i - 1] = other;
        }
    }
    *ret_seconds = seconds[COUNT_RUNS / 2];
    bench_figure(&bench->ours, "elections", wards->count);
    bench_figure(&bench->ours, "ballots", (double)tally.ballots);
    bench_figure(&bench->ours, "rounds", (double)tally.rounds);
    bench_figure(&bench->ours, "cpu_seconds", *ret_seconds);
    return CODE_OK;
}

/* The peer prints "elections seconds". */
static void count_beside(struct bench *bench, const char *folder, const struct wards *wards,
                         double ours)
{
    struct buf out;
    struct child child;
    char script[PATH_MAX];
    const char *root = getenv("PLENARY_ROOT"), *peer = cli_option(bench->cli, "peer");
    (void)snprintf(script, sizeof script, "%s/bench/peer_droop.py", root ? root : ".");
    const char *const arguments[] = {"python3", script, peer, folder, NULL};
    buf_init(&out, alloc_libc, 4096);
    uint64_t elections = 0, milliseconds = 0;
    bool good = run_child(arguments, &out, &child);
    str rest = good ? child.says : STR("");
    good = good && str_to_u64(str_cut(&rest, ' '), &elections) &&
           str_to_u64(str_cut(&rest, '\n'), &milliseconds);
    buf_done(&out);
    if (!good || elections != wards->count || milliseconds == 0 || ours <= 0) {
        fprintf(bench->cli->err, "plenary bench: %s did not count the elections with %s\n", script,
                peer);
        return;
    }
    bench->peer_name = "Droop (Python), rule scotland, the same files";
    bench_figure(&bench->peer, "elections", (double)elections);
    bench_figure(&bench->peer, "cpu_seconds", (double)milliseconds / 1e3);
    bench->ratio = (double)milliseconds / 1e3 / ours;
}

/* The folder of wards: --wards, else the archive of the test data unpacked; false with `skipped`
 * set. */
static bool find_wards(struct bench *bench, char ret[PATH_MAX + 16])
{
    struct child child;
    char archive[PATH_MAX];
    const char *wards = cli_option(bench->cli, "wards"), *data = getenv("PLENARY_DATA");
    (void)snprintf(ret, PATH_MAX + 16, "%s", wards ? wards : bench->dir);
    if (wards) return true;
    (void)snprintf(archive, sizeof archive, "%s/stv-scotland/ballots.tar.xz",
                   data ? data : "../shared/data");
    const char *const unpack[] = {"tar", "-xJf", archive, "-C", bench->dir, NULL};
    (void)snprintf(ret, PATH_MAX + 16, "%s/ballots", bench->dir);
    if (access(archive, R_OK) == 0 && run_child(unpack, NULL, &child)) return true;
    (void)snprintf(
        bench->skipped, sizeof bench->skipped,
        "no elections at hand: give --wards DIR, or set PLENARY_DATA to where stv-scotland/ lies");
    return false;
}

int bench_count(struct bench *bench)
{
    char folder[PATH_MAX + 16];
    struct arena arena;
    struct fail fail = {0};
    double seconds = 0;
    if (!find_wards(bench, folder)) return EXIT_STATUS_OK;
    struct wards *wards = calloc(1, sizeof *wards);
    if (!wards) return EXIT_STATUS_FAILED;
    int status = EXIT_STATUS_OK;
    arena_init(&arena, alloc_libc, (size_t)256 << 20);
    if (load_wards(folder, wards)) {
        enum code code = count_wards(bench, wards, &arena, &seconds, &fail);
        if (code != CODE_OK) status = cli_complain(bench->cli, folder, code, &fail);
    } else {
        status = cli_usage(bench->cli, "%s: expected a folder of elections as CSV", folder);
    }
    if (status == EXIT_STATUS_OK && cli_option(bench->cli, "peer"))
        count_beside(bench, folder, wards, seconds);
    arena_done(&arena);
    for (uint32_t i = 0; i < wards->count; i++) buf_done(&wards->text[i]);
    free(wards);
    return status;
}

/* count_bench.c - all Scottish wards at hand, read and counted in one process.
 * count_bench [FOLDER]: a folder of wards as CSV; without one, the archive of $PLENARY_DATA is
 * unpacked first (not timed). Prints one JSON line: elections, ballots, milliseconds for the best
 * of five runs. */
#include "core/count/count.h"
#include "core/count/format.h"
#include <dirent.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, WARDS_MAX = 2000, PATH_ROOM = 1024 };

struct ward {
    char *text;
    size_t len;
};

struct figures {
    uint32_t elections;
    uint64_t ballots, rounds;
};

static double now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static bool load(const char *folder, const char *name, struct ward *ret)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    ret->text = size > 0 ? malloc((size_t)size) : NULL;
    ret->len = ret->text ? fread(ret->text, 1, (size_t)size, file) : 0;
    fclose(file);
    return ret->len > 0;
}

static uint32_t load_all(const char *folder, struct ward *wards)
{
    uint32_t count = 0;
    DIR *dir = opendir(folder);
    if (!dir) return 0;
    for (struct dirent *entry; (entry = readdir(dir)) && count < WARDS_MAX;)
        if (str_ends(str_from(entry->d_name), STR(".csv")) &&
            load(folder, entry->d_name, &wards[count]))
            count++;
    closedir(dir);
    return count;
}

static bool count_ward(const struct ward *ward, struct arena *arena, struct figures *figures)
{
    struct profile profile;
    struct count_result result;
    arena_clear(arena);
    if (format_csv_read((str){ward->text, ward->len}, arena, &profile, NULL) != CODE_OK)
        return false;
    struct count_options options = {.seats = profile.seats};
    if (count_run(COUNT_SCOTTISH_STV, &profile, &options, arena, &result, NULL) != CODE_OK)
        return false;
    figures->elections++;
    figures->ballots += profile.ballots;
    figures->rounds += result.round_count;
    return true;
}

static int measure(const char *folder)
{
    static struct ward wards[WARDS_MAX];
    uint32_t count = load_all(folder, wards);
    struct arena arena;
    struct figures figures = {0};
    double best = 1e18;
    arena_init(&arena, alloc_libc, (size_t)256 << 20);
    for (int run = 0; run < RUNS; run++) {
        double start = now_ms();
        figures = (struct figures){0};
        for (uint32_t i = 0; i < count; i++)
            if (!count_ward(&wards[i], &arena, &figures)) return 1;
        double took = now_ms() - start;
        if (took < best) best = took;
    }
    arena_done(&arena);
    for (uint32_t i = 0; i < count; i++) free(wards[i].text);
    if (count == 0) return fprintf(stderr, "count_bench: no wards in %s\n", folder), 1;
    printf("{\"name\":\"count\",\"figures\":{\"elections\":%u,\"ballots\":%llu,\"rounds\":%llu,"
           "\"ms\":%.1f}}\n",
           figures.elections, (unsigned long long)figures.ballots,
           (unsigned long long)figures.rounds, best);
    return 0;
}

static bool run(const char *command)
{
    FILE *pipe = popen(command, "r");
    return pipe && pclose(pipe) == 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) return measure(argv[1]);
    const char *data = getenv("PLENARY_DATA");
    char folder[PATH_ROOM] = "/tmp/plenary-bench-XXXXXX", command[3 * PATH_ROOM],
         wards[PATH_ROOM + 20];
    if (!data || !mkdtemp(folder))
        return fprintf(stderr, "usage: count_bench FOLDER, or set PLENARY_DATA\n"), 2;
    snprintf(command, sizeof command, "tar xJf '%s/stv-scotland/ballots.tar.xz' -C '%s'", data,
             folder);
    snprintf(wards, sizeof wards, "%s/ballots", folder);
    int status = run(command) ? measure(wards) : 1;
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return run(command) ? status : 1;
}

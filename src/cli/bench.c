#include "cli/bench.h"

#include "base/json.h"

#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REPORT_MAX = 1 << 20, MACHINE_MAX = 160 };

static const struct benchmark {
    const char *name, *summary;
    int (*run)(struct bench *bench);
} benchmarks[] = {
    {"accept", "signed acts accepted durably, 100 a commit", bench_accept},
    {"replay", "a record replayed with every signature, without, and from the snapshot",
     bench_replay},
    {"import", "a membership list brought onto the roll", bench_import},
    {"count", "Scottish council elections counted in one process", bench_count},
};

/* ---- tools ---- */

void bench_figure(struct bench_figures *figures, const char *name, double value)
{
    if (figures->count == BENCH_FIGURES_MAX) return;
    figures->name[figures->count] = name;
    figures->value[figures->count++] = value;
}

static double seconds_of(clockid_t clock)
{
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct bench_times bench_now(void)
{
    return (struct bench_times){seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

struct bench_times bench_since(struct bench_times start)
{
    struct bench_times now = bench_now();
    return (struct bench_times){now.wall - start.wall, now.cpu - start.cpu};
}

/* Digits behind the point: none for whole and for large numbers, three for small ones. */
static int digits_of(double value)
{
    if (value >= 10000 || value == (double)(uint64_t)value) return 0;
    return value < 100 ? 3 : 1;
}

/* "Intel(R) Xeon(R) Processor, 2 cores" */
static void name_machine(char ret[MACHINE_MAX])
{
    char line[512];
    str model = STR("unknown processor");
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && fgets(line, sizeof line, file)) {
        str value = str_from(line), key = str_trim(str_cut(&value, ':'));
        if (!str_eq(key, STR("model name"))) continue;
        model = str_trim(value);
        break;
    }
    (void)snprintf(ret, MACHINE_MAX, "%.*s, %ld cores", (int)(model.len < 100 ? model.len : 100),
                   model.at, sysconf(_SC_NPROCESSORS_ONLN));
    if (file) (void)fclose(file);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat, (void)type, (void)ftw;
    return remove(path);
}

/* ---- answers ---- */

static void write_number(struct json_writer *w, double value)
{
    char text[40];
    int len = snprintf(text, sizeof text, "%.*f", digits_of(value), value);
    json_raw(w, (str){text, len > 0 ? (size_t)len : 0});
}

static void write_figures(struct json_writer *w, const struct bench_figures *figures)
{
    for (uint32_t i = 0; i < figures->count; i++) {
        json_key(w, str_from(figures->name[i]));
        write_number(w, figures->value[i]);
    }
}

static void write_peer(struct json_writer *w, const struct bench *bench)
{
    json_key(w, STR("peer"));
    if (!bench->peer_name) {
        json_null(w);
    } else {
        json_object(w);
        json_kv_str(w, STR("name"), str_from(bench->peer_name));
        write_figures(w, &bench->peer);
        json_object_end(w);
    }
    json_key(w, STR("ratio"));
    if (bench->ratio > 0)
        write_number(w, bench->ratio);
    else
        json_null(w);
}

static void write_bench(struct json_writer *w, const char *name, const struct bench *bench,
                        const char *machine)
{
    json_object(w);
    json_kv_str(w, STR("name"), str_from(name));
    if (bench->skipped[0]) json_kv_str(w, STR("skipped"), str_from(bench->skipped));
    json_key(w, STR("figures"));
    json_object(w);
    write_figures(w, &bench->ours);
    json_object_end(w);
    write_peer(w, bench);
    json_kv_str(w, STR("machine"), str_from(machine));
    json_kv_str(w, STR("commit"), str_from(build_commit));
    json_object_end(w);
}

static void print_figures(FILE *out, const struct bench_figures *figures)
{
    for (uint32_t i = 0; i < figures->count; i++) {
        double value = figures->value[i];
        fprintf(out, "  %-30s %14.*f\n", figures->name[i], digits_of(value), value);
    }
}

static void print_bench(FILE *out, const struct benchmark *benchmark, const struct bench *bench)
{
    fprintf(out, "%s: %s\n", benchmark->name, benchmark->summary);
    if (bench->skipped[0]) fprintf(out, "  skipped: %s\n", bench->skipped);
    print_figures(out, &bench->ours);
    if (bench->peer_name) {
        fprintf(out, "beside: %s\n", bench->peer_name);
        print_figures(out, &bench->peer);
    }
    if (bench->ratio > 0)
        fprintf(out, "  our speed : the peer's                  %8.2f\n", bench->ratio);
    fputc('\n', out);
}

/* ---- the command ---- */

static int run_one(struct cli *cli, const struct benchmark *benchmark, struct bench *ret)
{
    const char *place = cli_option(cli, "dir"), *temporary = getenv("TMPDIR");
    *ret = (struct bench){.cli = cli};
    if (!cli_number(cli, "acts", 0, 1000000, &ret->acts)) return EXIT_STATUS_USAGE;
    if (!place) place = temporary && temporary[0] ? temporary : "/var/tmp";
    int len = snprintf(ret->dir, sizeof ret->dir, "%s/plenary-bench-XXXXXX", place);
    if (len < 0 || (size_t)len >= sizeof ret->dir || !mkdtemp(ret->dir))
        return cli_usage(cli, "%s: no folder can be made there; give --dir DIR", place);
    (void)snprintf(ret->organisation, sizeof ret->organisation, "%s/organisation", ret->dir);
    const char *dir = cli->dir;
    int status = benchmark->run(ret);
    cli->dir = dir;
    if (nftw(ret->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(cli->err, "plenary bench: %s could not be removed whole\n", ret->dir);
    return status;
}

static bool is_wanted(const struct cli *cli, const char *name)
{
    bool wanted = cli->arg_count == 0;
    for (uint32_t i = 0; i < cli->arg_count; i++)
        wanted = wanted || strcmp(cli->args[i], name) == 0;
    return wanted;
}

static int check_names(struct cli *cli)
{
    for (uint32_t i = 0; i < cli->arg_count; i++) {
        bool known = false;
        for (size_t n = 0; n < COUNT(benchmarks); n++)
            known = known || strcmp(benchmarks[n].name, cli->args[i]) == 0;
        if (!known)
            return cli_usage(cli, "%s: expected accept, replay, import or count", cli->args[i]);
    }
    return EXIT_STATUS_OK;
}

static int run_wanted(struct cli *cli, struct json_writer *w)
{
    char machine[MACHINE_MAX];
    struct bench bench;
    name_machine(machine);
    int status = check_names(cli);
    if (status == EXIT_STATUS_OK && !cli->json)
        fprintf(cli->out, "%s; commit %s\n\n", machine, build_commit);
    for (size_t i = 0; i < COUNT(benchmarks) && status == EXIT_STATUS_OK; i++) {
        if (!is_wanted(cli, benchmarks[i].name)) continue;
        status = run_one(cli, &benchmarks[i], &bench);
        if (status != EXIT_STATUS_OK) return status;
        if (cli->json)
            write_bench(w, benchmarks[i].name, &bench, machine);
        else
            print_bench(cli->out, &benchmarks[i], &bench);
        fflush(cli->out);
    }
    return status;
}

static int run_bench(struct cli *cli)
{
    struct buf report;
    struct json_writer w;
    buf_init(&report, alloc_libc, REPORT_MAX);
    json_writer_init_free(&w, &report);
    json_array(&w);
    int status = run_wanted(cli, &w);
    json_array_end(&w);
    if (status == EXIT_STATUS_OK && buf_check(&report) != CODE_OK) status = EXIT_STATUS_FAILED;
    if (status == EXIT_STATUS_OK && cli->json)
        fprintf(cli->out, "%.*s\n", STR_ARG(buf_str(&report)));
    buf_done(&report);
    return status;
}

const struct command bench_commands[] = {
    {.noun = "bench",
     .args = "[NAME…]",
     .summary = "measure on this machine: accept, replay, import, count; all without a NAME",
     .example = "plenary bench accept count --json",
     .args_max = COUNT(benchmarks),
     .options =
         {{"acts", "N",
           "accept: so many acts (10,000); replay: a record of about so many (40,000); import: so "
           "many members (200,000)",
           false},
          {"dir", "DIR", "measure the disk on which DIR lies ($TMPDIR, else /var/tmp)", false},
          {"wards", "DIR", "count: elections as CSV; without it those of $PLENARY_DATA", false},
          {"peer", "DIR", "count: run the Python program Droop that lies there beside it", false}},
     .run = run_bench},
};
const size_t bench_command_count = COUNT(bench_commands);

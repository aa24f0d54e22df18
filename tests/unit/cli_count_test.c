/* cli_count_test.c - `plenary count` and `plenary apportion` as a user calls them: output, exit
 * status, places. */
#include "check.h"
#include "cli/count.h"
#include "cli/input.h"
#include <unistd.h>

struct said {
    int status;
    char out[20000], err[4000];
};

static void take(FILE *file, char *ret, size_t size)
{
    rewind(file);
    size_t len = fread(ret, 1, size - 1, file);
    ret[len] = '\0';
}

/* Calls a verb with stdout and stderr into files and `input`, if any, as standard input. */
static void call(struct said *said, int (*verb)(int, char **), const char *input,
                 const char *const *args)
{
    char *argv[20];
    int argc = 0;
    for (; args[argc]; argc++) argv[argc] = strdup(args[argc]);
    FILE *out = tmpfile(), *err = tmpfile(), *in = tmpfile();
    fflush(stdout);
    fflush(stderr);
    int old_out = dup(1), old_err = dup(2), old_in = dup(0);
    if (!CHECK(out && err && in && old_out >= 0 && old_err >= 0 && old_in >= 0, "files")) return;
    if (input) fputs(input, in);
    rewind(in);
    dup2(fileno(in), 0);
    dup2(fileno(out), 1);
    dup2(fileno(err), 2);
    clearerr(stdin);
    said->status = verb(argc, argv);
    fflush(stdout);
    fflush(stderr);
    dup2(old_in, 0);
    dup2(old_out, 1);
    dup2(old_err, 2);
    close(old_in);
    close(old_out);
    close(old_err);
    take(out, said->out, sizeof said->out);
    take(err, said->err, sizeof said->err);
    fclose(out);
    fclose(err);
    fclose(in);
    while (argc > 0) free(argv[--argc]);
}
#define CALL(said, verb, input, ...)                                                               \
    call((said), (verb), (input), (const char *const[]){__VA_ARGS__, NULL})

static const char *const blt =
    "3 2\n4 1 2 0\n2 3 0\n0\n\"Castor\" \"Pollux\" \"Helen\" \"Twins\"\n";

static void test_count(void)
{
    static struct said said;
    CALL(&said, cli_count, blt, "count", "--rule", "scottish-stv", "-", "--json");
    CHECK(said.status == EXIT_OK && strstr(said.out, "\"quota\":\"3.00000\",\"winners\":[1,3]"),
          "%s%s", said.out, said.err);
    CALL(&said, cli_count, blt, "count", "-", "--seats", "1", "--rule", "plurality");
    CHECK(said.status == EXIT_OK && strstr(said.out, "Elected: Castor\n"), "%s%s", said.out,
          said.err);
    CALL(&said, cli_count, blt, "count", "-", "--rule", "irv");
    CHECK(said.status == EXIT_OK && strstr(said.out, "1 seat,"), "a rule of one seat: %s%s",
          said.out, said.err);
    CALL(&said, cli_count, "2 1\n1 1 0\n1 2 0\n0\n\"A\" \"B\" \"\"\n", "count", "-", "--rule",
         "plurality", "--lot", "2,1");
    CHECK(said.status == EXIT_OK && strstr(said.out, "Elected: B\n"), "%s%s", said.out, said.err);
    CALL(&said, cli_count, blt, "count", "-", "--rule", "schulze", "--seats", "1", "--none", "3",
         "--quorum", "5", "--json");
    CHECK(said.status == EXIT_OK && strstr(said.out, "\"winners\":[3]"),
          "a quorum nobody reaches: %s%s", said.out, said.err);
    CALL(&said, cli_count, blt, "count", "-", "--rule", "dhondt", "--seats", "3", "--threshold",
         "33.34", "--json");
    CHECK(said.status == EXIT_OK && strstr(said.out, "\"winners\":[1,1,1]"), "a threshold: %s%s",
          said.out, said.err);
    char path[500];
    const char *root = getenv("PLENARY_ROOT");
    snprintf(path, sizeof path, "%s/tests/data/stv/orkney_2012_ward6.csv", root ? root : ".");
    CALL(&said, cli_count, NULL, "count", "--rule", "scottish-stv", path, "--json");
    CHECK(said.status == EXIT_OK && strstr(said.out, "\"quota\":\"264.00000\""), "%s%s", said.out,
          said.err);
}

static void test_count_wrong(void)
{
    static struct said said;
    static const char *const usage[][8] = {
        {"count"},
        {"count", "--rule"},
        {"count", "--rule", "no-such-rule", "-"},
        {"count", "--rule", "irv"},
        {"count", "--rule", "irv", "--seats", "0", "-"},
        {"count", "--rule", "irv", "--seats", "x", "-"},
        {"count", "--rule", "irv", "ward.txt"},
        {"count", "--rule", "irv", "-", "-"},
        {"count", "--rule", "irv", "-", "--what"},
        {"count", "--rule", "dhondt", "-", "--threshold", "101"},
        {"count", "--rule", "dhondt", "-", "--threshold", "1.x"},
        {"count", "--rule", "schulze", "-", "--none", "0"},
        {"count", "--rule", "equal-shares", "-", "--completion", "all"},
        {"count", "--rule", "equal-shares", "-", "--satisfaction", "joy"},
        {"count", "--rule", "irv", "-", "--lot", "1,2"},
        {"count", "--rule", "irv", "-", "--lot", "1,2,2"},
        {"count", "--rule", "irv", "-", "--lot", "1,2,4"},
        {"count", "--rule", "irv", "-", "--lot", "1,2,3,3"},
    };
    for (size_t i = 0; i < COUNT(usage); i++) {
        call(&said, cli_count, blt, usage[i]);
        CHECK(said.status == EXIT_USAGE && strstr(said.err, "usage: plenary count") &&
                  said.out[0] == '\0',
              "usage %zu: %d %s", i, said.status, said.err);
    }
    CALL(&said, cli_count, "2 1\n1 3 0\n", "count", "--rule", "irv", "-");
    CHECK(said.status == EXIT_MALFORMED && strstr(said.err, "standard input:2:3: ") &&
              said.out[0] == '\0',
          "%s", said.err);
    CALL(&said, cli_count, NULL, "count", "--rule", "irv", "/nowhere/x.csv");
    CHECK(said.status == EXIT_FAILED && strstr(said.err, "/nowhere/x.csv: cannot open"), "%s",
          said.err);
    CALL(&said, cli_count, "2 0\n1 1 0\n0\n\"A\" \"B\" \"\"\n", "count", "--rule", "plurality",
         "-");
    CHECK(said.status == EXIT_USAGE, "no seats anywhere: %s", said.err);
}

static void test_apportion(void)
{
    static struct said said;
    static const char *const units =
        "unit,members\nNorth,53000\n\"South, inner\",24000\nEast,23000\n";
    CALL(&said, cli_apportion, units, "apportion", "--method", "sainte-lague", "--seats", "7", "-",
         "--json");
    CHECK(
        said.status == EXIT_OK &&
            strcmp(said.out,
                   "{\"method\":\"sainte-lague\",\"seats\":7,\"units\":["
                   "{\"unit\":\"North\",\"members\":53000,\"seats\":3,\"members_per_seat\":\"17666."
                   "66\"},"
                   "{\"unit\":\"South, inner\",\"members\":24000,\"seats\":2,\"members_per_seat\":"
                   "\"12000.00\"},{\"unit\":\"East\",\"members\":23000,\"seats\":2,"
                   "\"members_per_seat\":\"11500.00\"}],\"ties\":[]}\n") == 0,
        "%s%s", said.out, said.err);
    CALL(&said, cli_apportion, units, "apportion", "--method", "bands", "--bands", "betrvg-9", "-");
    CHECK(said.status == EXIT_OK && strstr(said.out, "    65       53000"), "%s%s", said.out,
          said.err);
    CALL(&said, cli_apportion, units, "apportion", "--method", "ratio-up", "--ratio", "1000",
         "--cap", "30", "-");
    CHECK(said.status == EXIT_OK && strstr(said.out, "    77  seats in all"), "%s%s", said.out,
          said.err);
    CALL(&said, cli_apportion, "u,m\nA,5\nB,5\n", "apportion", "--method", "dhondt", "--seats", "1",
         "-");
    CHECK(said.status == EXIT_OK && strstr(said.out, "A before B"), "%s", said.out);
    CALL(&said, cli_apportion, "u,m\nA,5\nB,x\n", "apportion", "--method", "dhondt", "--seats", "1",
         "-");
    CHECK(said.status == EXIT_MALFORMED && strstr(said.err, "standard input:3:3: "), "%s",
          said.err);
    CALL(&said, cli_apportion, "u,m\nA,5\n", "apportion", "--method", "dhondt", "--seats", "1",
         "--floor", "2", "-");
    CHECK(said.status == EXIT_MALFORMED && strstr(said.err, "floors need 2 seats"), "%s", said.err);
    static const char *const usage[][8] = {
        {"apportion"},
        {"apportion", "--method", "dhondt", "-"},
        {"apportion", "--method", "magic", "-"},
        {"apportion", "--method", "bands", "-"},
        {"apportion", "--method", "bands", "--bands", "5:", "-"},
        {"apportion", "--method", "dhondt", "--seats", "3", "--bands", "unison", "-"},
        {"apportion", "--method", "dhondt", "--seats", "99999999999", "-"},
        {"apportion", "--method", "dhondt", "--seats", "3"},
        {"apportion", "--method", "dhondt", "--seats", "3", "a", "b"},
        {"apportion", "--method", "dhondt", "--seats", "3", "a", "--x"},
    };
    for (size_t i = 0; i < COUNT(usage); i++) {
        call(&said, cli_apportion, units, usage[i]);
        CHECK(said.status == EXIT_USAGE && strstr(said.err, "usage: plenary apportion") &&
                  said.out[0] == '\0',
              "usage %zu: %d %s", i, said.status, said.err);
    }
}

int main(void)
{
    test_count();
    test_count_wrong();
    test_apportion();
    return check_done();
}

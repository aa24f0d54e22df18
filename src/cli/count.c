/* count.c - plenary count --rule R [--seats N] [--lot 3,1,2] [--format F] BALLOTS [--json] */
#include "cli/count.h"
#include "cli/input.h"
#include "core/count/count.h"
#include "core/count/format.h"

static const size_t memory_max = (size_t)4 << 30, output_max = (size_t)1 << 30;

struct request {
    const char *path, *lot;
    enum count_rule rule;
    enum count_format format;
    uint32_t seats, threshold_bp;
    bool has_rule, has_format, json, tabulator, cardinality, has_none;
    uint32_t none;
    uint64_t quorum;
    enum count_completion completion;
};

struct session { /* everything one run holds */
    struct arena arena;
    struct buf text, out;
};

static int usage(const char *problem, const char *detail)
{
    fprintf(stderr,
            "plenary count: %s%s\n"
            "usage: plenary count --rule RULE [--seats N] [--lot 3,1,2] BALLOTS [--json]\n"
            "example: plenary count --rule scottish-stv ward.csv\n"
            "BALLOTS ends in .blt .csv .pb .soc .soi .toc .toi or .json; - reads standard input. "
            "--lot names all candidates in "
            "the order\n"
            "of a lot drawn before the count; without it the lower number is preferred in a tie.\n",
            problem, detail);
    return EXIT_USAGE;
}

/* The value of option `name` at argv[*at], moving over it; NULL when this is another argument. */
static const char *option_value(int argc, char **argv, int *at, const char *name)
{
    if (strcmp(argv[*at], name) != 0 || *at + 1 >= argc) return NULL;
    return argv[++*at];
}

/* "5" or "3.25" -> ten-thousandths. */
static bool read_percent(const char *text, uint32_t *ret)
{
    str rest = str_from(text), whole = str_cut(&rest, '.');
    uint64_t percent = 0, part = 0;
    if (!str_to_u64(whole, &percent) || percent > 100 || rest.len > 2) return false;
    for (size_t i = 0; i < 2; i++) {
        if (i < rest.len && (rest.at[i] < '0' || rest.at[i] > '9')) return false;
        part = part * 10 + (i < rest.len ? (uint64_t)(rest.at[i] - '0') : 0);
    }
    *ret = (uint32_t)(percent * 100 + part);
    return *ret <= 10000;
}

/* What an option with a value does with it; false when the value makes no sense. */
typedef bool set_option(struct request *request, const char *value);

static bool set_rule(struct request *request, const char *value)
{
    request->has_rule = count_rule_by_name(str_from(value), &request->rule);
    return request->has_rule;
}

static bool set_seats(struct request *request, const char *value)
{
    uint64_t seats = 0;
    bool good = str_to_u64(str_from(value), &seats) && seats > 0 && seats <= PROFILE_CANDIDATES_MAX;
    if (good) request->seats = (uint32_t)seats;
    return good;
}

static bool set_lot(struct request *request, const char *value)
{
    request->lot = value;
    return true;
}

static bool set_threshold(struct request *request, const char *value)
{
    return read_percent(value, &request->threshold_bp);
}

static bool set_satisfaction(struct request *request, const char *value)
{
    request->cardinality = strcmp(value, "cardinality") == 0;
    return request->cardinality || strcmp(value, "cost") == 0;
}

static bool set_completion(struct request *request, const char *value)
{
    return count_completion_by_name(str_from(value), &request->completion);
}

/* A candidate number; the file says later whether there is such a one. */
static bool set_none(struct request *request, const char *value)
{
    uint64_t number = 0;
    request->has_none =
        str_to_u64(str_from(value), &number) && number > 0 && number <= PROFILE_CANDIDATES_MAX;
    if (request->has_none) request->none = (uint32_t)number - 1;
    return request->has_none;
}

static bool set_quorum(struct request *request, const char *value)
{
    return str_to_u64(str_from(value), &request->quorum);
}

static int read_option(int argc, char **argv, int *at, struct request *request)
{
    static const struct {
        const char *name;
        set_option *set;
    } options[] = {{"--rule", set_rule},
                   {"--seats", set_seats},
                   {"--lot", set_lot},
                   {"--threshold", set_threshold},
                   {"--satisfaction", set_satisfaction},
                   {"--completion", set_completion},
                   {"--none", set_none},
                   {"--quorum", set_quorum}};
    for (size_t i = 0; i < COUNT(options); i++) {
        const char *value = option_value(argc, argv, at, options[i].name);
        if (value)
            return options[i].set(request, value) ? EXIT_OK
                                                  : usage("this value is not known: ", value);
    }
    if (strcmp(argv[*at], "--json") == 0) {
        request->json = true;
    } else if (strcmp(argv[*at], "--tabulator") == 0) {
        request->tabulator = true;
    } else if (argv[*at][0] == '-' && argv[*at][1]) {
        return usage("unknown option, or one without its value: ", argv[*at]);
    } else if (request->path) {
        return usage("one file of ballots at a time, not also ", argv[*at]);
    } else {
        request->path = argv[*at];
    }
    return EXIT_OK;
}

static int read_request(int argc, char **argv, struct request *request)
{
    for (int at = 1; at < argc; at++) {
        int status = read_option(argc, argv, &at, request);
        if (status != EXIT_OK) return status;
    }
    if (!request->has_rule) return usage("--rule is missing", "");
    if (!request->path) return usage("which file of ballots?", "");
    if (strcmp(request->path, "-") == 0) return EXIT_OK;
    request->has_format = count_format_by_name(str_from(request->path), &request->format);
    return request->has_format ? EXIT_OK : usage("unknown kind of file: ", request->path);
}

static int read_lot(const char *text, const struct profile *profile, struct arena *arena,
                    const uint32_t **ret)
{
    str rest = str_from(text);
    uint32_t count = 0;
    uint32_t *lot = ARENA_ARRAY(arena, profile->candidates, uint32_t);
    while (lot && rest.len) {
        uint64_t number = 0;
        if (!str_to_u64(str_cut(&rest, ','), &number) || number == 0 ||
            number > profile->candidates || count == profile->candidates)
            return usage("--lot must name every candidate once: ", text);
        lot[count++] = (uint32_t)number - 1;
    }
    if (count != profile->candidates) return usage("--lot must name every candidate once: ", text);
    *ret = lot;
    return EXIT_OK;
}

static int print(struct session *session, const char *path, bool json,
                 const struct count_result *result)
{
    struct fail fail = {.message = "the result is too large to print"};
    if (json)
        count_result_json(result, &session->out);
    else
        count_explain_text(result, &session->out);
    if (json) buf_add_byte(&session->out, '\n');
    if (buf_check(&session->out) != CODE_OK) return input_complain(path, CODE_NO_MEMORY, &fail);
    str text = buf_str(&session->out);
    bool written = fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return written ? EXIT_OK : EXIT_FAILED;
}

static int count_file(struct session *session, const struct request *request)
{
    struct fail fail = {0};
    struct profile profile;
    struct count_result result;
    enum code code = input_read(request->path, COUNT_FILE_MAX, &session->text, &fail);
    if (code != CODE_OK) return input_complain(request->path, code, &fail);
    str text = buf_str(&session->text);
    enum count_format format = request->has_format ? request->format : count_format_guess(text);
    code = count_format_read(format, text, &session->arena, &profile, &fail);
    if (code != CODE_OK) return input_complain(request->path, code, &fail);
    struct count_options options = {.seats = request->seats ? request->seats : profile.seats,
                                    .lot = profile.lot};
    options.tabulator = request->tabulator;
    options.has_none = request->has_none;
    options.none = request->none;
    options.quorum = request->quorum;
    options.completion = request->completion;
    options.satisfaction =
        request->cardinality ? COUNT_SATISFACTION_CARDINALITY : COUNT_SATISFACTION_COST;
    options.threshold_bp = request->threshold_bp;
    if (!request->seats && count_rule_single_seat(request->rule)) options.seats = 1;
    if (options.seats == 0 && !profile.costs)
        return usage("the file states no number of seats, --seats is missing", "");
    int status =
        request->lot ? read_lot(request->lot, &profile, &session->arena, &options.lot) : EXIT_OK;
    if (status != EXIT_OK) return status;
    code = count_run(request->rule, &profile, &options, &session->arena, &result, &fail);
    if (code == CODE_MALFORMED && strcmp(fail.reason, "lot") == 0) return usage(fail.message, "");
    if (code != CODE_OK) return input_complain(request->path, code, &fail);
    return print(session, request->path, request->json, &result);
}

int cli_count(int argc, char **argv)
{
    struct request request = {0};
    int status = read_request(argc, argv, &request);
    if (status != EXIT_OK) return status;
    struct session session = {0};
    arena_init(&session.arena, alloc_libc, memory_max);
    buf_init(&session.out, alloc_libc, output_max);
    status = count_file(&session, &request);
    buf_done(&session.out);
    buf_done(&session.text);
    arena_done(&session.arena);
    return status;
}

/* apportion.c - plenary apportion --method M --seats N units.csv [--json] */
#include "core/count/apportion.h"
#include "base/json.h"
#include "cli/count.h"
#include "cli/input.h"

enum { TABLE_FILE_MAX = 64 * 1024 * 1024 };
static const size_t memory_max = (size_t)1 << 30, output_max = (size_t)256 << 20;

struct request {
    const char *path;
    struct apportion_rule rule;
    enum apportion_method method;
    uint32_t seats;
    bool has_method, has_seats, json;
};

struct session {
    struct arena arena;
    struct buf text, out;
    struct apportion_table table;
    struct apportion_result result;
};

static int usage(const char *problem, const char *detail)
{
    fprintf(stderr,
            "plenary apportion: %s%s\n"
            "usage: plenary apportion --method METHOD [--seats N] [--floor N] [--cap N] UNITS.csv "
            "[--json]\n"
            "methods: dhondt sainte-lague hare-lr droop-lr (with --seats), ratio-up ratio-nearest "
            "(with --ratio N),\n"
            "bands (with --bands '600:0+1/100,*:6+1/200' or a norm:",
            problem, detail);
    for (const struct apportion_norm *norm = apportion_norms(); norm->name; norm++)
        fprintf(stderr, " %s", norm->name);
    fprintf(stderr, ")\n"
                    "example: plenary apportion --method sainte-lague --seats 1200 units.csv\n"
                    "UNITS.csv has a header row, then name,members; - reads standard input.\n");
    return EXIT_USAGE;
}

static const char *option_value(int argc, char **argv, int *at, const char *name)
{
    if (strcmp(argv[*at], name) != 0 || *at + 1 >= argc) return NULL;
    return argv[++*at];
}

/* Options whose value is a number: -1 when this is none of them, else an exit status. */
static int read_number(int argc, char **argv, int *at, struct request *request)
{
    static const char *const names[] = {"--seats", "--floor", "--cap", "--ratio"};
    const char *value = NULL;
    size_t which = 0;
    for (; which < COUNT(names); which++)
        if ((value = option_value(argc, argv, at, names[which]))) break;
    if (!value) return -1;
    uint64_t number = 0;
    uint64_t max = which == 3 ? RECORD_INT_MAX : APPORTION_SEATS_MAX;
    if (!str_to_u64(str_from(value), &number) || number > max)
        return usage("not a number in range: ", value);
    switch (which) {
    case 0: request->seats = (uint32_t)number, request->has_seats = true; break;
    case 1: request->rule.floor = (uint32_t)number; break;
    case 2: request->rule.cap = (uint32_t)number; break;
    case 3: request->rule.ratio = number; break;
    }
    return EXIT_OK;
}

static int read_bands(const char *value, struct request *request)
{
    struct fail fail = {0};
    if (apportion_norm_by_name(str_from(value), &request->rule)) return EXIT_OK;
    if (apportion_bands_parse(str_from(value), &request->rule, &fail) == CODE_OK) return EXIT_OK;
    fprintf(stderr, "--bands, column %llu: %s\n", (unsigned long long)fail.column, fail.message);
    return usage("not bands: ", value);
}

static int read_option(int argc, char **argv, int *at, struct request *request)
{
    int status = read_number(argc, argv, at, request);
    if (status >= 0) return status;
    const char *value = NULL;
    if ((value = option_value(argc, argv, at, "--method"))) {
        if (!apportion_method_by_name(str_from(value), &request->method))
            return usage("no such method: ", value);
        request->has_method = true;
        return EXIT_OK;
    }
    if ((value = option_value(argc, argv, at, "--bands"))) return read_bands(value, request);
    if (strcmp(argv[*at], "--json") == 0) {
        request->json = true;
        return EXIT_OK;
    }
    if (argv[*at][0] == '-' && argv[*at][1])
        return usage("unknown option, or one without its value: ", argv[*at]);
    if (request->path) return usage("one file of units at a time, not also ", argv[*at]);
    request->path = argv[*at];
    return EXIT_OK;
}

static int read_request(int argc, char **argv, struct request *request)
{
    for (int at = 1; at < argc; at++) {
        int status = read_option(argc, argv, &at, request);
        if (status != EXIT_OK) return status;
    }
    if (!request->has_method) return usage("--method is missing", "");
    if (!request->path) return usage("which file of units?", "");
    if (request->rule.band_count && request->method != APPORTION_BANDS)
        return usage("--bands goes with --method bands", "");
    request->rule.method = request->method;
    if (apportion_shares_house(request->method) && !request->has_seats)
        return usage("--seats is missing", "");
    if (request->method == APPORTION_BANDS && request->rule.band_count == 0)
        return usage("--bands is missing", "");
    return EXIT_OK;
}

static void write_text(struct session *session)
{
    struct buf *out = &session->out;
    for (size_t i = 0; i < session->table.count; i++) {
        uint32_t seats = session->result.seats[i];
        uint64_t members = session->table.members[i];
        buf_printf(out, "%6u  %10llu", seats, (unsigned long long)members);
        if (seats)
            buf_printf(out, "  %9llu.%llu", (unsigned long long)(members / seats),
                       (unsigned long long)(members % seats * 10 / seats));
        else
            buf_add_cstr(out, "            -");
        buf_add_cstr(out, "  ");
        buf_add(out, session->table.names[i]);
        buf_add_byte(out, '\n');
    }
    buf_printf(out, "%6llu  seats in all; columns: seats, members, members per seat, unit\n",
               (unsigned long long)session->result.total);
    for (size_t i = 0; i < session->result.tie_count; i++) {
        buf_add_cstr(out, "Equal claims to the last seat: ");
        buf_add(out, session->table.names[session->result.ties[i].won]);
        buf_add_cstr(out, " before ");
        buf_add(out, session->table.names[session->result.ties[i].lost]);
        buf_add_cstr(out, " (more members, then the earlier row)\n");
    }
}

/* Members per seat as a decimal string with two places, cut off; absent for a unit without seats.
 */
static void write_unit(struct json_writer *w, str name, uint64_t members, uint32_t seats)
{
    char per_seat[40];
    json_object(w);
    json_kv_str(w, STR("unit"), name);
    json_kv_u64(w, STR("members"), members);
    json_kv_u64(w, STR("seats"), seats);
    if (seats) {
        snprintf(per_seat, sizeof per_seat, "%llu.%02llu", (unsigned long long)(members / seats),
                 (unsigned long long)(members % seats * 100 / seats));
        json_kv_str(w, STR("members_per_seat"), str_from(per_seat));
    }
    json_object_end(w);
}

static void write_json(struct session *session, const struct request *request)
{
    struct json_writer w;
    json_writer_init_free(&w, &session->out);
    json_object(&w);
    json_kv_str(&w, STR("method"), str_from(apportion_method_name(request->rule.method)));
    json_kv_u64(&w, STR("seats"), session->result.total);
    json_key(&w, STR("units"));
    json_array(&w);
    for (size_t i = 0; i < session->table.count; i++)
        write_unit(&w, session->table.names[i], session->table.members[i],
                   session->result.seats[i]);
    json_array_end(&w);
    json_key(&w, STR("ties"));
    json_array(&w);
    for (size_t i = 0; i < session->result.tie_count; i++) {
        json_object(&w);
        json_kv_str(&w, STR("won"), session->table.names[session->result.ties[i].won]);
        json_kv_str(&w, STR("lost"), session->table.names[session->result.ties[i].lost]);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_add_byte(&session->out, '\n');
}

static int apportion_file(struct session *session, const struct request *request)
{
    struct fail fail = {0};
    enum code code = input_read(request->path, TABLE_FILE_MAX, &session->text, &fail);
    if (code == CODE_OK)
        code =
            apportion_table_read(buf_str(&session->text), &session->arena, &session->table, &fail);
    if (code != CODE_OK) return input_complain(request->path, code, &fail);
    struct apportion_units units = {session->table.members, session->table.count, request->seats};
    code = apportion(&request->rule, &units, &session->arena, &session->result, &fail);
    if (code != CODE_OK) return input_complain(request->path, code, &fail);
    if (request->json)
        write_json(session, request);
    else
        write_text(session);
    if (buf_check(&session->out) != CODE_OK) return EXIT_FAILED;
    str text = buf_str(&session->out);
    bool written = fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return written ? EXIT_OK : EXIT_FAILED;
}

int cli_apportion(int argc, char **argv)
{
    struct request request = {0};
    int status = read_request(argc, argv, &request);
    if (status != EXIT_OK) return status;
    struct session session = {0};
    arena_init(&session.arena, alloc_libc, memory_max);
    buf_init(&session.out, alloc_libc, output_max);
    status = apportion_file(&session, &request);
    buf_done(&session.out);
    buf_done(&session.text);
    arena_done(&session.arena);
    return status;
}

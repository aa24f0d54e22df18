#include "base/json.h"
#include "check.h"

#include <string.h>

static void everything(struct json_writer *w)
{
    json_object(w);
    json_key(w, STR("a"));
    json_array(w);
    json_bool(w, true);
    json_u64(w, 0);
    json_object(w);
    json_object_end(w);
    json_array(w);
    json_array_end(w);
    json_array_end(w);
    json_kv_base64(w, STR("b"), "\xff\x00", 2);
    json_kv_bool(w, STR("c"), false);
    json_kv_hex(w, STR("d"), "\xff\x00", 2);
    json_key(w, STR("e"));
    json_raw(w, STR("{\"x\":1}"));
    json_kv_str(w, STR("f"), STR("\"\\/ \xc3\xb8"));
    json_kv_u64(w, STR("g"), RECORD_INT_MAX);
    json_key(w, STR("h"));
    json_i64(w, 5);
    json_object_end(w);
}

#define EVERYTHING                                                                                 \
    "{\"a\":[true,0,{},[]],\"b\":\"/wA=\",\"c\":false,\"d\":\"ff00\",\"e\":{\"x\":1},"             \
    "\"f\":\"\\\"\\\\/ \xc3\xb8\",\"g\":9007199254740991,\"h\":5}"

static void test_writes(void)
{
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, 4096);
    json_writer_init(&w, &out);
    everything(&w);
    CHECK(buf_check(&out) == CODE_OK && str_eq(buf_str(&out), STR(EVERYTHING)), "%.*s",
          STR_ARG(buf_str(&out)));
    buf_clear(&out);
    json_writer_init_free(&w, &out);
    everything(&w);
    CHECK(buf_check(&out) == CODE_OK && str_eq(buf_str(&out), STR(EVERYTHING)),
          "the free form of the same");
    buf_done(&out);
    for (size_t max = 0; max < sizeof EVERYTHING; max++) {
        buf_init(&out, alloc_libc, max);
        json_writer_init(&w, &out);
        everything(&w);
        CHECK((buf_check(&out) == CODE_OK) == (max == sizeof EVERYTHING - 1), "max %zu", max);
        buf_done(&out);
    }
}

/* Each mistake of a caller, as a little program: letters are calls. '{' '}' '[' ']' containers; a-c
 * keys; 1 integer, 0 integer over the limit, - negative, n null, t true, s string, u bad UTF-8, x
 * control character, K bad key, E empty key, r raw object, q raw nothing, h hex, g base64. */
static void run(struct json_writer *w, const char *program)
{
    static const char letters[] = "abc";
    for (const char *p = program; *p; p++) {
        switch (*p) {
        case '{': json_object(w); break;
        case '}': json_object_end(w); break;
        case '[': json_array(w); break;
        case ']': json_array_end(w); break;
        case '1': json_u64(w, 1); break;
        case '0': json_u64(w, RECORD_INT_MAX + 1); break;
        case '-': json_i64(w, INT64_MIN); break;
        case 'n': json_null(w); break;
        case 't': json_bool(w, true); break;
        case 's': json_str(w, STR("s")); break;
        case 'u': json_str(w, STR("\xff")); break;
        case 'x': json_str(w, STR("a\n\x7f\xc2\x80z")); break;
        case 'K': json_key(w, STR("K")); break;
        case 'E': json_key(w, STR("")); break;
        case 'h': json_hex(w, "", 1); break;
        case 'g': json_base64(w, "", 1); break;
        case 'r': json_raw(w, STR("{}")); break;
        case 'q': json_raw(w, STR("")); break;
        default: json_key(w, (str){letters + (*p - 'a'), 1}); break;
        }
    }
}

static const struct {
    const char *program, *canonical, *free_form; /* NULL: the buffer fails */
} programs[] = {
    {"{}", "{}", "{}"},
    {"{a1b1}", "{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":1}"},
    {"{a[1{b1}]b{}}", "{\"a\":[1,{\"b\":1}],\"b\":{}}", "{\"a\":[1,{\"b\":1}],\"b\":{}}"},
    {"{b{a1}c1}", "{\"b\":{\"a\":1},\"c\":1}", "{\"b\":{\"a\":1},\"c\":1}"},
    {"{b1a1}", NULL, "{\"b\":1,\"a\":1}"},
    {"{a1a1}", NULL, "{\"a\":1,\"a\":1}"},
    {"{K1}", NULL, "{\"K\":1}"},
    {"{E1}", NULL, "{\"\":1}"},
    {"{a0}", NULL, "{\"a\":9007199254740992}"},
    {"{a-}", NULL, "{\"a\":-9223372036854775808}"},
    {"{an}", NULL, "{\"a\":null}"},
    {"{ax}", NULL, "{\"a\":\"a\\u000a\\u007f\\u0080z\"}"},
    {"[1]", NULL, "[1]"},
    {"s", NULL, "\"s\""},
    {"1", NULL, "1"},
    {"t", NULL, "true"},
    {"n", NULL, "null"},
    {"-", NULL, "-9223372036854775808"},
    {"h", NULL, "\"00\""},
    {"g", NULL, "\"AA==\""},
    {"r", "{}", "{}"},
    {"{ar}", "{\"a\":{}}", "{\"a\":{}}"},
    {"{aq}", NULL, NULL},
    {"{au}", NULL, NULL},
    {"{1}", NULL, NULL},
    {"{a}", NULL, NULL},
    {"{ab1}", NULL, NULL},
    {"{a[b1]}", NULL, NULL},
    {"a", NULL, NULL},
    {"{]", NULL, NULL},
    {"{a[}", NULL, NULL},
    {"}", NULL, NULL},
    {"{}}", NULL, NULL},
    {"{}{}", NULL, NULL},
    {"{}1", NULL, NULL},
    {"{}a", NULL, NULL},
    {"{a[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}", "{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}",
     "{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}"},
    {"{a[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", NULL, NULL},
    {"{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{}}}}}}}}}}}}}}}}}", NULL, NULL},
};

static void check_program(size_t i, bool free_form)
{
    const char *want = free_form ? programs[i].free_form : programs[i].canonical;
    struct buf out;
    struct json_writer w;
    buf_init(&out, alloc_libc, 4096);
    if (free_form)
        json_writer_init_free(&w, &out);
    else
        json_writer_init(&w, &out);
    run(&w, programs[i].program);
    bool good = buf_check(&out) == CODE_OK;
    CHECK(good == (want != NULL), "%s%s", programs[i].program, free_form ? ", free" : "");
    if (good && want)
        CHECK(str_eq(buf_str(&out), str_from(want)), "%.*s, want %s", STR_ARG(buf_str(&out)), want);
    if (good && !free_form) {
        struct arena arena;
        const struct json *value;
        arena_init(&arena, alloc_libc, 1 << 20);
        CHECK(json_parse(buf_str(&out), JSON_LINE_MAX, &arena, &value, NULL) == CODE_OK,
              "%s reads back", want);
        arena_done(&arena);
    }
    buf_done(&out);
}

int main(void)
{
    test_writes();
    for (size_t i = 0; i < COUNT(programs); i++) {
        check_program(i, false);
        check_program(i, true);
    }
    return check_done();
}

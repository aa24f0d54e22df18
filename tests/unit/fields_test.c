#include "base/json.h"
#include "check.h"

#include <string.h>

/* A body with one key of each kind, read like its definition. */
struct body {
    bool flag;
    uint8_t hash[4], id[4];
    uint64_t large;
    str name, note;
    uint32_t list_count, seats;
};

static enum code body_read(const struct json *object, struct body *ret, struct fail *fail)
{
    struct fields f = fields_of(object);
    ret->flag = fields_bool(&f, STR("flag"));
    fields_base64(&f, STR("hash"), ret->hash, sizeof ret->hash);
    fields_hex(&f, STR("id"), ret->id, sizeof ret->id);
    ret->large = fields_u64(&f, STR("large"));
    const struct json *list = fields_array(&f, STR("list"), 2);
    ret->list_count = list ? list->count : 0;
    ret->name = fields_str(&f, STR("name"), 5);
    if (fields_has(&f, STR("note"))) ret->note = fields_str(&f, STR("note"), 5);
    struct fields seen = fields_of(fields_object(&f, STR("object")));
    uint32_t x = fields_u32(&seen, STR("x"));
    if (!f.bad && fields_end(&seen, NULL) != CODE_OK) fields_fail(&f, "\"object\" holds x alone");
    ret->seats = fields_u32(&f, STR("seats"));
    if (ret->seats == 0) fields_fail(&f, "\"seats\": at least one, x is %u", (unsigned)x);
    return fields_end(&f, fail);
}

#define START                                                                                      \
    "{\"flag\":true,\"hash\":\"3q2+7w==\",\"id\":\"deadbeef\",\"large\":9007199254740991,"         \
    "\"list\":[1,2],"
#define END "\"object\":{\"x\":3},\"seats\":7}"

static const struct {
    const char *text, *reason, *names; /* reason NULL: accepted; the message holds `names` */
} cases[] = {
    {START "\"name\":\"abcde\"," END, NULL, ""},
    {START "\"name\":\"\",\"note\":\"x\"," END, NULL, ""},
    {"{}", "missing", "\"flag\""},
    {START END, "missing", "\"name\""},
    {START "\"name\":\"\",\"object\":{\"x\":3}}", "missing", "\"seats\""},
    {START "\"nama\":1,\"name\":\"\"," END, "unknown", "\"nama\""},
    {"{\"a\":1}", "unknown", "\"a\""},
    {START "\"name\":\"\",\"object\":{\"x\":3},\"seats\":7,\"z\":1}", "unknown", "\"z\""},
    {START "\"name\":\"abcdef\"," END, "field", "\"name\""},
    {START "\"name\":7," END, "field", "\"name\": expected a string"},
    {START "\"name\":\"\",\"note\":[]," END, "field", "\"note\""},
    {START "\"name\":\"\",\"object\":{\"x\":3},\"seats\":4294967296}", "field", "\"seats\""},
    {START "\"name\":\"\",\"object\":{\"x\":3},\"seats\":0}", "field", "at least one, x is 3"},
    {START "\"name\":\"\",\"object\":{\"x\":3},\"seats\":true}", "field", "\"seats\""},
    {START "\"name\":\"\",\"object\":[],\"seats\":7}", "field", "\"object\""},
    {START "\"name\":\"\",\"object\":{\"x\":3,\"y\":1},\"seats\":7}", "field", "holds x alone"},
    {START "\"name\":\"\",\"object\":{},\"seats\":7}", "field", "holds x alone"},
    {"{\"flag\":1}", "field", "\"flag\""},
    {"{\"flag\":\"true\"}", "field", "\"flag\": expected true or false"},
    {"{\"flag\":false,\"hash\":\"3q2+7x==\"}", "field", "\"hash\""},
    {"{\"flag\":false,\"hash\":\"3q2+\"}", "field", "\"hash\""},
    {"{\"flag\":false,\"hash\":1}", "field", "\"hash\""},
    {"{\"flag\":false,\"hash\":\"3q2+7w==\",\"id\":\"DEADBEEF\"}", "field", "\"id\""},
    {"{\"flag\":false,\"hash\":\"3q2+7w==\",\"id\":\"deadbe\"}", "field", "\"id\""},
    {"{\"flag\":false,\"hash\":\"3q2+7w==\",\"id\":\"deadbeef\",\"large\":\"1\"}", "field",
     "\"large\""},
    {"{\"flag\":false,\"hash\":\"3q2+7w==\",\"id\":\"deadbeef\",\"large\":1,\"list\":[1,2,3]}",
     "field", "\"list\""},
    {"{\"flag\":false,\"hash\":\"3q2+7w==\",\"id\":\"deadbeef\",\"large\":1,\"list\":{}}", "field",
     "\"list\""},
};

static void check_case(size_t i)
{
    struct arena arena;
    const struct json *object = NULL;
    struct body body = {0};
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, 1 << 20);
    if (!CHECK(json_parse(str_from(cases[i].text), JSON_LINE_MAX, &arena, &object, &fail) ==
                   CODE_OK,
               "case %zu: %s", i, fail.message))
        return;
    enum code code = body_read(object, &body, &fail);
    if (!cases[i].reason) {
        CHECK(code == CODE_OK && fail.reason[0] == '\0', "case %zu: %s", i, fail.message);
        CHECK(body.flag && memcmp(body.hash, "\xde\xad\xbe\xef", 4) == 0 &&
                  memcmp(body.id, body.hash, 4) == 0,
              "bytes");
        CHECK(body.large == RECORD_INT_MAX && body.list_count == 2 && body.seats == 7, "numbers");
        CHECK(body.name.len == (body.note.len ? 0 : 5), "name and note");
    } else {
        CHECK(code == CODE_MALFORMED && strcmp(fail.reason, cases[i].reason) == 0, "case %zu: %s",
              i, fail.reason);
        CHECK(strstr(fail.message, cases[i].names), "case %zu: %s", i, fail.message);
    }
    CHECK(body_read(object, &body, NULL) == code, "without a place for the detail");
    arena_done(&arena);
}

/* Failure is sticky: every later read yields nothing, and the first reason stands. */
static void test_sticky(void)
{
    struct fields f = fields_of(NULL);
    uint8_t bytes[2] = {1, 2};
    struct fail fail = {0};
    CHECK(f.bad && !fields_has(&f, STR("a")) && fields_u64(&f, STR("a")) == 0 &&
              fields_u32(&f, STR("b")) == 0,
          "zero");
    CHECK(!fields_bool(&f, STR("c")) && fields_str(&f, STR("d"), 9).len == 0 &&
              fields_str(&f, STR("d"), 9).at,
          "empty");
    fields_hex(&f, STR("e"), bytes, 2);
    CHECK(bytes[0] == 0 && bytes[1] == 0, "zeroed");
    bytes[0] = 1;
    fields_base64(&f, STR("e"), bytes, 2);
    CHECK(bytes[0] == 0, "zeroed");
    CHECK(!fields_object(&f, STR("f")) && !fields_array(&f, STR("g"), 1), "no containers");
    fields_fail(&f, "another");
    CHECK(fields_end(&f, &fail) == CODE_MALFORMED &&
              strcmp(fail.message, "expected an object") == 0,
          "%s", fail.message);
    struct json array = {.type = JSON_ARRAY, .step = 1};
    f = fields_of(&array);
    CHECK(fields_end(&f, NULL) == CODE_MALFORMED, "an array has no fields");
    struct json object = {.type = JSON_OBJECT, .step = 1};
    f = fields_of(&object);
    CHECK(fields_end(&f, NULL) == CODE_OK, "nothing asked, nothing there");
}

/* A stranger's key may be longer than the message has room for. */
static void test_long_key(void)
{
    char text[1024];
    struct arena arena;
    const struct json *object = NULL;
    struct fail fail = {0};
    memset(text, 'k', sizeof text);
    memcpy(text, "{\"", 2);
    memcpy(text + sizeof text - 4, "\":1}", 4);
    arena_init(&arena, alloc_libc, 1 << 20);
    CHECK(json_parse((str){text, sizeof text}, JSON_LINE_MAX, &arena, &object, NULL) == CODE_OK,
          "parse");
    struct fields f = fields_of(object);
    CHECK(fields_end(&f, &fail) == CODE_MALFORMED && strstr(fail.message, "unknown key"), "%s",
          fail.message);
    arena_done(&arena);
}

int main(void)
{
    for (size_t i = 0; i < COUNT(cases); i++) check_case(i);
    test_sticky();
    test_long_key();
    return check_done();
}

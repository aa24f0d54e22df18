/* Verifiable ballots, part by part: the JSON reader, the groups, and archives rebuilt with one lie
 * each, every hash and parent set right again, so that only the check in question can find it. */
#include "core/ballot/bjson.h"
#include "core/ballot/etally.h"
#include "count_data.h"

/* ---- JSON ---- */

static void test_strings(void)
{
    static const struct {
        const char *text, *value; /* NULL: refused */
    } cases[] = {
        {"\"\"", ""},
        {"\"ab\"", "ab"},
        {"\"\\\"\\\\\\b\\f\\n\\r\\t\"", "\"\\\b\f\n\r\t"},
        {"\"\\u0001\"", "\1"},
        {"\"\xc3\xa9\"", "\xc3\xa9"},
        {"\"\\u0041\"", NULL}, /* a letter needs no escape */
        {"\"\\u000a\"", NULL}, /* has a shorter one */
        {"\"\\u0000\"", NULL},
        {"\"\\u001F\"", NULL}, /* lower case */
        {"\"\\/\"", NULL},
        {"\"\xc3\"", NULL},
        {"\"a\nb\"", NULL},
        {"\"a", NULL},
        {"\"a\\\"", NULL},
        {"a\"", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        arena_init(&arena, alloc_libc, 4096);
        struct bjson json = bjson_from(str_from(cases[i].text));
        str value = bjson_string(&json, &arena);
        CHECK(bjson_end(&json) == (cases[i].value != NULL), "%s", cases[i].text);
        CHECK(!cases[i].value || str_eq(value, str_from(cases[i].value)), "%s", cases[i].text);
        arena_done(&arena);
    }
}

static void test_skip(void)
{
    static const char *const good[] = {"1",
                                       "-1",
                                       "0.5",
                                       "true",
                                       "null",
                                       "\"a\\n\"",
                                       "[]",
                                       "{}",
                                       "[1,2]",
                                       "{\"a\":[{},[]],\"b\":{\"c\":\"d\"}}",
                                       "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"};
    static const char *const bad[] = {
        "",      "[",  "[1",  "[1,]", "[1 ,2]", "{\"a\"}",    "{\"a\":}",
        "{1:2}", "[}", "{]",  "01",   "tru",    "{\"a\":1,}", "\"a\\x\"",
        "[,1]",  "1.", "--1", "nul",  "[1]]",   "{\"a\":1]",  "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"};
    for (size_t i = 0; i < COUNT(good); i++) {
        struct bjson json = bjson_from(str_from(good[i]));
        bjson_skip(&json);
        CHECK(bjson_end(&json), "%s", good[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct bjson json = bjson_from(str_from(bad[i]));
        bjson_skip(&json);
        CHECK(!bjson_end(&json), "%s", bad[i]);
    }
}

/* ---- groups ---- */

static void test_laws(const struct group *group)
{
    union element a, b, c, d;
    union exponent x, y, z;
    char text[GROUP_TEXT_MAX], again[GROUP_TEXT_MAX];
    exponent_of_u64(group, &x, 1000003);
    exponent_of_u64(group, &y, 777);
    group_pow(group, &a, &group->base, &x);
    group_pow(group, &b, &group->base, &y);
    exponent_add(group, &z, &x, &y);
    group_pow(group, &c, &group->base, &z);
    group_mul(group, &d, &a, &b);
    CHECK(group_equal(group, &c, &d), "%s: g^x g^y = g^(x+y)", group->name);
    group_div(group, &d, &c, &b);
    CHECK(group_equal(group, &d, &a) && !group_equal(group, &d, &b), "%s: division", group->name);
    exponent_mul(group, &z, &x, &y);
    group_pow(group, &c, &a, &y);
    group_pow(group, &d, &group->base, &z);
    CHECK(group_equal(group, &c, &d), "%s: (g^x)^y = g^(xy)", group->name);
    exponent_invert(group, &z, &y);
    group_pow(group, &d, &c, &z);
    CHECK(group_equal(group, &d, &a), "%s: inverse of an exponent", group->name);
    group_pow2(group, &d, (struct group_power){&a, &y}, (struct group_power){&b, &x});
    group_mul(group, &c, &c, &c);
    CHECK(group_equal(group, &c, &d), "%s: two powers", group->name);
    exponent_sub(group, &z, &x, &x);
    group_pow(group, &d, &a, &z);
    CHECK(group_equal(group, &d, &group->one), "%s: power of nothing", group->name);
    str written = group_text(group, &a, text);
    CHECK(group_read(group, written, &d) && group_equal(group, &d, &a), "%s: %s", group->name,
          text);
    CHECK(str_eq(group_text(group, &d, again), written), "%s: one text", group->name);
    CHECK(group_order(group, &a, &a) == 0 &&
                  group_order(group, &a, &b) == -group_order(group, &b, &a)
              ? true
              : (group_order(group, &a, &b) < 0) != (group_order(group, &b, &a) < 0),
          "%s: order", group->name);
}

static void test_generators(const struct group *group)
{
    union element h[8];
    for (int i = 0; i < 8; i++) {
        char text[GROUP_TEXT_MAX];
        union element again;
        CHECK(group_generator(group, i - 1, &h[i]), "%s: %d", group->name, i - 1);
        CHECK(group_read(group, group_text(group, &h[i], text), &again), "%s: %d is of prime order",
              group->name, i - 1);
        for (int k = 0; k < i; k++)
            CHECK(!group_equal(group, &h[i], &h[k]), "%s: %d and %d", group->name, i, k);
    }
}

static void test_ints(const struct group *group)
{
    uint8_t ints[256], back[256];
    union element element, other, random;
    CHECK(group_generator(group, 5, &random), "%s", group->name);
    for (uint32_t count = 1; count <= group->ranked_max && count <= 30; count++) {
        for (uint32_t i = 0; i < count; i++) ints[i] = (uint8_t)(i * 37 + count);
        if (count == 30) memset(ints, 0xff, sizeof ints);
        if (!CHECK(group_of_ints(group, ints, count, &element), "%s: %u", group->name, count))
            continue;
        CHECK(group_to_ints(group, &element, count, back) && memcmp(ints, back, count) == 0,
              "%s: %u", group->name, count);
        /* An element out of nowhere is not one that a voter's program makes. */
        group_mul(group, &other, &element, &random);
        CHECK(!group_to_ints(group, &other, count, back), "%s: %u: another encoding", group->name,
              count);
    }
    CHECK(!group_of_ints(group, ints, group->ranked_max + 1, &element), "%s: too many",
          group->name);
}

static void refused(const struct group *group, const char *text)
{
    union element element;
    CHECK(!group_read(group, str_from(text), &element), "%s: %s", group->name, text);
}

/* "<hex>" of an element, with the point (0, -1) of order 2 added: still on the curve. */
static void twist(char text[65])
{
    struct point point, torsion = {field_zero, field_zero, field_one, field_zero};
    uint8_t bytes[32];
    for (int i = 0; i < 32; i++) {
        unsigned value = 0;
        sscanf(text + 2 * (31 - i), "%2x", &value);
        bytes[i] = (uint8_t)value;
    }
    field_neg(&torsion.y, &field_one);
    if (!CHECK(point_decode(&point, bytes), "%s", text)) return;
    point_add(&point, &point, &torsion);
    point_encode(bytes, &point);
    for (int i = 0; i < 32; i++) snprintf(text + 2 * i, 3, "%02x", bytes[31 - i]);
}

static void test_ed25519(void)
{
    struct group group;
    char text[GROUP_TEXT_MAX];
    if (!CHECK(group_find(STR("Ed25519"), &group), "Ed25519")) return;
    test_laws(&group);
    test_generators(&group);
    test_ints(&group);
    group_text(&group, &group.base, text);
    CHECK(strcmp(text, "6666666666666666666666666666666666666666666666666666666666666658") == 0,
          "base point: %s", text);
    twist(text);
    refused(&group, text); /* of order 2q */
    refused(&group,
            "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"); /* of order 2 */
    refused(&group,
            "0000000000000000000000000000000000000000000000000000000000000000"); /* of order 4 */
    refused(
        &group,
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee"); /* 1, written p + 1 */
    refused(&group,
            "8000000000000000000000000000000000000000000000000000000000000001"); /* 1 with a sign */
    refused(&group, "666666666666666666666666666666666666666666666666666666666666665");
    refused(&group, "66666666666666666666666666666666666666666666666666666666666666580");
    refused(&group,
            "BC872123DDC3B8D15741029CE316D3BD319FBE598EBF6DA48F4A669497B28333"); /* upper case */
    union exponent x;
    CHECK(exponent_read(
              &group,
              STR("7237005577332262213973186563042994240857116359379907606001950938285454250988"),
              &x),
          "q - 1");
    CHECK(!exponent_read(
              &group,
              STR("7237005577332262213973186563042994240857116359379907606001950938285454250989"),
              &x),
          "q");
    CHECK(exponent_read(&group, STR("0"), &x) && !exponent_read(&group, STR("00"), &x) &&
              !exponent_read(&group, STR("01"), &x) && !exponent_read(&group, STR(""), &x) &&
              !exponent_read(&group, STR("-1"), &x),
          "spellings");
}

static void test_field(const char *name, bool ranked)
{
    struct group group;
    char text[GROUP_TEXT_MAX];
    union element element;
    union exponent one, q_less_one;
    if (!CHECK(group_find(str_from(name), &group), "%s", name)) return;
    test_laws(&group);
    test_generators(&group);
    if (ranked) test_ints(&group);
    CHECK(ranked == (group.ranked_max > 0), "%s: ranked", name);
    /* g is of order q: g^(q-1) g = 1 */
    exponent_of_u64(&group, &one, 1);
    exponent_of_u64(&group, &q_less_one, 0);
    exponent_sub(&group, &q_less_one, &q_less_one, &one);
    group_pow(&group, &element, &group.base, &q_less_one);
    group_mul(&group, &element, &element, &group.base);
    CHECK(group_equal(&group, &element, &group.one), "%s: order of g", name);
    /* p - 1 is of order 2; p + g is g spelled otherwise */
    element = (union element){0};
    memcpy(element.limb, group.modulus, sizeof group.modulus);
    element.limb[0]--;
    group_text(&group, &element, text);
    refused(&group, text);
    if (ranked) {
        memcpy(element.limb, group.modulus, sizeof group.modulus);
        element.limb[0] = 1; /* p ends in 2^64 - 1: p + 2 */
        for (int i = 1; i < GROUP_LIMBS && ++element.limb[i] == 0; i++) {}
        group_text(&group, &element, text);
        refused(&group, text);
    }
    refused(&group, "0");
    refused(&group, "");
    refused(&group, "01");
    refused(&group, "-1");
    refused(&group, "1 ");
    CHECK(group_read(&group, STR("1"), &element), "%s: 1", name);
}

/* ---- elections ---- */

static void test_polls(void)
{
    static const char before[] =
        "{\"version\":1,\"description\":\"d\",\"name\":\"n\",\"group\":\"Ed25519\",\"public_key\":"
        "\"6666666666666666666666666666666666666666666666666666666666666658\",\"questions\":[";
    static const struct {
        const char *question;
        bool good;
    } cases[] = {
        {"{\"answers\":[\"a\",\"b\"],\"min\":1,\"max\":1,\"question\":\"q\"}", true},
        {"{\"answers\":[\"a\",\"b\"],\"blank\":false,\"min\":0,\"max\":2,\"question\":\"q\"}",
         true},
        {"{\"answers\":[\"a\",\"b\"],\"min\":2,\"max\":1,\"question\":\"q\"}", false},
        {"{\"answers\":[\"a\",\"b\"],\"min\":0,\"max\":3,\"question\":\"q\"}", false},
        {"{\"answers\":[],\"min\":0,\"max\":0,\"question\":\"q\"}", false},
        {"{\"answers\":[\"a\"],\"min\":1,\"max\":1,\"question\":\"q\",\"more\":1}", false},
        {"{\"answers\":[\"a\"],\"max\":1,\"min\":1,\"question\":\"q\"}", false},
        {"{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"a\",\"b\"],\"question\":\"q\"}}",
         true},
        {"{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"a\"],\"question\":\"q\"},"
         "\"extra\":{\"x\":[1,null]}}",
         true},
        {"{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[],\"question\":\"q\"}}", false},
        {"{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\","
         "\"7\",\"8\",\"9\",\"10\",\"1\",\"2\","
         "\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"20\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\","
         "\"7\",\"8\",\"9\",\"30\",\"31\"],"
         "\"question\":\"q\"}}",
         false},
        {"{\"type\":\"Lists\",\"value\":{\"answers\":[[\"l\",\"a\"],[\"m\",\"b\",\"c\"]],"
         "\"question\":\"q\"}}",
         true},
        {"{\"type\":\"Lists\",\"value\":{\"answers\":[[\"l\"]],\"question\":\"q\"}}", false},
        {"{\"type\":\"Other\",\"value\":{\"answers\":[],\"question\":\"q\"}}", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[2048];
        struct arena arena;
        struct poll poll;
        arena_init(&arena, alloc_libc, 1 << 20);
        int len = snprintf(text, sizeof text, "%s%s],\"uuid\":\"ej6jNNqYz1Uqjg\"}", before,
                           cases[i].question);
        enum code code = poll_read((str){text, (size_t)len}, &arena, &poll, NULL);
        CHECK((code == CODE_OK) == cases[i].good, "%s", cases[i].question);
        for (int cut = 0; cut < len; cut++) {
            arena_clear(&arena);
            CHECK(poll_read((str){text, (size_t)cut}, &arena, &poll, NULL) == CODE_MALFORMED,
                  "cut at %d", cut);
        }
        arena_done(&arena);
    }
}

/* Weight 3 is three times weight 1; ranked ballots have none but 1. */
static void test_weights(void)
{
    struct arena arena;
    struct poll poll = {.cipher_count = 1, .question_count = 1};
    struct question question = {.kind = QUESTION_HOMOMORPHIC, .answers = 1, .ciphers = 1, .max = 1};
    struct tally once, thrice;
    arena_init(&arena, alloc_libc, 1 << 20);
    poll.questions = &question;
    if (!CHECK(group_find(STR("Ed25519"), &poll.group), "Ed25519")) return;
    struct cipher cipher = {poll.group.base, poll.group.base};
    CHECK(etally_init(&once, &poll, 2, &arena) == CODE_OK &&
              etally_init(&thrice, &poll, 3, &arena) == CODE_OK,
          "room");
    CHECK(etally_add(&once, &cipher, 3), "weight 3");
    for (int i = 0; i < 3; i++) CHECK(etally_add(&thrice, &cipher, 1), "weight 1");
    CHECK(group_equal(&poll.group, &once.columns[0][0].alpha, &thrice.columns[0][0].alpha),
          "the same");
    CHECK(!etally_add(&thrice, &cipher, 1), "no more than there are");
    question.kind = QUESTION_RANKED;
    poll.ranked_count = 1;
    CHECK(etally_init(&once, &poll, 2, &arena) == CODE_OK, "room");
    CHECK(!etally_add(&once, &cipher, 2) && etally_add(&once, &cipher, 1),
          "ranked ballots weigh 1");
    arena_done(&arena);
}

int main(void)
{
    test_strings();
    test_skip();
    test_ed25519();
    test_field("BELENIOS-2048", false);
    test_field("RFC-3526-2048", true);
    test_polls();
    test_weights();
    return check_done();
}

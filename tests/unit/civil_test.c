#include "base/civil.h"
#include "check.h"

#include <string.h>

/* Every day of every year, counted one by one: the calendar is walked here, computed there. */
static void test_every_day(void)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = -719162; /* 0001-01-01 */
    for (int32_t year = 1; year <= 9999; year++) {
        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (uint8_t month = 1; month <= 12; month++) {
            uint8_t length = (uint8_t)(lengths[month - 1] + (leap && month == 2));
            for (uint8_t day = 1; day <= length; day++, days++) {
                struct civil got = civil_from_unix(days * 86400 + 86399, 0);
                bool good = civil_days(year, month, day) == days && got.year == year &&
                            got.month == month && got.day == day && got.hour == 23 &&
                            got.minute == 59 && got.second == 59 &&
                            civil_to_unix(&got, 0) == days * 86400 + 86399;
                if (!good) CHECK(false, "%d-%d-%d", year, month, day);
            }
            CHECK(!civil_valid(&(struct civil){year, month, (uint8_t)(length + 1), 0, 0, 0}) &&
                      civil_valid(&(struct civil){year, month, length, 0, 0, 0}),
                  "%d-%d has %d days", year, month, length);
        }
    }
    CHECK(days == 2932897, "10000-01-01 is day %d", (int)days);
}

static void test_known_instants(void)
{
    static const struct {
        unix_s at;
        int32_t offset;
        const char *text, *date;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00Z", "1970-01-01"},
        {-1, 0, "1969-12-31T23:59:59Z", "1969-12-31"},
        {951782400, 0, "2000-02-29T00:00:00Z", "2000-02-29"},
        {1790000000, 0, "2026-09-21T14:13:20Z", "2026-09-21"},
        {1790000000, 7200, "2026-09-21T16:13:20+02:00", "2026-09-21"},
        {1790000000, 36000, "2026-09-22T00:13:20+10:00", "2026-09-22"},
        {1790000000, -52800, "2026-09-20T23:33:20-14:40", "2026-09-20"},
        {1790000000, 20700, "2026-09-21T19:58:20+05:45", "2026-09-21"},
        {1790000000, -59, "2026-09-21T14:13:20Z",
         "2026-09-21"}, /* less than a minute has no spelling */
        {4107542399, 0, "2100-02-28T23:59:59Z", "2100-02-28"},
        {4107542400, 0, "2100-03-01T00:00:00Z", "2100-03-01"}, /* 2100 is no leap year */
        {INT64_C(-62135596800), 0, "0001-01-01T00:00:00Z", "0001-01-01"},
        {INT64_C(253402300799), 0, "9999-12-31T23:59:59Z", "9999-12-31"},
        {INT64_C(-62135596801), 0, "0001-01-01T00:00:00Z", "0001-01-01"},
        {INT64_C(253402300800), 0, "9999-12-31T23:59:59Z", "9999-12-31"},
        {INT64_MAX, 3600, "9999-12-31T23:59:59+01:00", "9999-12-31"},
        {INT64_MIN, -3600, "0001-01-01T00:00:00-01:00", "0001-01-01"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[CIVIL_TIME_SIZE], date[CIVIL_DATE_SIZE];
        civil_format(cases[i].at, cases[i].offset, text);
        civil_format_date(cases[i].at, cases[i].offset, date);
        CHECK(strcmp(text, cases[i].text) == 0, "%s, want %s", text, cases[i].text);
        CHECK(strcmp(date, cases[i].date) == 0, "%s, want %s", date, cases[i].date);
    }
}

static void test_parse(void)
{
    static const struct {
        const char *text;
        bool good;
        unix_s at;
        int32_t offset;
    } cases[] = {
        {"1970-01-01", true, 0, 0},
        {"1970-01-02Z", true, 86400, 0},
        {"1970-01-01+02:00", true, -7200, 7200},
        {"1970-01-01T00:01", true, 60, 0},
        {"1970-01-01T00:01Z", true, 60, 0},
        {"1970-01-01T00:01:02", true, 62, 0},
        {"1970-01-01T00:00:00+00:00", true, 0, 0},
        {"1970-01-01T00:00:00+14:00", true, -50400, 50400},
        {"1970-01-01T00:00:00-11:30", true, 41400, -41400},
        {"1970-01-01T00:00:00+13:59", true, -50340, 50340},
        {"2024-02-29", true, 1709164800, 0},
        {"9999-12-31T23:59:59", true, INT64_C(253402300799), 0},
        {"0001-01-01", true, INT64_C(-62135596800), 0},
        {"2026-09-21T16:13:20+02:00", true, 1790000000, 7200},
        {"", false, 0, 0},
        {"0000-01-01", false, 0, 0},
        {"2023-02-29", false, 0, 0},
        {"2100-02-29", false, 0, 0},
        {"2026-00-01", false, 0, 0},
        {"2026-13-01", false, 0, 0},
        {"2026-01-00", false, 0, 0},
        {"2026-04-31", false, 0, 0},
        {"2026-01-01T24:00", false, 0, 0},
        {"2026-01-01T23:60", false, 0, 0},
        {"2026-01-01T23:59:60", false, 0, 0}, /* unix time has no leap seconds */
        {"2026-01-01 10:00", false, 0, 0},
        {"2026-01-01t10:00", false, 0, 0},
        {"2026-01-01T10:00z", false, 0, 0},
        {"2026-01-01T10:00ZZ", false, 0, 0},
        {"2026-01-01T10:00-00:00", false, 0, 0},
        {"2026-01-01T10:00+14:01", false, 0, 0},
        {"2026-01-01T10:00+01:60", false, 0, 0},
        {"2026-01-01T10:00+0100", false, 0, 0},
        {"2026-01-01T10:00+01", false, 0, 0},
        {"2026-01-01T10:00:00.5", false, 0, 0},
        {"2026-1-1", false, 0, 0},
        {"26-01-01", false, 0, 0},
        {"12026-01-01", false, 0, 0},
        {"+2026-01-01", false, 0, 0},
        {"-026-01-01", false, 0, 0},
        {" 2026-01-01", false, 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        unix_s at = 4711;
        int32_t offset = 4712;
        bool good = civil_parse(str_from(cases[i].text), &at, &offset);
        CHECK(good == cases[i].good, "\"%s\"", cases[i].text);
        CHECK(at == (good ? cases[i].at : 4711) && offset == (good ? cases[i].offset : 4712),
              "\"%s\"", cases[i].text);
    }
}

static void test_parts_and_extensions(void)
{
    str whole = STR("2026-09-27T18:00:05+02:00");
    for (size_t len = 0; len <= whole.len; len++) {
        unix_s at;
        int32_t offset;
        bool want = len == 10 || len == 16 || len == 19 || len == 25;
        CHECK(civil_parse(str_sub(whole, 0, len), &at, &offset) == want, "%zu bytes", len);
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        char longer[26];
        unix_s at;
        int32_t offset;
        memcpy(longer, whole.at, whole.len);
        longer[25] = (char)byte;
        CHECK(!civil_parse((str){longer, 26}, &at, &offset), "then %02x", byte);
        bool date = civil_parse(
            (str){(char[]){'2', '0', '2', '6', '-', '0', '9', '-', '2', '7', (char)byte}, 11}, &at,
            &offset);
        CHECK(date == (byte == 'Z'), "date then %02x", byte);
    }
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t seconds;
    } cases[] = {
        {"30s", true, 30},
        {"90m", true, 5400},
        {"72h", true, 259200},
        {"14d", true, 1209600},
        {"2w", true, 1209600},
        {"0s", true, 0},
        {"9007199254740991s", true, RECORD_INT_MAX},
        {"150119987579016m", true, UINT64_C(9007199254740960)},
        {"150119987579017m", false, 0},
        {"9007199254740991w", false, 0},
        {"9007199254740992s", false, 0},
        {"", false, 0},
        {"s", false, 0},
        {"5", false, 0},
        {"5S", false, 0},
        {"5y", false, 0},
        {"05s", false, 0},
        {"-5s", false, 0},
        {"5 s", false, 0},
        {"5ss", false, 0},
        {"1.5h", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t seconds = 4711;
        bool good = civil_parse_duration(str_from(cases[i].text), &seconds);
        CHECK(good == cases[i].good && seconds == (good ? cases[i].seconds : 4711), "\"%s\"",
              cases[i].text);
    }
}

int main(void)
{
    test_every_day();
    test_known_instants();
    test_parse();
    test_parts_and_extensions();
    test_durations();
    return check_done();
}

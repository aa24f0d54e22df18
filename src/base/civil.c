#include "base/civil.h"

#include <stdio.h>
#include <string.h>

enum { DAY_SECONDS = 86400, YEAR_MAX = 9999, ERA_DAYS = 146097 };
/* First and last second that year 1..9999 can spell in UTC. */
#define FIRST_SECOND INT64_C(-62135596800)
#define LAST_SECOND INT64_C(253402300799)

/* Counts from 1 March, so that the leap day is the last of its year; an era is 400 years of
 * ERA_DAYS days. */
int64_t civil_days(int32_t year, uint32_t month, uint32_t day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year =
        (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - 719468;
}

static uint8_t days_in_month(int32_t year, uint8_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

bool civil_valid(const struct civil *civil)
{
    if (civil->year < 1 || civil->year > YEAR_MAX) return false;
    if (civil->month < 1 || civil->month > 12) return false;
    if (civil->day < 1 || civil->day > days_in_month(civil->year, civil->month)) return false;
    return civil->hour < 24 && civil->minute < 60 && civil->second < 60;
}

struct civil civil_from_unix(unix_s at, int32_t offset_seconds)
{
    int64_t local;
    if (__builtin_add_overflow(at, (int64_t)offset_seconds, &local)) local = at;
    if (local < FIRST_SECOND) local = FIRST_SECOND;
    if (local > LAST_SECOND) local = LAST_SECOND;
    int64_t days = local / DAY_SECONDS, rest = local % DAY_SECONDS;
    if (rest < 0) {
        rest += DAY_SECONDS;
        days--;
    }
    days += 719468; /* from 0000-03-01; never negative within the years above */
    int64_t era = days / ERA_DAYS, day_of_era = days % ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct civil){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = (uint8_t)month,
        .day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .hour = (uint8_t)(rest / 3600),
        .minute = (uint8_t)(rest / 60 % 60),
        .second = (uint8_t)(rest % 60),
    };
}

unix_s civil_to_unix(const struct civil *civil, int32_t offset_seconds)
{
    return civil_days(civil->year, civil->month, civil->day) * DAY_SECONDS +
           civil->hour * INT64_C(3600) + civil->minute * INT64_C(60) + civil->second -
           offset_seconds;
}

/* Takes exactly `count` digits from the front; -1 if they are not there. */
static int32_t take_digits(str *rest, size_t count)
{
    if (rest->len < count) return -1;
    int32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        char digit = rest->at[i];
        if (digit < '0' || digit > '9') return -1;
        value = value * 10 + (digit - '0');
    }
    *rest = str_sub(*rest, count, rest->len);
    return value;
}

/* Two digits behind `mark`; -1 if absent or malformed. */
static int32_t take_marked(str *rest, char mark)
{
    if (rest->len == 0 || rest->at[0] != mark) return -1;
    *rest = str_sub(*rest, 1, rest->len);
    return take_digits(rest, 2);
}

/* "", "Z", "+02:00", "-11:30"; at most 14 hours, and "-00:00" (RFC 3339: unknown) is refused. */
static bool parse_offset(str text, int32_t *ret)
{
    *ret = 0;
    if (text.len == 0 || str_eq(text, STR("Z"))) return true;
    char sign = text.at[0];
    if (sign != '+' && sign != '-') return false;
    int32_t hours = take_marked(&text, sign), minutes = take_marked(&text, ':');
    if (hours < 0 || minutes < 0 || minutes > 59 || text.len) return false;
    int32_t seconds = hours * 3600 + minutes * 60;
    if (seconds > 14 * 3600 || (seconds == 0 && sign == '-')) return false;
    *ret = sign == '-' ? -seconds : seconds;
    return true;
}

bool civil_parse(str text, unix_s *ret_at, int32_t *ret_offset)
{
    int32_t year = take_digits(&text, 4), month = take_marked(&text, '-'),
            day = take_marked(&text, '-');
    int32_t hour = 0, minute = 0, second = 0, offset;
    if (text.len && text.at[0] == 'T') {
        hour = take_marked(&text, 'T');
        minute = take_marked(&text, ':');
        if (text.len && text.at[0] == ':') second = take_marked(&text, ':');
    }
    if ((year | month | day | hour | minute | second) < 0 || !parse_offset(text, &offset))
        return false;
    struct civil civil = {year,          (uint8_t)month,  (uint8_t)day,
                          (uint8_t)hour, (uint8_t)minute, (uint8_t)second};
    if (!civil_valid(&civil)) return false;
    *ret_at = civil_to_unix(&civil, offset);
    *ret_offset = offset;
    return true;
}

static void put_digits(char *at, int32_t value, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        at[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
}

static void put_date(char *at, const struct civil *civil)
{
    put_digits(at, civil->year, 4);
    at[4] = at[7] = '-';
    put_digits(at + 5, civil->month, 2);
    put_digits(at + 8, civil->day, 2);
}

void civil_format_date(unix_s at, int32_t offset_seconds, char ret[CIVIL_DATE_SIZE])
{
    struct civil civil = civil_from_unix(at, offset_seconds);
    put_date(ret, &civil);
    ret[CIVIL_DATE_SIZE - 1] = '\0';
}

void civil_format(unix_s at, int32_t offset_seconds, char ret[CIVIL_TIME_SIZE])
{
    /* The text spells hours and minutes only; the clock shown must belong to the offset shown. */
    offset_seconds -= offset_seconds % 60;
    struct civil civil = civil_from_unix(at, offset_seconds);
    put_date(ret, &civil);
    ret[10] = 'T';
    put_digits(ret + 11, civil.hour, 2);
    ret[13] = ret[16] = ':';
    put_digits(ret + 14, civil.minute, 2);
    put_digits(ret + 17, civil.second, 2);
    if (offset_seconds == 0) {
        memcpy(ret + 19, "Z", 2);
        return;
    }
    int32_t size = offset_seconds < 0 ? -offset_seconds : offset_seconds;
    ret[19] = offset_seconds < 0 ? '-' : '+';
    put_digits(ret + 20, size / 3600, 2);
    ret[22] = ':';
    put_digits(ret + 23, size / 60 % 60, 2);
    ret[25] = '\0';
}

bool civil_parse_duration(str text, uint64_t *ret_seconds)
{
    static const struct {
        char letter;
        uint32_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', DAY_SECONDS}, {'w', 7 * DAY_SECONDS}};
    uint64_t number;
    if (text.len < 2 || !str_to_u64(str_sub(text, 0, text.len - 1), &number)) return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (text.at[text.len - 1] != units[i].letter) continue;
        if (number > RECORD_INT_MAX / units[i].seconds) return false;
        *ret_seconds = number * units[i].seconds;
        return true;
    }
    return false;
}

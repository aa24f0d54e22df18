/* civil.h - proleptic Gregorian dates and UTC instants; no time zones tables, no libc time. */
#ifndef PLENARY_BASE_CIVIL_H
#define PLENARY_BASE_CIVIL_H
#include "base/base.h"

struct civil {
    int32_t year;                             /* 1..9999 */
    uint8_t month, day, hour, minute, second; /* 1-12, 1-31, 0-23, 0-59, 0-59 */
};

/* Days since 1970-01-01. */
int64_t civil_days(int32_t year, uint32_t month, uint32_t day);
bool civil_valid(const struct civil *civil);
/* Instants before year 1 or after year 9999 give the first or last second of those years. */
struct civil civil_from_unix(unix_s at, int32_t offset_seconds);
unix_s civil_to_unix(const struct civil *civil, int32_t offset_seconds);
/* "2026-09-27", "2026-09-27T18:00", "2026-09-27T18:00:05", each optionally followed by Z or +02:00.
 * Without an offset UTC is assumed. False if malformed or not a date of the calendar; offsets go to
 * 14 hours, -00:00 is malformed. Outputs untouched then. */
bool civil_parse(str text, unix_s *ret_at, int32_t *ret_offset) MUST_CHECK;
enum { CIVIL_DATE_SIZE = 11, CIVIL_TIME_SIZE = 26 };
/* 2026-09-27 */
void civil_format_date(unix_s at, int32_t offset_seconds, char ret[CIVIL_DATE_SIZE]);
/* 2026-09-27T18:00:00Z or 2026-09-27T20:00:00+02:00; whole minutes, cut off towards zero. */
void civil_format(unix_s at, int32_t offset_seconds, char ret[CIVIL_TIME_SIZE]);
/* "72h", "14d", "90m", "30s", "2w" -> seconds, <= 2^53-1. */
bool civil_parse_duration(str text, uint64_t *ret_seconds) MUST_CHECK;
#endif

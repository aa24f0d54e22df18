/* rollfile.h - a membership list as it comes, read into rows of members.
 * Pure: no clock; the present year is an input. Principle: who belongs where (number, name, unit,
 * weight) is never guessed, a doubt there is an error and nothing is imported; how to reach
 * somebody and dates are secondary, a doubtful cell is left out with a warning. Nothing is changed
 * silently. */
#ifndef PLENARY_CORE_IMPORT_ROLLFILE_H
#define PLENARY_CORE_IMPORT_ROLLFILE_H
#include "base/buf.h"
#include "core/import/csv.h"

enum roll_field {
    ROLL_NUMBER, /* the organisation's own member number: text, zeros count */
    ROLL_NAME,   /* whole name, "Given Family" or "Family, Given" */
    ROLL_GIVEN,
    ROLL_FAMILY,
    ROLL_UNIT,
    ROLL_EMAIL,
    ROLL_PHONE,
    ROLL_BORN,
    ROLL_JOINED,
    ROLL_WEIGHT, /* votes, where the bylaws give more than one */
    ROLL_FIELDS
};
const char *roll_field_word(enum roll_field field);  /* in mappings: "number" */
const char *roll_field_label(enum roll_field field); /* for people: "member number" */

/* How the dates of a column are written. */
enum roll_dates { ROLL_DATES_FIND, ROLL_DATES_DMY, ROLL_DATES_MDY, ROLL_DATES_YMD };

/* Which column is what. By heading, so that it survives columns being moved; by number in files
 * without headings. */
struct roll_mapping {
    struct {
        str heading;     /* as in the file, spaces trimmed; empty when `column` is given */
        uint32_t column; /* 1-based; 0 when by heading or not mapped */
    } at[ROLL_FIELDS];
    bool no_header;        /* the first row is a member already; columns by number alone */
    bool unit_fills_down;  /* an empty unit means the unit above (merged cells) */
    uint32_t number_width; /* numbers of digits alone are filled with zeros to this width; 0 =
                              unsaid, 1 = as written */
    enum roll_dates dates;
};
/* Canonical JSON of at most 4,096 bytes:
 * {"dates":"dmy","header":false,"number":"Nr.","number_width":5,"unit":3,"unit_fills_down":true},
 * every member optional; a field's value is its heading or its column number. The views point into
 * `text` or the arena. */
enum code roll_mapping_decode(str text, struct arena *arena, struct roll_mapping *ret,
                              struct fail *fail) MUST_CHECK;
void roll_mapping_encode(const struct roll_mapping *mapping, struct buf *out);

enum {
    ROLL_NUMBER_MAX = 40,
    ROLL_NAME_MAX = 200,
    ROLL_UNIT_MAX = 120,
    ROLL_CONTACT_MAX = 254,
    ROLL_HEADER_WITHIN = 20
};

struct roll_row {
    str number;        /* 1..ROLL_NUMBER_MAX bytes */
    str name;          /* "Given Family", 1..ROLL_NAME_MAX bytes */
    str given, family; /* empty when the file does not part them */
    str unit;          /* 1..ROLL_UNIT_MAX bytes */
    str email, phone;  /* may be empty */
    str born, joined;  /* "1958-03-07" or empty */
    uint32_t weight;   /* 1 unless the file says otherwise */
    uint32_t line;     /* of the file */
};
/* Where the organisation reaches the member: the e-mail address, else the telephone number, else
 * empty. */
str roll_row_contact(const struct roll_row *row);

/* One member of the roll as it stands. */
struct roll_known {
    str number, name, unit, contact;
    uint8_t mid[16];
    str phone; /* kept beside `contact`; `at` NULL when the roll keeps one contact only */
};

struct roll_options {
    const struct roll_mapping *mapping; /* NULL = guess */
    str unit; /* every row's unit when the file has no such column; may be empty */
    const struct roll_known *known; /* the roll as it stands: only to recognise lost zeros here */
    uint32_t known_count;
    int32_t year; /* the present year, for years of two digits */
};

struct roll_column {
    str heading;
    bool used;
    enum roll_field field; /* when used */
};

struct roll_table {
    enum csv_encoding encoding;
    char separator;
    uint32_t header_line; /* 0 when there is none */
    const struct roll_column *columns;
    uint32_t column_count;
    struct roll_mapping mapping; /* as used: worth remembering */
    const struct roll_row *rows; /* in the order of the file */
    uint32_t row_count;
};

/* Reads a membership list. CODE_OK also when there are errors in `problems`: then no row may be
 * used, and `rows` serve the report alone. Reasons besides csv_read's: header column missing
 * duplicate zeros science decimal formula swapped email phone date year date-order short long
 * control unit-spelling weight total title repeated trimmed unwrapped mojibake shared (one e-mail
 * address for two members) twice (one name and date of birth, two numbers). Views live as long as
 * `bytes` and the arena of `problems`. Codes as csv_read. */
enum code roll_read(str bytes, const struct roll_options *options, struct problems *problems,
                    struct roll_table *ret, struct fail *fail) MUST_CHECK;
#endif

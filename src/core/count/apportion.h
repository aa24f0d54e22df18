/* apportion.h - how many seats each unit gets from its number of members. Exact integers, same
 * table everywhere.
 *
 * Per-unit norms (ratio, bands) look at one unit at a time and have no fixed house size. The other
 * methods share a fixed number of seats: divisor methods (D'Hondt, Sainte-Lague) and largest
 * remainders (Hare, Droop). Sources: Balinski and Young, "Fair Representation" (1982); bands as the
 * rules that use them, see apportion_band. */
#ifndef PLENARY_CORE_COUNT_APPORTION_H
#define PLENARY_CORE_COUNT_APPORTION_H
#include "base/buf.h"

/* Numbers are part of recorded bylaws: never renumber. */
enum apportion_method {
    APPORTION_RATIO_UP = 1,      /* 1 seat per `ratio` members or part of it */
    APPORTION_RATIO_NEAREST = 2, /* 1 seat per `ratio` members or fraction above one half of it */
    APPORTION_BANDS = 3,
    APPORTION_DHONDT = 4,       /* highest members / (seats + 1) */
    APPORTION_SAINTE_LAGUE = 5, /* highest members / (2 * seats + 1) */
    APPORTION_HARE_LR = 6,      /* quota members / seats, then largest remainders */
    APPORTION_DROOP_LR = 7 /* quota floor(members / (seats + 1)) + 1, then largest remainders */
};
enum { APPORTION_BANDS_MAX = 32, APPORTION_UNITS_MAX = 1000000, APPORTION_SEATS_MAX = 10000000 };

enum apportion_round { APPORTION_FULL = 0, APPORTION_NEAREST = 1, APPORTION_STARTED = 2 };

/* One band of a scale: a unit with more members than the band before covers and at most `up_to`
 * gets `seats`, and if per > 0 another `step` for each `per` of its members above the band before.
 *     1 per 100 of the first 600, then 1 per 200:   {600, 0, 100, 1, FULL} {UINT64_MAX, 6, 200, 1,
 * FULL} 7,001-9,000: 35, then 2 per started 3,000:    ... {9000, 35, 0, 0, FULL} {UINT64_MAX, 35,
 * 3000, 2, STARTED} */
struct apportion_band {
    uint64_t up_to; /* members, inclusive; ascending; the last band must cover every unit */
    uint32_t seats;
    uint64_t per;  /* members, 0 = the band is flat */
    uint32_t step; /* seats for each `per` */
    enum apportion_round round;
};

struct apportion_rule {
    enum apportion_method method;
    uint64_t ratio;      /* members per seat, ratio methods only */
    uint32_t floor;      /* seats at least, for every unit that has members */
    uint32_t cap;        /* seats at most, 0 = no cap */
    uint32_t band_count; /* <= APPORTION_BANDS_MAX, bands only */
    struct apportion_band bands[APPORTION_BANDS_MAX];
};

/* What is shared out. A unit without members gets no seat under any method, floor or not. */
struct apportion_units {
    const uint64_t *members; /* each <= RECORD_INT_MAX */
    size_t count;            /* <= APPORTION_UNITS_MAX */
    uint32_t seats;          /* of the house; ignored by the per-unit norms */
};

/* `won` got the last seat and `lost` did not although their claims were equal: the unit with more
 * members goes first, then the one that stands earlier. Indexes into the units. */
struct apportion_tie {
    uint32_t won, lost;
};

struct apportion_result { /* everything in the caller's arena */
    uint32_t *seats;      /* one per unit */
    uint64_t total;       /* seats given; the house size for the sharing methods */
    struct apportion_tie *ties;
    size_t tie_count;
};

/* Shares out the seats. With floors and caps, divisor methods give every unit its floor first and
 * pass over units at their cap; remainder methods fix the units outside their limits, the side with
 * the larger total breach first, and share the rest again. CODE_MALFORMED: reason "method",
 * "ratio", "bands", "floor" (floors exceed the house), "cap" (caps cannot fill it, or a cap below
 * the floor), "members" (over the limit, or none at all while seats are to be shared); CODE_TOO_BIG
 * "units", "seats"; CODE_NO_MEMORY. */
enum code apportion(const struct apportion_rule *rule, const struct apportion_units *units,
                    struct arena *arena, struct apportion_result *ret,
                    struct fail *fail) MUST_CHECK;

/* "ratio-up", "ratio-nearest", "bands", "dhondt", "sainte-lague", "hare-lr", "droop-lr". Static
 * storage. */
const char *apportion_method_name(enum apportion_method method);
bool apportion_method_by_name(str name, enum apportion_method *ret) MUST_CHECK;
/* Does the method share a fixed number of seats? */
bool apportion_shares_house(enum apportion_method method);

/* Bands as bylaws write them, parts separated by commas, each "up_to:seats" or
 * "up_to:seats+step/per" with a letter for the last part that is not full: none = it gives nothing,
 * n = it gives when above one half, s = it gives once started; `*` is the end of the last band:
 *     600:0+1/100,*:6+1/200             SIPTU: 1 per 100 of the first 600, then 1 per 200
 *     9000:35,*:35+2/3000s              2 more for each started 3,000
 * Fills method, band_count and bands alone. CODE_MALFORMED "bands" with the column. */
enum code apportion_bands_parse(str text, struct apportion_rule *rule,
                                struct fail *fail) MUST_CHECK;
void apportion_bands_write(const struct apportion_rule *rule, struct buf *out);

/* A norm in use somewhere, under the text it stands in. */
struct apportion_norm {
    const char *name;   /* "betrvg-9" */
    const char *source; /* "Betriebsverfassungsgesetz section 9 (Germany)" */
    const char *bands;  /* as apportion_bands_parse reads them */
};
/* All of them, ended by a row of NULLs. Static storage. */
const struct apportion_norm *apportion_norms(void);
/* Unknown names give false. */
bool apportion_norm_by_name(str name, struct apportion_rule *rule) MUST_CHECK;

/* A table of units: a header row, then rows of name and members, separated by commas, names perhaps
 * in quotes. CODE_MALFORMED with the place: "syntax" "number" "utf8"; CODE_TOO_BIG; CODE_NO_MEMORY.
 */
struct apportion_table {
    str *names;
    uint64_t *members;
    size_t count;
};
enum code apportion_table_read(str text, struct arena *arena, struct apportion_table *ret,
                               struct fail *fail) MUST_CHECK;
#endif

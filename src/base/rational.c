#include "base/rational.h"

#include <string.h>

/* Words of 64 bits go in and out whole; no count here needs another width. */
_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "mpz_set_ui takes 64 bits");

enum { TEXT_MAX = 4096 }; /* bytes of a number somebody wrote; bounds the work of parsing it */

void rational_init(struct rational *r)
{
    mpq_init(r->value);
}

void rational_done(struct rational *r)
{
    mpq_clear(r->value);
}

void rational_set(struct rational *r, uint64_t numerator, uint64_t denominator)
{
    mpq_set_ui(r->value, numerator, denominator);
    mpq_canonicalize(r->value);
}

void rational_copy(struct rational *to, const struct rational *from)
{
    mpq_set(to->value, from->value);
}

void rational_add(struct rational *to, const struct rational *a, const struct rational *b)
{
    mpq_add(to->value, a->value, b->value);
}

void rational_sub(struct rational *to, const struct rational *a, const struct rational *b)
{
    mpq_sub(to->value, a->value, b->value);
}

void rational_mul(struct rational *to, const struct rational *a, const struct rational *b)
{
    mpq_mul(to->value, a->value, b->value);
}

bool rational_div(struct rational *to, const struct rational *a, const struct rational *b)
{
    if (mpq_sgn(b->value) == 0) return false;
    mpq_div(to->value, a->value, b->value);
    return true;
}

int rational_cmp(const struct rational *a, const struct rational *b)
{
    int order = mpq_cmp(a->value, b->value);
    return (order > 0) - (order < 0);
}

int rational_sign(const struct rational *r)
{
    return mpq_sgn(r->value);
}

typedef void round_to_integer(mpz_t quotient, mpz_srcptr numerator, mpz_srcptr denominator);

static bool round_by(const struct rational *r, round_to_integer *round, uint64_t *ret)
{
    if (mpq_sgn(r->value) < 0) return false;
    mpz_t whole;
    mpz_init(whole);
    round(whole, mpq_numref(r->value), mpq_denref(r->value));
    bool fits = mpz_fits_ulong_p(whole) != 0;
    if (fits) *ret = mpz_get_ui(whole);
    mpz_clear(whole);
    return fits;
}

bool rational_floor(const struct rational *r, uint64_t *ret)
{
    return round_by(r, mpz_fdiv_q, ret);
}

bool rational_ceil(const struct rational *r, uint64_t *ret)
{
    return round_by(r, mpz_cdiv_q, ret);
}

static void write_integer(mpz_srcptr value, struct buf *out)
{
    /* mpz_sizeinbase may be one too large; sign and NUL come on top. */
    size_t size = mpz_sizeinbase(value, 10) + 2, before = out->len;
    struct buf digits;
    buf_init(&digits, out->alloc, size);
    char *at = buf_extend(&digits, size);
    if (at)
        buf_add_cstr(out, mpz_get_str(at, 10, value));
    else
        out->failed = true;
    if (out->failed) out->len = before;
    buf_done(&digits);
}

void rational_write(const struct rational *r, struct buf *out)
{
    write_integer(mpq_numref(r->value), out);
    if (mpz_cmp_ui(mpq_denref(r->value), 1) == 0) return;
    buf_add_byte(out, '/');
    write_integer(mpq_denref(r->value), out);
}

void rational_write_decimal(const struct rational *r, unsigned places, struct buf *out)
{
    mpz_t scale, whole, part;
    mpz_inits(scale, whole, part, NULL);
    mpz_ui_pow_ui(scale, 10, places);
    mpz_mul(whole, mpq_numref(r->value), scale);
    mpz_tdiv_q(whole, whole, mpq_denref(r->value));
    if (mpz_sgn(whole) < 0) buf_add_byte(out, '-'); /* what is cut off to zero has no sign */
    mpz_abs(whole, whole);
    mpz_tdiv_qr(whole, part, whole, scale);
    write_integer(whole, out);
    if (places > 0) {
        /* part + scale has a leading 1 and exactly `places` digits behind it, zeros included. */
        mpz_add(part, part, scale);
        size_t point = out->len;
        write_integer(part, out);
        if (!out->failed) out->at[point] = '.';
    }
    mpz_clears(scale, whole, part, NULL);
}

/* Appends decimal digits to `value`; false unless `digits` is one or more of them. */
static bool push_digits(mpz_t value, str digits)
{
    if (digits.len == 0) return false;
    for (size_t i = 0; i < digits.len; i++) {
        char digit = digits.at[i];
        if (digit < '0' || digit > '9') return false;
        mpz_mul_ui(value, value, 10);
        mpz_add_ui(value, value, (unsigned long)(digit - '0'));
    }
    return true;
}

static bool parse_integer(mpz_t value, str digits)
{
    if (digits.len > 1 && digits.at[0] == '0') return false;
    mpz_set_ui(value, 0);
    return push_digits(value, digits);
}

/* "22/7" or "0.125" or "3" without a sign, not yet in lowest terms. */
static bool parse_unsigned(str text, mpq_t value)
{
    mpz_ptr numerator = mpq_numref(value), denominator = mpq_denref(value);
    size_t slash = str_find(text, '/'), point = str_find(text, '.');
    if (slash < text.len) {
        return parse_integer(numerator, str_sub(text, 0, slash)) &&
               parse_integer(denominator, str_sub(text, slash + 1, text.len)) &&
               mpz_sgn(denominator) > 0;
    }
    if (!parse_integer(numerator, str_sub(text, 0, point))) return false;
    if (point == text.len) return true;
    str decimals = str_sub(text, point + 1, text.len);
    mpz_ui_pow_ui(denominator, 10, decimals.len);
    return push_digits(numerator, decimals);
}

bool rational_parse(str text, struct rational *ret)
{
    if (text.len == 0 || text.len > TEXT_MAX) return false;
    bool negative = text.at[0] == '-';
    if (negative) text = str_sub(text, 1, text.len);
    mpq_t value;
    mpq_init(value);
    bool good = parse_unsigned(text, value) && !(negative && mpq_sgn(value) == 0);
    if (good) {
        mpq_canonicalize(value);
        if (negative) mpq_neg(value, value);
        mpq_swap(ret->value, value);
    }
    mpq_clear(value);
    return good;
}

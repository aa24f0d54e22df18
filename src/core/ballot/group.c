#include "core/ballot/group.h"

#include <stdio.h>
#include <string.h>

bool group_find(str name, struct group *ret)
{
    if (!str_eq(name, STR("Ed25519"))) return group_field_find(name, ret);
    /* 5.2.1: 8 bits an integer, 14 bits of padding; more than 30 would reach the field's size. */
    *ret = (struct group){
        .ops = &group_ed25519_ops, .name = "Ed25519", .ranked_max = 30, .padding = 14};
    ret->one.ed = point_identity;
    ret->base.ed = point_base;
    return true;
}

bool group_read(const struct group *group, str text, union element *ret)
{
    return group->ops->read(group, text, ret);
}

str group_text(const struct group *group, const union element *element, char *ret)
{
    return group->ops->text(group, element, ret);
}

void group_mul(const struct group *group, union element *ret, const union element *a,
               const union element *b)
{
    group->ops->mul(group, ret, a, b);
}

void group_div(const struct group *group, union element *ret, const union element *a,
               const union element *b)
{
    group->ops->div(group, ret, a, b);
}

void group_pow(const struct group *group, union element *ret, const union element *a,
               const union exponent *x)
{
    group->ops->pow(group, ret, a, x);
}

void group_pow2(const struct group *group, union element *ret, struct group_power a,
                struct group_power b)
{
    group->ops->pow2(group, ret, a, b);
}

bool group_equal(const struct group *group, const union element *a, const union element *b)
{
    return group->ops->equal(group, a, b);
}

int group_order(const struct group *group, const union element *a, const union element *b)
{
    return group->ops->order(group, a, b);
}

/* Decimal digits into 256 bytes, big-endian. False when they do not fit. */
static bool decimal(str text, uint8_t ret[256])
{
    uint32_t words[64] = {0}; /* little-endian */
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return false;
        uint64_t carry = (uint64_t)(text.at[i] - '0');
        for (size_t k = 0; k < COUNT(words); k++) {
            carry += (uint64_t)words[k] * 10;
            words[k] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry != 0) return false;
    }
    for (size_t k = 0; k < 256; k++) ret[255 - k] = (uint8_t)(words[k / 4] >> (8 * (k % 4)));
    return true;
}

bool exponent_read(const struct group *group, str text, union exponent *ret)
{
    uint8_t bytes[256];
    if (text.len == 0 || text.len >= GROUP_TEXT_MAX || (text.len > 1 && text.at[0] == '0'))
        return false;
    if (!decimal(text, bytes) || !group->ops->exponent_below(group, bytes, sizeof bytes))
        return false;
    group->ops->exponent_set(group, ret, bytes, sizeof bytes);
    return true;
}

void exponent_of_u64(const struct group *group, union exponent *ret, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    group->ops->exponent_set(group, ret, bytes, sizeof bytes);
}

void exponent_of_hash(const struct group *group, union exponent *ret, const hash32 *hash)
{
    group->ops->exponent_set(group, ret, hash->bytes, sizeof hash->bytes);
}

void exponent_add(const struct group *group, union exponent *ret, const union exponent *a,
                  const union exponent *b)
{
    group->ops->exponent_add(group, ret, a, b);
}

void exponent_sub(const struct group *group, union exponent *ret, const union exponent *a,
                  const union exponent *b)
{
    group->ops->exponent_sub(group, ret, a, b);
}

void exponent_mul(const struct group *group, union exponent *ret, const union exponent *a,
                  const union exponent *b)
{
    group->ops->exponent_mul(group, ret, a, b);
}

void exponent_invert(const struct group *group, union exponent *ret, const union exponent *a)
{
    group->ops->exponent_invert(group, ret, a);
}

bool exponent_equal(const struct group *group, const union exponent *a, const union exponent *b)
{
    return group->ops->exponent_equal(group, a, b);
}

bool group_generator(const struct group *group, int64_t i, union element *ret)
{
    char text[40];
    int len = snprintf(text, sizeof text, "ggen|%lld", (long long)i);
    hash32 hash = sha256_of((str){text, (size_t)len});
    group->ops->generator(group, &hash, ret);
    return !group_equal(group, ret, &group->one) && !group_equal(group, ret, &group->base);
}

bool group_of_ints(const struct group *group, const uint8_t *ints, uint32_t count,
                   union element *ret)
{
    return count <= group->ranked_max && group->ops->of_ints(group, ints, count, ret);
}

bool group_to_ints(const struct group *group, const union element *element, uint32_t count,
                   uint8_t *ret)
{
    union element again;
    if (count > group->ranked_max) return false;
    group->ops->to_ints(group, element, count, ret);
    return group_of_ints(group, ret, count, &again) && group_equal(group, &again, element);
}

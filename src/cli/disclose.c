#include "cli/disclose.h"

#include "base/text.h"
#include "core/record/commit.h"

void audience_unit(const hash32 *unit_id, char ret[AUDIENCE_SIZE])
{
    char id[65];
    hex_encode(unit_id->bytes, sizeof *unit_id, id);
    (void)snprintf(ret, AUDIENCE_SIZE, "unit:%s", id);
}

enum code client_disclose(struct client *c, str text, const char *audience, hash32 *ret,
                          struct fail *fail)
{
    struct buf opening;
    uint8_t salt[COMMIT_SALT];
    if (c->chance)
        stream_bytes(c->chance, salt, sizeof salt);
    else
        sign_random(salt, sizeof salt);
    buf_init(&opening, alloc_libc, STORE_OPENING_MAX);
    buf_add_bytes(&opening, salt, sizeof salt);
    buf_add(&opening, text);
    *ret = commit_of(salt, text);
    enum code code = buf_check(&opening);
    if (code == CODE_OK)
        code = node_disclose(c->node, ret, buf_str(&opening), str_from(audience), fail);
    buf_done(&opening);
    return code;
}

void json_kv_commitment(struct json_writer *w, str key, const hash32 *commitment)
{
    json_kv_base64(w, key, commitment->bytes, sizeof *commitment);
}

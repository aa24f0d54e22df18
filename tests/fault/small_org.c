#include "fault/small_org.h"

#include "audit/audit.h"
#include "base/text.h"
#include "core/record/commit.h"
#include "sign/compose.h"

#include <stdio.h>

#define ORIGIN "rehearsal.invalid/faults"
enum { START = 1790000000 };

/* Entries 0 and 1 are the founding, 2 is the first unit; then each third act admits a member. */
static bool admits(uint64_t index)
{
    return index > 2 && index % 3 == 0;
}

/* ---- founding ---- */

static void add_vkey(struct buf *body, const char *key, const char *name, key32 value)
{
    buf_printf(body, "\",\"%s\":\"", key);
    vkey_write(body, str_from(name), &value);
}

static enum code found_body(const struct small_org *org, struct node *node, struct buf *body,
                            struct fail *fail)
{
    hash32 bylaws;
    key32 key = secret_key_public(&org->founder);
    str text = STR("{\"name\":\"Faults\",\"parameters\":{},\"preset\":\"branch\",\"version\":1}");
    TRY(node_blob_put(node, text, &bylaws, fail));
    buf_add_cstr(body, "{\"bylaws\":\"");
    buf_add_hex(body, bylaws.bytes, sizeof bylaws);
    buf_add_cstr(body, "\",\"device\":\"");
    buf_add_hex(body, org->device.bytes, sizeof org->device);
    buf_add_cstr(body, "\",\"key\":\"");
    buf_add_hex(body, key.bytes, sizeof key);
    add_vkey(body, "log_key", ORIGIN, node_public_key(node, NODE_KEY_LOG));
    add_vkey(body, "node_key", ORIGIN "/n", node_public_key(node, NODE_KEY_NODE));
    add_vkey(body, "refusal_key", ORIGIN "/r", node_public_key(node, NODE_KEY_REFUSAL));
    buf_add_cstr(body, "\",\"rules\":1}");
    return buf_check(body);
}

static enum code submit(const struct small_org *org, struct node *node, const char *kind, str body,
                        struct node_reply *ret, struct fail *fail)
{
    struct buf note;
    uint64_t number = state_size(node_state(node));
    struct compose compose = {.kind = str_from(kind),
                              .body = body,
                              .origin = STR(ORIGIN),
                              .by = org->mid,
                              .at = node_now(node),
                              .key_count = 1,
                              .key = {{{KEY_DEVICE, org->mid, org->device}, &org->founder}}};
    memcpy(compose.nonce.bytes, &number, sizeof number);
    buf_init(&note, alloc_libc, ACT_NOTE_MAX);
    enum code code = compose_act(node_state(node), &compose, &note);
    if (code == CODE_OK) code = node_submit(node, buf_str(&note), ret, fail);
    buf_done(&note);
    TRY(code);
    if (ret->article == ARTICLE_NONE) return CODE_OK;
    return fail_set(fail, CODE_INTERNAL, "refused", "%s was refused: %.*s", kind,
                    STR_ARG(article_name(ret->article)));
}

static enum code found(const struct small_org *org, struct node *node, struct fail *fail)
{
    struct buf body;
    struct node_reply reply;
    buf_init(&body, alloc_libc, 4096);
    TRY(node_clock_set(node, START, fail));
    enum code code = found_body(org, node, &body, fail);
    if (code == CODE_OK) code = submit(org, node, "org.found", buf_str(&body), &reply, fail);
    if (code == CODE_OK)
        code = submit(org, node, "engine.adopt", STR("{\"rules\":1}"), &reply, fail);
    buf_done(&body);
    return code == CODE_OK ? node_commit(node, fail) : code;
}

enum code small_org_found(struct small_org *org, char *dir, struct fail *fail)
{
    static const uint8_t seed[32] = {5};
    struct node_seeds seeds = {{1}, {2}, {3}};
    struct node_options how = {.mode = NODE_WRITE};
    struct node *node;
    *org = (struct small_org){.dir = dir, .mid = {{9}}, .device = {{7}}};
    TRY(sign_start());
    secret_key_from_seed(&org->founder, seed);
    TRY(node_create(dir, STR(ORIGIN), &seeds, fail));
    TRY(node_open(dir, &how, &node, fail));
    enum code code = found(org, node, fail);
    node_close(node);
    return code;
}

void small_org_done(struct small_org *org)
{
    secret_key_done(&org->founder);
}

/* ---- acts by number ---- */

static mid16 mid_of(uint64_t index)
{
    mid16 mid = {{1}};
    memcpy(mid.bytes + 8, &index, sizeof index);
    return mid;
}

/* Salt and text of the opening that comes with act `index`, and the commitment to them. */
static hash32 opening_of(uint64_t index, char text[64], size_t *ret_len)
{
    memset(text, 's', COMMIT_SALT);
    int len = snprintf(text + COMMIT_SALT, 64 - COMMIT_SALT, "{\"name\":\"member %llu\"}",
                       (unsigned long long)index);
    *ret_len = COMMIT_SALT + (len > 0 ? (size_t)len : 0);
    return commit_of((const uint8_t *)text, (str){text + COMMIT_SALT, *ret_len - COMMIT_SALT});
}

static void write_list(uint64_t index, const hash32 *commitment, struct buf *list)
{
    mid16 mid = mid_of(index);
    buf_add_cstr(list, "{\"changes\":[{\"data\":\"");
    buf_add_base64(list, commitment, sizeof *commitment);
    buf_add_cstr(list, "\",\"do\":\"admit\",\"mid\":\"");
    buf_add_hex(list, mid.bytes, sizeof mid);
    buf_add_cstr(list, "\"}]}");
}

static enum code admit(const struct small_org *org, struct node *node, struct buf *body,
                       struct node_reply *ret, struct fail *fail)
{
    char opening[64];
    size_t len;
    uint64_t index = state_size(node_state(node));
    hash32 list, commitment = opening_of(index, opening, &len);
    write_list(index, &commitment, body);
    TRY(node_blob_put(node, buf_str(body), &list, fail));
    TRY(node_disclose(node, &commitment, (str){opening, len}, STR("registrar"), fail));
    buf_clear(body);
    buf_add_cstr(body, "{\"list\":\"");
    buf_add_hex(body, list.bytes, sizeof list);
    buf_add_cstr(body, "\",\"unit\":\"");
    buf_add_hex(body, state_unit(node_state(node), 0)->id.bytes, sizeof(hash32));
    buf_add_cstr(body, "\"}");
    return submit(org, node, "roll.propose", buf_str(body), ret, fail);
}

enum code small_org_act(const struct small_org *org, struct node *node, struct node_reply *ret,
                        struct fail *fail)
{
    struct buf body;
    uint64_t index = state_size(node_state(node));
    enum code code;
    buf_init(&body, alloc_libc, 4096);
    if (admits(index)) {
        code = admit(org, node, &body, ret, fail);
    } else {
        buf_printf(&body, "{\"kind\":\"branch\",\"name\":\"Branch %llu\"}",
                   (unsigned long long)index);
        code = submit(org, node, "unit.found", buf_str(&body), ret, fail);
    }
    buf_done(&body);
    return code;
}

bool small_org_holds(struct node *node, uint64_t index, const hash32 *id)
{
    char text[64];
    size_t len;
    struct buf found;
    const struct state *s = node_state(node);
    if (state_act_index(s, id) != index) return false;
    if (!admits(index)) return true;
    mid16 mid = mid_of(index);
    if (state_member_by_mid(s, &mid) == ROW_NONE) return false;
    hash32 commitment = opening_of(index, text, &len);
    buf_init(&found, alloc_libc, STORE_OPENING_MAX);
    bool held =
        store_disclosure_get(node_store(node), &commitment, &found, NULL, NULL) == CODE_OK &&
        str_eq(buf_str(&found), (str){text, len});
    buf_clear(&found);
    write_list(index, &commitment, &found);
    hash32 list = sha256_of(buf_str(&found));
    buf_clear(&found);
    held = held && store_blob_get(node_store(node), &list, &found, NULL) == CODE_OK;
    buf_done(&found);
    return held;
}

/* ---- opening and auditing ---- */

struct node *small_org_open(const struct small_org *org)
{
    struct node *node = NULL;
    struct fail fail = {0};
    struct node_options how = {.mode = NODE_WRITE, .no_snapshot = true, .check_signatures = true};
    if (node_open(org->dir, &how, &node, &fail) == CODE_OK) return node;
    printf("opening: %s: %s\n", fail.reason, fail.message);
    return NULL;
}

bool small_org_verifies(const struct small_org *org, uint64_t size, const hash32 *root)
{
    struct audit *audit = NULL;
    struct fail fail = {0};
    struct audit_options how = {.threads = 1};
    if (audit_run(org->dir, &how, alloc_libc, &audit, &fail) != CODE_OK) {
        printf("audit: %s: %s\n", fail.reason, fail.message);
        return false;
    }
    const struct audit_report *report = audit_report(audit);
    bool good = report->verdict == AUDIT_REPLAYED && report->head.size == size &&
                hash32_eq(&report->head.root, root);
    if (!good)
        printf("audit: %llu entries, expected %llu\n", (unsigned long long)report->head.size,
               (unsigned long long)size);
    audit_close(audit);
    return good;
}

#include "cli/demo_play.h"

#include "base/civil.h"
#include "base/text.h"
#include "cli/init.h"
#include "cli/people.h"
#include "core/record/commit.h"
#include "core/record/membercode.h"

#include <stdarg.h>

enum { DAY = 86400, CODES_AT_ONCE = 400 };

#define STEPS(call)                                                                                \
    do {                                                                                           \
        int steps_status_ = (call);                                                                \
        if (steps_status_ != EXIT_STATUS_OK) return steps_status_;                                 \
    } while (0)

enum { MEMBERS_A_DELEGATE = 10 };

bool demo_cast(struct demo *d, uint32_t members, uint32_t units)
{
    d->members = members;
    d->units = units;
    d->delegates = members / MEMBERS_A_DELEGATE;
    d->executive = d->delegates >= 1200 ? 110 : d->delegates < 24 ? 2 : d->delegates * 110 / 1200;
    d->steps_all = 2ull * members + members * 9ull / 10 + 2ull * d->delegates + 10ull * units;
    d->member = calloc(members, sizeof *d->member);
    d->unit_id = calloc(units, sizeof *d->unit_id);
    d->unit_first = calloc(units, sizeof *d->unit_first);
    d->unit_count = calloc(units, sizeof *d->unit_count);
    return d->member && d->unit_id && d->unit_first && d->unit_count;
}

void demo_end(struct demo *d)
{
    client_close(&d->c);
    free(d->member);
    free(d->unit_id);
    free(d->unit_first);
    free(d->unit_count);
}

void demo_step(struct demo *d)
{
    if (++d->steps % 256 == 0) cli_progress(d->c.cli, "founding", d->steps, d->steps_all);
}

PRINTF_LIKE(4, 0)
static int acted(struct demo *d, const struct keyfile *who, const char *kind, const char *format,
                 va_list args)
{
    struct buf body;
    char *room;
    buf_init(&body, alloc_libc, JSON_LINE_MAX);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    room = len > 0 ? buf_extend(&body, (size_t)len + 1) : NULL;
    int status = EXIT_STATUS_FAILED;
    if (room) {
        (void)vsnprintf(room, (size_t)len + 1, format, args);
        status = client_act_as(&d->c, who, kind, (str){room, (size_t)len});
    }
    buf_done(&body);
    demo_step(d);
    return status;
}

int demo_act(struct demo *d, const struct keyfile *who, const char *kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int status = acted(d, who, kind, format, args);
    va_end(args);
    return status;
}

int demo_wait(struct demo *d, uint64_t seconds)
{
    struct fail fail = {0};
    bool ticked = true;
    enum code code = node_clock_set(d->c.node, node_now(d->c.node) + (unix_s)seconds, &fail);
    while (code == CODE_OK && ticked) code = node_tick(d->c.node, &ticked, &fail);
    return code == CODE_OK ? EXIT_STATUS_OK : cli_complain(d->c.cli, NULL, code, &fail);
}

const char *demo_times(struct demo *d)
{
    const struct bylaws *b = &d->c.state->bylaws;
    uint64_t now = (uint64_t)node_now(d->c.node);
    uint64_t nominated = now + b->nominate_time, opens = nominated + b->prepare_time;
    uint64_t closes = opens + b->ballot_time, final = closes + b->objection_time;
    struct civil told = civil_from_unix((unix_s)closes, 0);
    return client_text(
        &d->c,
        "{\"closes\":%llu,\"nominate_until\":%llu,\"objections_until\":%llu,\"opens\":%llu,"
        "\"told\":{\"date\":\"%04d-%02u-%02uT%02u:%02u:%02u\",\"offset\":\"+00:00\",\"zone\":"
        "\"UTC\"}}",
        (unsigned long long)closes, (unsigned long long)nominated, (unsigned long long) final,
        (unsigned long long)opens, told.year, told.month, told.day, told.hour, told.minute,
        told.second);
}

static const char *hex32(struct demo *d, const hash32 *id)
{
    return client_hex(&d->c, id->bytes, sizeof *id);
}

/* ---- founding ---- */

static int found_units(struct demo *d)
{
    char name[NAMES_TEXT_SIZE];
    for (uint32_t u = 0; u < d->units; u++) {
        names_unit(&d->names, u, name);
        STEPS(
            demo_act(d, &d->c.actor, "unit.found", "{\"kind\":\"branch\",\"name\":\"%s\"}", name));
        d->unit_id[u] = d->c.last.id;
    }
    return EXIT_STATUS_OK;
}

/* Commits to a document about a member and keeps the opening for those of the unit. */
static enum code commit_person(struct demo *d, str document, uint32_t unit, hash32 *ret,
                               struct fail *fail)
{
    struct buf opening;
    uint8_t salt[COMMIT_SALT];
    stream_bytes(&d->chance, salt, sizeof salt);
    buf_init(&opening, alloc_libc, STORE_OPENING_MAX);
    buf_add_bytes(&opening, salt, sizeof salt);
    buf_add(&opening, document);
    *ret = commit_of(salt, document);
    char audience[80];
    char id[65];
    hex_encode(d->unit_id[unit].bytes, 32, id);
    (void)snprintf(audience, sizeof audience, "unit:%s", id);
    enum code code = node_disclose(d->c.node, ret, buf_str(&opening), str_from(audience), fail);
    buf_done(&opening);
    return code;
}

static enum code person_changes(struct demo *d, uint32_t row, struct buf *list, struct fail *fail)
{
    struct names_person invented;
    struct buf document;
    char full[2 * NAMES_TEXT_SIZE], base64[48];
    hash32 data, contact;
    const struct demo_member *member = &d->member[row];
    names_person(&d->names, row, &invented);
    (void)snprintf(full, sizeof full, "%s %s", invented.given, invented.family);
    struct person person = {.number = str_from(invented.number),
                            .name = str_from(full),
                            .given = str_from(invented.given),
                            .family = str_from(invented.family),
                            .email = str_from(invented.email)};
    buf_init(&document, alloc_libc, 4096);
    person_contact_write(&person, &document);
    enum code code = commit_person(d, buf_str(&document), member->unit, &contact, fail);
    buf_clear(&document);
    person_data_write(&person, &document);
    if (code == CODE_OK) code = commit_person(d, buf_str(&document), member->unit, &data, fail);
    buf_done(&document);
    if (code != CODE_OK) return code;
    base64_encode(contact.bytes, sizeof contact, base64);
    buf_printf(list, "{\"contact\":\"%s\",", base64);
    base64_encode(data.bytes, sizeof data, base64);
    buf_printf(list, "\"data\":\"%s\",\"do\":\"admit\",\"mid\":\"", base64);
    buf_add_hex(list, member->key.mid.bytes, sizeof member->key.mid);
    buf_add_cstr(list, "\"}");
    return CODE_OK;
}

/* One proposal for each unit; the founder's alone while the organisation is being founded. */
static int import_unit(struct demo *d, uint32_t unit)
{
    struct buf list;
    struct fail fail = {0};
    hash32 name;
    enum code code = CODE_OK;
    buf_init(&list, alloc_libc, STORE_BLOB_MAX);
    buf_add_cstr(&list, "{\"changes\":[");
    for (uint32_t i = 0; i < d->unit_count[unit] && code == CODE_OK; i++) {
        if (i) buf_add_byte(&list, ',');
        code = person_changes(d, d->unit_first[unit] + i, &list, &fail);
    }
    buf_add_cstr(&list, "]}");
    if (code == CODE_OK) code = buf_check(&list);
    if (code == CODE_OK) code = node_blob_put(d->c.node, buf_str(&list), &name, &fail);
    buf_done(&list);
    if (code != CODE_OK) return cli_complain(d->c.cli, NULL, code, &fail);
    return demo_act(d, &d->c.actor, "roll.propose", "{\"list\":\"%s\",\"unit\":\"%s\"}",
                    hex32(d, &name), hex32(d, &d->unit_id[unit]));
}

static int compare_mids(const void *a, const void *b)
{
    return mid16_cmp(&((const struct demo_member *)a)->key.mid,
                     &((const struct demo_member *)b)->key.mid);
}

static void enrol_key_of(struct demo *d, const struct demo_member *member, struct secret_key *ret)
{
    struct membercode code;
    uint8_t seed[32];
    rehearsal_code(&d->c.rehearsal, &member->key.mid, &code);
    membercode_enrol_seed(&code, node_origin(d->c.node), seed);
    secret_key_from_seed(ret, seed);
}

static int issue_codes(struct demo *d, uint32_t first, uint32_t count)
{
    struct buf codes;
    buf_init(&codes, alloc_libc, JSON_LINE_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct secret_key enrol;
        enrol_key_of(d, &d->member[first + i], &enrol);
        key32 key = secret_key_public(&enrol);
        buf_add_cstr(&codes, i ? ",{\"key\":\"" : "{\"key\":\"");
        buf_add_hex(&codes, key.bytes, sizeof key);
        buf_add_cstr(&codes, "\",\"mid\":\"");
        buf_add_hex(&codes, d->member[first + i].key.mid.bytes, 16);
        buf_add_cstr(&codes, "\"}");
    }
    int status =
        demo_act(d, &d->c.actor, "code.issue", "{\"codes\":[%.*s]}", STR_ARG(buf_str(&codes)));
    buf_done(&codes);
    return status;
}

/* Members of one unit stand together, ascending by id, so that codes can be issued as they stand.
 */
static void draw_members(struct demo *d)
{
    for (uint32_t u = 0, row = 0; u < d->units; u++) {
        uint32_t count = d->members / d->units + (u < d->members % d->units);
        d->unit_first[u] = row;
        d->unit_count[u] = count;
        for (uint32_t i = 0; i < count; i++, row++) {
            mid16 mid;
            stream_bytes(&d->chance, mid.bytes, sizeof mid);
            rehearsal_key(&d->c.rehearsal, &mid, 0, &d->member[row].key);
            d->member[row].unit = u;
        }
        qsort(&d->member[d->unit_first[u]], count, sizeof *d->member, compare_mids);
    }
}

int demo_found(struct demo *d, const char *seed)
{
    const struct civil start = {2026, 3, 2, 8, 0, 0};
    struct founding founding = {.origin = "rehearsal.invalid/demo",
                                .name = "The Demonstration",
                                .preset = "large-congress",
                                .seed = seed,
                                .clock = civil_to_unix(&start, 0)};
    stream_init(&d->chance, str_from(seed));
    hash32 rehearsal = sha256_of(str_from(seed));
    hex_encode(rehearsal.bytes, sizeof rehearsal, founding.rehearsal_seed);
    names_init(&d->names, &d->chance);
    STEPS(init_make(&d->c, d->c.cli, &founding, &d->chance));
    draw_members(d);
    STEPS(found_units(d));
    for (uint32_t u = 0; u < d->units; u++) STEPS(import_unit(d, u));
    for (uint32_t u = 0; u < d->units; u++)
        for (uint32_t i = 0; i < d->unit_count[u]; i += CODES_AT_ONCE) {
            uint32_t left = d->unit_count[u] - i;
            STEPS(
                issue_codes(d, d->unit_first[u] + i, left < CODES_AT_ONCE ? left : CODES_AT_ONCE));
        }
    return EXIT_STATUS_OK;
}

/* ---- keys ---- */

static int enrol_one(struct demo *d, const struct demo_member *member)
{
    struct secret_key enrol;
    enrol_key_of(d, member, &enrol);
    const char *device = client_hex(&d->c, member->key.device.bytes, 4);
    key32 key = secret_key_public(&member->key.secret);
    struct compose_key own = {{KEY_DEVICE, member->key.mid, member->key.device},
                              &member->key.secret};
    const char *body = client_text(&d->c, "{\"device\":\"%s\",\"key\":\"%s\"}", device,
                                   client_hex(&d->c, key.bytes, 32));
    struct compose enrolment = {
        .kind = STR("key.enrol"),
        .body = str_from(body),
        .by = member->key.mid,
        .key_count = 2,
        .key = {own, {{.role = KEY_ENROLMENT, .mid = member->key.mid}, &enrol}}};
    STEPS(client_submit(&d->c, &enrolment));
    demo_step(d);
    body = client_text(&d->c, "{\"device\":\"%s\"}", device);
    struct compose confirm = {.kind = STR("key.confirm"),
                              .body = str_from(body),
                              .by = member->key.mid,
                              .key_count = 2,
                              .key = {own, {{.role = KEY_NODE}, node_second_channel(d->c.node)}}};
    demo_step(d);
    return client_submit(&d->c, &confirm);
}

int demo_enrol(struct demo *d)
{
    STEPS(demo_wait(d, 7 * DAY));
    for (uint32_t row = 0; row < d->members; row++) STEPS(enrol_one(d, &d->member[row]));
    return EXIT_STATUS_OK;
}

int demo_play(struct demo *d, const char *seed)
{
    int (*const parts[])(struct demo *) = {demo_enrol, demo_elect_units, demo_confirm,
                                           demo_elect_executive};
    int status = demo_found(d, seed);
    for (size_t i = 0; i < COUNT(parts) && status == EXIT_STATUS_OK; i++) status = parts[i](d);
    if (status == EXIT_STATUS_OK) status = client_commit(&d->c);
    cli_progress(d->c.cli, "founding", d->steps_all, d->steps_all);
    return status;
}

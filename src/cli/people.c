#include "cli/people.h"

#include "base/json.h"
#include "core/record/commit.h"

struct slot {
    struct person person;
    bool is_read;
};

/* Openings are read when somebody is first asked for: most commands name a few of many thousands.
 */
struct people {
    const struct state *state;
    struct store *store;
    struct slot *slots;
    uint32_t count;
    struct arena arena;
};

static str text_of(const struct json *object, str key)
{
    const struct json *value = json_get(object, key);
    return value && value->type == JSON_STRING ? value->text : (str){"", 0};
}

static void read_data(const struct json *object, struct person *person)
{
    person->born = text_of(object, STR("born"));
    person->family = text_of(object, STR("family"));
    person->given = text_of(object, STR("given"));
    person->name = text_of(object, STR("name"));
    person->number = text_of(object, STR("number"));
}

static void read_contact(const struct json *object, struct person *person)
{
    person->address = text_of(object, STR("address"));
    person->email = text_of(object, STR("email"));
    person->phone = text_of(object, STR("phone"));
}

/* The document behind one commitment; NULL when it is not held or not readable. */
static const struct json *open_one(struct people *people, struct store *store,
                                   const hash32 *commitment)
{
    static const hash32 none;
    struct buf opening;
    str kept, text;
    const struct json *object = NULL;
    if (hash32_eq(commitment, &none)) return NULL;
    buf_init(&opening, alloc_libc, STORE_OPENING_MAX);
    bool held = store_disclosure_get(store, commitment, &opening, NULL, NULL) == CODE_OK &&
                arena_copy(&people->arena, buf_str(&opening), &kept) &&
                commit_opens(commitment, kept, &text);
    if (held && json_parse(text, JSON_LINE_MAX, &people->arena, &object, NULL) != CODE_OK)
        object = NULL;
    buf_done(&opening);
    return object;
}

enum code people_open(const struct state *s, struct store *store, struct people **ret,
                      struct fail *fail)
{
    struct people *people = alloc_libc.take(alloc_libc.self, sizeof *people);
    if (!people) return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    *people = (struct people){.state = s, .store = store, .count = s->member.count};
    arena_init(&people->arena, alloc_libc, (size_t)4 << 30);
    people->slots = ARENA_ARRAY(&people->arena, (size_t)people->count + 1, struct slot);
    if (!people->slots) {
        people_close(people);
        return fail_set(fail, CODE_NO_MEMORY, "memory", "no memory");
    }
    *ret = people;
    return CODE_OK;
}

void people_close(struct people *people)
{
    if (!people) return;
    arena_done(&people->arena);
    alloc_libc.give(alloc_libc.self, people);
}

const struct person *people_at(struct people *people, uint32_t member_row)
{
    static const struct person nobody = {{"", 0}, {"", 0}, {"", 0}, {"", 0},
                                         {"", 0}, {"", 0}, {"", 0}, {"", 0}};
    if (member_row >= people->count) return &nobody;
    struct slot *slot = &people->slots[member_row];
    if (slot->is_read) return &slot->person;
    const struct member_row *member = state_member(people->state, member_row);
    read_data(open_one(people, people->store, &member->data), &slot->person);
    read_contact(open_one(people, people->store, &member->contact), &slot->person);
    slot->is_read = true;
    return &slot->person;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_text(str a, str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i])) return false;
    return true;
}

void people_read(struct people *people, const hash32 *data, const hash32 *contact,
                 struct person *ret)
{
    *ret = (struct person){{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
    read_data(open_one(people, people->store, data), ret);
    read_contact(open_one(people, people->store, contact), ret);
}

/* ---- finding: one pass over the openings as they lie in the store is many times quicker than one
 * look-up each ---- */

struct hits {
    struct arena *arena;
    str typed;
    hash32 *at; /* ascending, as the store lists them */
    size_t count, room;
};

/* Letters without case, as same_text compares them. */
static bool contains(str text, str part)
{
    for (size_t at = 0; at + part.len <= text.len; at++)
        if (lower(text.at[at]) == lower(part.at[0]) && same_text(str_sub(text, at, part.len), part))
            return true;
    return false;
}

static enum code note_hit(void *context, const struct store_disclosure *disclosure)
{
    struct hits *hits = context;
    if (!contains(disclosure->opening, hits->typed)) return CODE_OK;
    if (hits->count == hits->room) {
        size_t room = hits->room ? hits->room * 2 : 64, size = sizeof *hits->at;
        void *grown = arena_resize(hits->arena, hits->at, hits->room * size, room * size);
        if (!grown) return CODE_NO_MEMORY;
        hits->at = grown;
        hits->room = room;
    }
    hits->at[hits->count++] = disclosure->commitment;
    return CODE_OK;
}

static int compare_hashes(const void *a, const void *b)
{
    return hash32_cmp(a, b);
}

/* Is this worth opening? What JSON would spell otherwise is looked for everywhere. */
static bool may_match(const struct hits *hits, const hash32 *data)
{
    return !hits->typed.len ||
           (hits->count && bsearch(data, hits->at, hits->count, sizeof *hits->at, compare_hashes));
}

uint32_t people_find(struct people *people, str typed, uint32_t *ret)
{
    uint32_t found = 0;
    bool plain = str_find(typed, '"') == typed.len && str_find(typed, '\\') == typed.len;
    struct hits hits = {.arena = &people->arena, .typed = plain ? typed : STR("")};
    if (plain && typed.len &&
        store_disclosure_list(people->store, note_hit, &hits, NULL) != CODE_OK)
        hits.typed = STR("");
    for (uint32_t row = 0; row < people->count && typed.len; row++) {
        if (!may_match(&hits, &state_member(people->state, row)->data)) continue;
        const struct person *person = people_at(people, row);
        if (!str_eq(person->number, typed) && !same_text(person->name, typed)) continue;
        if (found++ == 0) *ret = row;
    }
    return found;
}

static void add(struct json_writer *w, str key, str value)
{
    if (value.len) json_kv_str(w, key, value);
}

void person_data_write(const struct person *person, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    add(&w, STR("born"), person->born);
    add(&w, STR("family"), person->family);
    add(&w, STR("given"), person->given);
    add(&w, STR("name"), person->name);
    add(&w, STR("number"), person->number);
    json_object_end(&w);
}

void person_contact_write(const struct person *person, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_object(&w);
    add(&w, STR("address"), person->address);
    add(&w, STR("email"), person->email);
    add(&w, STR("phone"), person->phone);
    json_object_end(&w);
}

#include "cli/people.h"

#include "base/json.h"
#include "core/record/commit.h"

struct slot {
    struct person person;
    bool is_read;
};

/* Openings are read when somebody is first asked for: most commands name a few of many thousands. */
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
static const struct json *open_one(struct people *people, struct store *store, const hash32 *commitment)
{
    static const hash32 none;
    struct buf opening;
    str kept, text;
    const struct json *object = NULL;
    if (hash32_eq(commitment, &none)) return NULL;
    buf_init(&opening, alloc_libc, STORE_OPENING_MAX);
    bool held = store_disclosure_get(store, commitment, &opening, NULL, NULL) == CODE_OK &&
                arena_copy(&people->arena, buf_str(&opening), &kept) && commit_opens(commitment, kept, &text);
    if (held && json_parse(text, JSON_LINE_MAX, &people->arena, &object, NULL) != CODE_OK) object = NULL;
    buf_done(&opening);
    return object;
}

enum code people_open(const struct state *s, struct store *store, struct people **ret, struct fail *fail)
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
    static const struct person nobody = {{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
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

void people_read(struct people *people, const hash32 *data, const hash32 *contact, struct person *ret)
{
    *ret = (struct person){{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
    read_data(open_one(people, people->store, data), ret);
    read_contact(open_one(people, people->store, contact), ret);
}

uint32_t people_find(struct people *people, str typed, uint32_t *ret)
{
    uint32_t found = 0;
    for (uint32_t row = 0; row < people->count && typed.len; row++) {
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

#include "core/record/leaf.h"

#include "core/record/texts.h"

static const str LEAF_TYPE = {"plenary.leaf/v1", 15};

enum leaf_vis leaf_vis_of(str kind)
{
    static const char *const prefixes[] = {"org.",     "bylaws.", "unit.",    "council.",
                                           "trustee.", "office.", "decision."};
    static const char *const kinds[] = {"roll.freeze", "book.publish", "election.call",
                                        "session.convene", "tick"};
    for (size_t i = 0; i < COUNT(prefixes); i++)
        if (str_starts(kind, str_from(prefixes[i]))) return LEAF_PUBLIC;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(kind, str_from(kinds[i]))) return LEAF_PUBLIC;
    return LEAF_MEMBERS;
}

str leaf_vis_name(enum leaf_vis vis)
{
    switch (vis) {
    case LEAF_MEMBERS: return STR("members");
    case LEAF_PUBLIC: return STR("public");
    }
    return STR("");
}

void leaf_write(struct buf *out, const struct leaf *leaf)
{
    struct json_writer w;
    buf_add(out, LEAF_TYPE);
    buf_add_byte(out, '\n');
    json_writer_init(&w, out);
    json_object(&w);
    json_kv_u64(&w, STR("at"), (uint64_t)leaf->at);
    json_kv_base64(&w, STR("hash"), leaf->hash.bytes, sizeof leaf->hash.bytes);
    json_kv_str(&w, STR("kind"), leaf->kind);
    json_kv_str(&w, STR("vis"), leaf_vis_name(leaf->vis));
    json_object_end(&w);
    buf_add_byte(out, '\n');
}

static enum leaf_vis read_vis(struct fields *f)
{
    str name = fields_str(f, STR("vis"), 16);
    if (str_eq(name, STR("public"))) return LEAF_PUBLIC;
    if (!str_eq(name, STR("members"))) fields_fail(f, "expected vis \"members\" or \"public\"");
    return LEAF_MEMBERS;
}

enum code leaf_decode(str text, struct arena *arena, struct leaf *ret, struct fail *fail)
{
    if (text.len > LEAF_MAX)
        return fail_set(fail, CODE_TOO_BIG, "size", "expected a leaf of at most %d bytes",
                        LEAF_MAX);
    const struct json *object = NULL;
    TRY(text_open(text, LEAF_TYPE, arena, &object, fail));
    struct fields f = fields_of(object);
    struct leaf leaf;
    leaf.at = (unix_s)fields_u64(&f, STR("at"));
    fields_base64(&f, STR("hash"), leaf.hash.bytes, sizeof leaf.hash.bytes);
    leaf.kind = fields_str(&f, STR("kind"), KIND_MAX);
    leaf.vis = read_vis(&f);
    if (!kind_valid(leaf.kind)) fields_fail(&f, "expected a kind like motion.table");
    TRY(fields_end(&f, fail));
    *ret = leaf;
    return CODE_OK;
}

/* docs_test.c - tables in docs/ that repeat what the program knows: acts, articles, parameters. The
 * test compares them; `docs_test --write` puts the program's tables into the documents. */
#include "base/buf.h"
#include "check.h"
#include "core/institutions/bylaws.h"
#include "core/record/leaf.h"
#include "core/step.h"
#include "prove/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAX = 1 << 20 };

static const char *signers_text(enum signers signers)
{
    switch (signers) {
    case SIGNERS_MEMBER: return "a device of the member";
    case SIGNERS_FOUND: return "the first device";
    case SIGNERS_ENROL: return "enrolment key and new device";
    case SIGNERS_NODE: return "node and a device of the member";
    case SIGNERS_ADD: return "an older device and the new one";
    case SIGNERS_NEW: return "the new device";
    }
    return "?";
}

static void write_acts(struct buf *out)
{
    buf_add_cstr(out, "| kind | signed by | tellers may attest | read by | since rules |\n"
                      "|---|---|---|---|---|\n");
    const struct act_kind *kind;
    for (size_t i = 0; (kind = step_kind_at(i)); i++)
        buf_printf(out, "| `%.*s` | %s | %s | %s | %u |\n", STR_ARG(kind->name),
                   signers_text(kind->signers), kind->attestable ? "yes" : "no",
                   kind->is_public ? "everybody" : "members", kind->since);
}

static void write_articles(struct buf *out)
{
    buf_add_cstr(out, "| article | rule |\n|---|---|\n");
    for (enum article article = ARTICLE_NONE + 1; article < ARTICLE_COUNT; article++) {
        str name = article_name(article), sentence = article_sentence(article);
        buf_printf(out, "| `%.*s` | %.*s |\n", STR_ARG(name), STR_ARG(sentence));
    }
}

static void write_bound(struct buf *out, enum bylaw_type type, uint64_t value)
{
    enum { HOUR = 3600, DAY = 86400 };
    buf_add_cstr(out, " | ");
    switch (type) {
    case BYLAW_SECONDS:
        buf_add_u64(out, value % DAY == 0 ? value / DAY : value / HOUR);
        buf_add_cstr(out, value % DAY == 0 ? " d" : " h");
        CHECK(value % HOUR == 0, "%llu s are no whole hours", (unsigned long long)value);
        break;
    case BYLAW_PERCENT: buf_printf(out, "%llu %%", (unsigned long long)value); break;
    case BYLAW_COUNT: buf_add_u64(out, value); break;
    case BYLAW_SWITCH: buf_add_cstr(out, value ? "1 (yes)" : "0 (no)"); break;
    case BYLAW_RULE: buf_add_cstr(out, "a rule"); break;
    }
}

static void write_parameters(struct buf *out)
{
    buf_add_cstr(out, "| parameter | meaning | least | most | default | entrenched |\n"
                      "|---|---|---|---|---|---|\n");
    const struct bylaw_parameter *parameter;
    for (size_t i = 0; (parameter = bylaw_parameter_at(i)); i++) {
        buf_printf(out, "| `%.*s` | %.*s", STR_ARG(parameter->name), STR_ARG(parameter->sentence));
        write_bound(out, parameter->type, parameter->least);
        write_bound(out, parameter->type, parameter->most);
        write_bound(out, parameter->type, parameter->normal);
        buf_printf(out, " | %s |\n", parameter->entrenched ? "yes" : "");
    }
}

static void write_attempts(struct buf *out)
{
    const struct attempt *attempt;
    buf_add_cstr(out, "| attempt | what is tried | outcome | guard |\n|---|---|---|---|\n");
    for (size_t i = 0; (attempt = attempt_at(i)); i++) {
        str guard = guard_name(attempt->guard);
        buf_printf(out, "| `%s` | %s | ", attempt->name, attempt->tries);
        switch (attempt->expected) {
        case ATTEMPT_REFUSED: buf_add_cstr(out, "refused"); break;
        case ATTEMPT_DETECTED: buf_printf(out, "detected: %s", attempt->then); break;
        case ATTEMPT_SURVIVED: buf_printf(out, "survived: %s", attempt->then); break;
        case ATTEMPT_SUCCEEDED:
        case ATTEMPT_UNCLEAR: CHECK(false, "%s: an outcome that nobody may expect", attempt->name);
        }
        buf_printf(out, " | `%.*s` |\n", STR_ARG(guard));
    }
}

static const struct {
    const char *document, *name;
    void (*write)(struct buf *out);
} tables[] = {
    {"docs/acts.md", "acts", write_acts},
    {"docs/articles.md", "articles", write_articles},
    {"docs/bylaws.md", "parameters", write_parameters},
    {"docs/threat-model.md", "attempts", write_attempts},
};

static void path_of(const char *document, char ret[4096])
{
    const char *root = getenv("PLENARY_ROOT");
    (void)snprintf(ret, 4096, "%s/%s", root ? root : ".", document);
}

/* The document with the table between its two markers replaced; false when a marker is missing. */
static bool with_table(str document, const char *name, str table, struct buf *out)
{
    char from[64], to[64];
    (void)snprintf(from, sizeof from, "<!-- table: %s -->\n", name);
    (void)snprintf(to, sizeof to, "<!-- end: %s -->\n", name);
    const char *begin = strstr(document.at, from), *end = strstr(document.at, to);
    if (!begin || !end || end < begin) return false;
    begin += strlen(from);
    buf_add_bytes(out, document.at, (size_t)(begin - document.at));
    buf_add(out, table);
    buf_add_cstr(out, end);
    return true;
}

static void check_table(size_t i, bool write)
{
    char path[4096];
    path_of(tables[i].document, path);
    size_t len = 0;
    char *document = check_read_file(path, &len);
    if (!CHECK(document != NULL, "cannot read %s", path)) return;
    struct buf table, wanted;
    buf_init(&table, alloc_libc, DOCUMENT_MAX);
    buf_init(&wanted, alloc_libc, DOCUMENT_MAX);
    tables[i].write(&table);
    bool marked = with_table((str){document, len}, tables[i].name, buf_str(&table), &wanted);
    CHECK(marked, "%s has no markers around its table", path);
    CHECK(buf_check(&wanted) == CODE_OK && buf_check(&table) == CODE_OK, "%s is too long", path);
    bool same = str_eq(buf_str(&wanted), (str){document, len});
    if (write && marked && !same) {
        FILE *file = fopen(path, "wb");
        CHECK(file && fwrite(wanted.at, 1, wanted.len, file) == wanted.len, "writing %s", path);
        if (file && fclose(file) == 0) same = true;
    }
    CHECK(same, "%s differs from the program; run docs_test --write and read the change", path);
    buf_done(&table);
    buf_done(&wanted);
    free(document);
}

/* docs/record-format.md section 4 gives the readers by the name of the kind. */
static void check_readers(void)
{
    const struct act_kind *kind;
    for (size_t i = 0; (kind = step_kind_at(i)); i++)
        CHECK(kind->is_public == (leaf_vis_of(kind->name) == LEAF_PUBLIC), "readers of %.*s",
              STR_ARG(kind->name));
}

/* The envelope knows who signs by the name of the kind, before any body is read; the organs say it
 * again for binding the keys. A kind entered in one of the two alone would be refused by everybody.
 */
static enum act_signers signers_in_envelope(enum signers signers)
{
    switch (signers) {
    case SIGNERS_ENROL: return ACT_BY_ENROLMENT;
    case SIGNERS_NODE: return ACT_BY_NODE;
    case SIGNERS_ADD: return ACT_BY_TWO_DEVICES;
    case SIGNERS_FOUND:
    case SIGNERS_MEMBER:
    case SIGNERS_NEW: break;
    }
    return ACT_BY_DEVICE;
}

static void check_signers(void)
{
    const struct act_kind *kind;
    for (size_t i = 0; (kind = step_kind_at(i)); i++)
        CHECK(act_signers_of(kind->name) == signers_in_envelope(kind->signers), "signers of %.*s",
              STR_ARG(kind->name));
}

int main(int argc, char **argv)
{
    bool write = argc == 2 && strcmp(argv[1], "--write") == 0;
    for (size_t i = 0; i < COUNT(tables); i++) check_table(i, write);
    check_readers();
    check_signers();
    return check_done();
}

/* Bylaws: what the linter says of every parameter's bounds and of times that do not fit; who adopts
 * them, and which signatures still count. */
#include "branch.h"

#include "core/institutions/bylaws.h"
#include "core/institutions/org.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *document(struct world *w, const char *parameters)
{
    return world_text(
        w, "{\"name\":\"World\",\"parameters\":{%s},\"preset\":\"branch\",\"version\":1}",
        parameters);
}

static const struct bylaw_finding *finding(const struct bylaws_report *report, str parameter,
                                           const char *words)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (str_eq(report->finding[i].parameter, parameter) &&
            strstr(report->finding[i].message, words))
            return &report->finding[i];
    return NULL;
}

static struct bylaws_report lint(struct world *w, const char *parameters)
{
    struct bylaws_report report = {0};
    struct fail fail = {0};
    enum code code = bylaws_lint(str_from(document(w, parameters)), &w->arena, &report, &fail);
    CHECK(code == CODE_OK, "%s: %s %s", parameters, code_name(code), fail.message);
    return report;
}

static void check_bound(struct world *w, const struct bylaw_parameter *p, uint64_t value,
                        bool inside)
{
    struct bylaws_report report =
        lint(w, world_text(w, "\"%.*s\":%llu", STR_ARG(p->name), (unsigned long long)value));
    const struct bylaw_finding *found = finding(&report, p->name, "expected");
    CHECK((found == NULL) == inside, "%.*s = %llu", STR_ARG(p->name), (unsigned long long)value);
    CHECK(inside || (report.errors && found->severity == BYLAW_ERROR), "%.*s: an error",
          STR_ARG(p->name));
    if (!inside)
        CHECK(p->entrenched == !!strstr(found->message, "entrenched"), "%.*s: says why",
              STR_ARG(p->name));
    const char *text =
        document(w, world_text(w, "\"%.*s\":%llu", STR_ARG(p->name), (unsigned long long)value));
    CHECK(inside || !bylaws_acceptable(str_from(text), 1, &w->arena), "%.*s: not to be adopted",
          STR_ARG(p->name));
}

static void test_bounds(struct world *w)
{
    size_t count = 0;
    for (; bylaw_parameter_at(count); count++) {
        const struct bylaw_parameter *p = bylaw_parameter_at(count),
                                     *last = count ? bylaw_parameter_at(count - 1) : NULL;
        CHECK(!last || str_cmp(last->name, p->name) < 0, "%.*s in order", STR_ARG(p->name));
        if (p->type == BYLAW_RULE) continue;
        CHECK(p->least <= p->normal && p->normal <= p->most, "%.*s: a default within bounds",
              STR_ARG(p->name));
        check_bound(w, p, p->least, true);
        check_bound(w, p, p->most, true);
        check_bound(w, p, p->most + 1, false);
        check_bound(w, p, RECORD_INT_MAX, false);
        if (p->least) check_bound(w, p, p->least - 1, false);
    }
    CHECK(count > 25, "%zu parameters", count);
}

static void test_conflicts(struct world *w)
{
    static const struct {
        const char *name, *parameters, *parameter, *words;
        enum bylaw_severity severity;
    } rows[] = {
        {"seats stand empty", "\"call_lead_seconds\":86400", "call_lead_seconds",
         "seats would stand empty", BYLAW_ERROR},
        {"a term too short", "\"call_lead_seconds\":5184000,\"term_seconds\":5184000",
         "term_seconds", "before the term", BYLAW_ERROR},
        {"no vote", "\"attested_allowed\":0,\"open_allowed\":0,\"paper_allowed\":0", "open_allowed",
         "no way", BYLAW_ERROR},
        {"no renewal", "\"open_allowed\":0", "open_allowed", "not renewed", BYLAW_WARNING},
        {"silence", "\"request_silence_admits\":0", "request_silence_admits", "not answering",
         BYLAW_NOTE},
        {"an hour", "\"ballot_seconds\":3600", "ballot_seconds", "shifts", BYLAW_NOTE},
        {"for life", "\"term_limit\":0", "term_limit", "again", BYLAW_NOTE},
        {"far", "\"removes_max\":3", "removes_max", "two elections away", BYLAW_NOTE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bylaws_report report = lint(w, rows[i].parameters);
        const struct bylaw_finding *found =
            finding(&report, str_from(rows[i].parameter), rows[i].words);
        CHECK(found && found->severity == rows[i].severity, "%s", rows[i].name);
        CHECK((report.errors > 0) == (rows[i].severity == BYLAW_ERROR), "%s: %u errors",
              rows[i].name, report.errors);
        bool fit = bylaws_acceptable(str_from(document(w, rows[i].parameters)), 1, &w->arena);
        CHECK(fit == (report.errors == 0), "%s: adopted or not", rows[i].name);
    }
    struct bylaws_report fits = lint(w, "\"call_lead_seconds\":5184000,\"term_seconds\":5184001");
    CHECK(fits.errors == 0, "a second longer fits");
}

static void test_form(struct world *w)
{
    static const char *const bad[] = {
        "{\"name\":\"\",\"parameters\":{},\"preset\":\"x\",\"version\":1}",
        "{\"name\":\"W\",\"parameters\":{},\"preset\":\"x\",\"version\":2}",
        "{\"name\":\"W\",\"parameters\":{},\"preset\":\"x\"}",
        "{\"name\":\"W\",\"parameters\":{\"unknown_thing\":1},\"preset\":\"x\",\"version\":1}",
        "{\"name\":\"W\",\"parameters\":{\"default_rule\":\"lot\"},\"preset\":\"x\",\"version\":1}",
        "{\"name\":\"W\",\"parameters\":{\"term_limit\":\"2\"},\"preset\":\"x\",\"version\":1}",
        "{\"extra\":1,\"name\":\"W\",\"parameters\":{},\"preset\":\"x\",\"version\":1}",
        "{}",
        "",
    };
    struct bylaws_report report;
    struct bylaws read;
    str name;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct fail fail = {0};
        CHECK(bylaws_lint(str_from(bad[i]), &w->arena, &report, &fail) == CODE_MALFORMED, "%s",
              bad[i]);
        CHECK(bylaws_read(str_from(bad[i]), &w->arena, &read, &name, NULL) == CODE_MALFORMED, "%s",
              bad[i]);
        CHECK(!bylaws_acceptable(str_from(bad[i]), 1, &w->arena), "%s", bad[i]);
        CHECK(i != 3 || strstr(fail.message, "unknown_thing"), "an unknown parameter is named: %s",
              fail.message);
    }
}

/* The parameters of a preset as one line. */
static char *preset_parameters(const char *id)
{
    char path[512];
    const char *root = getenv("PLENARY_ROOT");
    size_t len;
    (void)snprintf(path, sizeof path, "%s/data/presets/%s.json", root ? root : ".", id);
    char *text = check_read_file(path, &len);
    char *from = text ? strstr(text, "\"parameters\":{") : NULL, *out = text;
    if (!CHECK(from, "%s", path)) return text;
    for (from += strlen("\"parameters\":{"); *from && *from != '}'; from++)
        if (!isspace((unsigned char)*from)) *out++ = *from;
    *out = 0;
    return text;
}

static void test_presets(struct world *w)
{
    static const char *const ids[] = {"association", "branch", "co-op-federation", "large-congress",
                                      "union"};
    for (size_t i = 0; i < COUNT(ids); i++) {
        char *parameters = preset_parameters(ids[i]);
        if (!parameters) continue;
        CHECK(strlen(parameters) > 20, "%s: read", ids[i]);
        struct bylaws_report report = lint(w, parameters);
        for (uint32_t k = 0; k < report.count; k++)
            CHECK(report.finding[k].severity != BYLAW_ERROR, "%s: %s", ids[i],
                  report.finding[k].message);
        free(parameters);
    }
}

/* ---- adoption ---- */

static const char *bylaws(struct world *w, unsigned limit)
{
    const char *text = document(
        w, world_text(w,
                      "\"ballot_seconds\":3600,\"call_lead_seconds\":86400,\"keying_seconds\":3600,"
                      "\"nominate_seconds\":3600,\"objection_seconds\":3600,"
                      "\"prepare_seconds\":0,\"term_limit\":%u,\"term_seconds\":2592000",
                      limit));
    return world_text(w, "{\"bylaws\":\"%s\"}", world_blob(w, str_from(text)));
}

static void sign(struct world *w, size_t who, const char *body, enum article expected,
                 const char *name)
{
    branch_do(w, &(struct trial){name, who, "bylaws.adopt", body, expected});
}

struct town {
    struct world w;
    struct branch unit[4];
    uint32_t seat[4];
    const char *council;
};

static void town_make(struct town *t)
{
    struct world *w = &t->w;
    const char *units[4];
    world_init(w, "town");
    world_found(w, NULL);
    for (size_t i = 0; i < 4; i++) {
        t->unit[i] = branch_make(w, world_text(w, "Unit %zu", i), 4);
        units[i] = t->unit[i].id;
    }
    t->council = branch_council(w, "Town", units, 4);
    (void)branch_council(w, "Side", units, 2);
    for (uint32_t i = 0; i < 4; i++)
        t->seat[i] = branch_seat(w, t->council, i, t->unit[i].first + 3);
}

static void confirm_all(struct town *t)
{
    for (size_t i = 0; i < 4; i++) branch_confirm(&t->w, &t->unit[i]);
    CHECK(t->w.state.org.confirmed, "founded and confirmed");
}

static bool in_force(const struct world *w, uint32_t limit)
{
    return w->state.bylaws.term_limit == limit;
}

static void test_founder(struct town *t)
{
    struct world *w = &t->w;
    const char *conflict = world_blob(w, str_from(document(w, "\"call_lead_seconds\":86400")));
    sign(w, 0, world_text(w, "{\"bylaws\":\"%s\"}", conflict), ARTICLE_BYLAWS,
         "bylaws the linter refuses");
    sign(w, 0, world_text(w, "{\"bylaws\":\"%s\"}", world_hex(w, (uint8_t[32]){1}, 32)),
         ARTICLE_BLOB, "nobody holds them");
    sign(w, 0, bylaws(w, 9), ARTICLE_NONE, "the founder, while founding");
    CHECK(in_force(w, 9), "at once");
    sign(w, 0, bylaws(w, 9), ARTICLE_ONCE, "those in force");
    sign(w, t->unit[0].first, bylaws(w, 1), ARTICLE_ADOPT, "a member without a seat");
    CHECK(branch_member(w, 0) == w->state.org.founder_row, "founder");
}

static void test_majority(struct town *t)
{
    struct world *w = &t->w;
    size_t d[4];
    for (size_t i = 0; i < 4; i++) d[i] = t->unit[i].first + 3;
    CHECK(w->state.bylaws.adopt_percent == 66, "more than 66 of a hundred: three of four");
    sign(w, 0, bylaws(w, 1), ARTICLE_ADOPT, "the founder afterwards");
    sign(w, d[0], bylaws(w, 1), ARTICLE_NONE, "one");
    sign(w, d[0], bylaws(w, 1), ARTICLE_ADOPT, "twice");
    sign(w, d[1], bylaws(w, 1), ARTICLE_NONE, "two");
    sign(w, d[2], bylaws(w, 2), ARTICLE_NONE, "one for others");
    CHECK(in_force(w, 9), "two of four are not enough");
    state_seat(&w->state, t->seat[1])->ended = (uint64_t)w->now;
    t->seat[1] = branch_seat(w, t->council, 1, t->unit[1].first + 2);
    sign(w, d[3], bylaws(w, 1), ARTICLE_NONE, "a third name, the second no longer a delegate");
    CHECK(in_force(w, 9), "does not count");
    state_seat(&w->state, t->seat[1])->ended = (uint64_t)w->now;
    t->seat[1] = branch_seat(w, t->council, 1, d[1]);
    CHECK(in_force(w, 9), "nor when elected again");
    sign(w, d[1], bylaws(w, 1), ARTICLE_NONE, "who signs again");
    CHECK(in_force(w, 1), "three of four");

    sign(w, d[0], bylaws(w, 2), ARTICLE_NONE, "one");
    sign(w, d[1], bylaws(w, 2), ARTICLE_NONE, "two");
    CHECK(in_force(w, 1), "the signature of before others came into force does not count");
    sign(w, d[2], bylaws(w, 2), ARTICLE_NONE, "three");
    CHECK(in_force(w, 2), "adopted");
    sign(w, d[0], bylaws(w, 1), ARTICLE_NONE, "back to the first");
    CHECK(in_force(w, 2), "one signature does not bring old bylaws back");
    state_seat(&w->state, t->seat[3])->ended = (uint64_t)w->now;
    sign(w, d[1], bylaws(w, 1), ARTICLE_NONE, "two of three, 66.7 of a hundred");
    CHECK(in_force(w, 1), "of those seated");
}

static void test_rules(struct town *t)
{
    struct world *w = &t->w;
    const struct trial trials[] = {
        {"a delegate", t->unit[0].first + 3, "engine.adopt", "{\"rules\":1}", ARTICLE_NONE},
        {"the founder", 0, "engine.adopt", "{\"rules\":1}", ARTICLE_ADOPT},
        {"a member", t->unit[0].first, "engine.adopt", "{\"rules\":1}", ARTICLE_ADOPT},
        {"a later one", t->unit[0].first + 3, "engine.adopt", "{\"rules\":2}", ARTICLE_RULES},
        {"none", t->unit[0].first + 3, "engine.adopt", "{\"rules\":0}", ARTICLE_RULES},
    };
    branch_try(w, trials, COUNT(trials));
    branch_do(w, &trials[0]);
    CHECK(w->state.org.rules == 1 && w->state.support.count > 0, "kept");
    branch_do(
        w, &(struct trial){"twice", trials[0].who, "engine.adopt", "{\"rules\":1}", ARTICLE_ADOPT});
    uint32_t kept = w->state.support.count;
    org_support_lapse(&w->state);
    CHECK(w->state.support.count == 1 && kept >= 1 && state_support(&w->state, 0)->is_rules,
          "bylaws do not end these");
}

int main(void)
{
    struct world w;
    world_init(&w, "bylaws");
    test_bounds(&w);
    test_conflicts(&w);
    test_form(&w);
    test_presets(&w);
    world_done(&w);
    struct town t;
    town_make(&t);
    test_founder(&t);
    confirm_all(&t);
    test_majority(&t);
    test_rules(&t);
    world_done(&t.w);
    return check_done();
}

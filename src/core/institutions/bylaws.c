#include "core/institutions/bylaws.h"

#include "core/count/count.h"
#include "core/institutions/org.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, WEEK = 7 * DAY, YEAR = 365 * DAY };

#define INTO(field) offsetof(struct bylaws, field), sizeof(((struct bylaws *)0)->field)
#define NOWHERE SIZE_MAX, 0
#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct bylaw_parameter parameters[] = {
    {NAME("adopt_percent"),
     NAME("Bylaws change when more than this share of the seated delegates sign."), BYLAW_PERCENT,
     50, 95, 66, true, INTO(adopt_percent)},
    {NAME("annul_persons"), NAME("Persons who settle an objection together."), BYLAW_COUNT, 2, 2, 2,
     true, NOWHERE},
    {NAME("attested_allowed"),
     NAME("Two tellers may attest a meeting or sign for a member without a device."), BYLAW_SWITCH,
     0, 1, 1, false, INTO(attest_allowed)},
    {NAME("ballot_seconds"), NAME("A ballot stays open at least this long."), BYLAW_SECONDS, HOUR,
     60 * DAY, 7 * DAY, false, INTO(ballot_time)},
    {NAME("call_electors"), NAME("So many electors call an election before it is due."),
     BYLAW_COUNT, 1, 100000, 10, false, INTO(call_electors)},
    {NAME("call_lead_seconds"), NAME("The clock calls an election this long before a term ends."),
     BYLAW_SECONDS, DAY, YEAR, 60 * DAY, false, INTO(call_lead)},
    {NAME("clock_calls_elections"),
     NAME("Elections open and close by the clock, without any officer."), BYLAW_SWITCH, 1, 1, 1,
     true, NOWHERE},
    {NAME("clock_gap_seconds"),
     NAME("A silence of the record longer than this is a gap; no deadline waits for it yet."),
     BYLAW_SECONDS, HOUR, 30 * DAY, 3 * DAY, false, INTO(clock_gap)},
    {NAME("confirm_percent"),
     NAME("The founding is confirmed when this share of the units with members has."),
     BYLAW_PERCENT, 50, 100, 100, true, INTO(confirm_percent)},
    {NAME("default_rule"), NAME("How elections that the clock calls are counted."), BYLAW_RULE, 0,
     0, COUNT_SCOTTISH_STV, false, INTO(rule)},
    {NAME("growth_percent"),
     NAME("A unit that grows faster between two freezes is flagged to everybody."), BYLAW_PERCENT,
     1, 100, 20, false, INTO(growth_percent)},
    {NAME("key_objection_seconds"), NAME("A sponsored key waits this long for an objection."),
     BYLAW_SECONDS, 14 * DAY, 90 * DAY, 14 * DAY, true, INTO(sponsor_time)},
    {NAME("keying_seconds"), NAME("Paper is keyed and adjudicated within this time after closing."),
     BYLAW_SECONDS, HOUR, 60 * DAY, 7 * DAY, false, INTO(key_time)},
    {NAME("nominate_seconds"), NAME("Nominations stay open at least this long."), BYLAW_SECONDS,
     HOUR, 90 * DAY, 14 * DAY, false, INTO(nominate_time)},
    {NAME("objection_seconds"), NAME("A result is provisional at least this long."), BYLAW_SECONDS,
     HOUR, 60 * DAY, 7 * DAY, false, INTO(objection_time)},
    {NAME("open_allowed"), NAME("Elections by ballots that members sign openly."), BYLAW_SWITCH, 0,
     1, 1, false, INTO(open_allowed)},
    {NAME("paper_allowed"), NAME("Elections by paper that tellers key twice."), BYLAW_SWITCH, 0, 1,
     1, false, INTO(paper_allowed)},
    {NAME("prepare_seconds"), NAME("Between the end of nominations and the opening of the ballot."),
     BYLAW_SECONDS, 0, 60 * DAY, DAY, false, INTO(prepare_time)},
    {NAME("proposal_seconds"),
     NAME("A proposal for a unit's roll waits this long for its second signature."), BYLAW_SECONDS,
     HOUR, YEAR, 30 * DAY, false, INTO(proposal_time)},
    {NAME("removes_max"), NAME("Elections that lie between a member and an office at most."),
     BYLAW_COUNT, 1, 9, 2, false, INTO(removes_max)},
    {NAME("request_seconds"), NAME("A request to join is answered within this time."),
     BYLAW_SECONDS, DAY, 180 * DAY, 30 * DAY, false, INTO(request_time)},
    {NAME("request_silence_admits"), NAME("Who gets no answer in time is admitted."), BYLAW_SWITCH,
     0, 1, 1, false, INTO(request_silence_admits)},
    {NAME("revoke_seconds"), NAME("A younger key ends an older one only after this time."),
     BYLAW_SECONDS, 72 * HOUR, 30 * DAY, 72 * HOUR, true, INTO(revoke_time)},
    {NAME("roll_signatures"), NAME("Elected persons of the unit who sign an admission or removal."),
     BYLAW_COUNT, 2, 2, 2, true, NOWHERE},
    {NAME("sponsor_limit"), NAME("Keys one member sponsors in a year at most."), BYLAW_COUNT, 1, 2,
     2, true, INTO(sponsor_limit)},
    {NAME("term_limit"), NAME("Terms in a row in one body, 0 = no limit."), BYLAW_COUNT, 0, 20, 0,
     false, INTO(term_limit)},
    {NAME("term_seconds"), NAME("A seat ends at the latest after this time."), BYLAW_SECONDS, WEEK,
     5 * YEAR, YEAR, false, INTO(term)},
    {NAME("typed_results"), NAME("Results entered by an officer."), BYLAW_SWITCH, 0, 0, 0, true,
     NOWHERE},
    {NAME("unopposed"), NAME("Candidates no more than seats are elected without a ballot."),
     BYLAW_SWITCH, 0, 1, 1, false, INTO(unopposed)},
};

const struct bylaw_parameter *bylaw_parameter_at(size_t i)
{
    return i < COUNT(parameters) ? &parameters[i] : NULL;
}

static void store(struct bylaws *bylaws, const struct bylaw_parameter *parameter, uint64_t value)
{
    if (parameter->offset == SIZE_MAX) return;
    char *field = (char *)bylaws + parameter->offset;
    uint32_t narrow = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    if (parameter->width == sizeof narrow)
        memcpy(field, &narrow, sizeof narrow);
    else
        memcpy(field, &value, sizeof value);
}

/* The value of one parameter as the document states it, or its default. */
static uint64_t read_parameter(struct fields *f, const struct bylaw_parameter *parameter)
{
    if (!fields_has(f, parameter->name)) return parameter->normal;
    if (parameter->type != BYLAW_RULE) return fields_u64(f, parameter->name);
    enum count_rule rule = COUNT_PLURALITY;
    str name = fields_str(f, parameter->name, 64);
    if (!f->bad && !(count_rule_by_name(name, &rule) && count_rule_for_elections(rule)))
        fields_fail(f, "expected the name of a counting rule for elections");
    return rule;
}

/* Reads all parameters into `values`, one per row of the table. */
static enum code read_values(str document, struct arena *arena, uint64_t *values, str *ret_name,
                             struct fail *fail)
{
    const struct json *object;
    TRY(json_parse(document, BYLAWS_MAX, arena, &object, fail));
    struct fields f = fields_of(object);
    str name = fields_str(&f, STR("name"), 200);
    const struct json *stated = fields_object(&f, STR("parameters"));
    (void)fields_str(&f, STR("preset"), 64);
    uint64_t version = fields_u64(&f, STR("version"));
    if (!f.bad && version != 1) fields_fail(&f, "expected version 1");
    TRY(fields_end(&f, fail));
    if (name.len == 0)
        return fail_set(fail, CODE_MALFORMED, "field",
                        "\"name\": expected the organisation's name");
    struct fields p = fields_of(stated);
    for (size_t i = 0; i < COUNT(parameters); i++) values[i] = read_parameter(&p, &parameters[i]);
    TRY(fields_end(&p, fail));
    *ret_name = name;
    return CODE_OK;
}

enum code bylaws_read(str document, struct arena *arena, struct bylaws *ret, str *ret_name,
                      struct fail *fail)
{
    uint64_t values[COUNT(parameters)];
    TRY(read_values(document, arena, values, ret_name, fail));
    *ret = (struct bylaws){.document = sha256_of(document)};
    for (size_t i = 0; i < COUNT(parameters); i++) store(ret, &parameters[i], values[i]);
    return CODE_OK;
}

PRINTF_LIKE(4, 5)
static void find(struct bylaws_report *report, enum bylaw_severity severity, str parameter,
                 const char *format, ...)
{
    if (severity == BYLAW_ERROR) report->errors++;
    if (report->count == BYLAWS_FINDINGS_MAX) return;
    struct bylaw_finding *finding = &report->finding[report->count++];
    finding->severity = severity;
    finding->parameter = parameter;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(finding->message, sizeof finding->message, format, args);
    va_end(args);
}

static void lint_bounds(const uint64_t *values, struct bylaws_report *report)
{
    for (size_t i = 0; i < COUNT(parameters); i++) {
        const struct bylaw_parameter *p = &parameters[i];
        if (p->type == BYLAW_RULE || (values[i] >= p->least && values[i] <= p->most)) continue;
        const char *why = p->entrenched ? "entrenched, no bylaws can change this: " : "";
        find(report, BYLAW_ERROR, p->name, "%sexpected %llu to %llu, found %llu", why,
             (unsigned long long)p->least, (unsigned long long)p->most,
             (unsigned long long)values[i]);
    }
}

static void lint_conflicts(const struct bylaws *b, struct bylaws_report *report)
{
    uint64_t whole =
        b->nominate_time + b->prepare_time + b->ballot_time + b->key_time + b->objection_time;
    if (b->call_lead < whole)
        find(report, BYLAW_ERROR, STR("call_lead_seconds"),
             "an election takes at least %llu s from call to final result, but is called only %llu "
             "s before the "
             "term ends: seats would stand empty",
             (unsigned long long)whole, (unsigned long long)b->call_lead);
    if (b->call_lead >= b->term)
        find(report, BYLAW_ERROR, STR("term_seconds"),
             "the next election would be called before the term begins");
    if (!b->open_allowed && !b->paper_allowed && !b->attest_allowed)
        find(report, BYLAW_ERROR, STR("open_allowed"), "no way of voting is left");
    if (!b->open_allowed)
        find(report, BYLAW_WARNING, STR("open_allowed"),
             "elections that the clock calls are open ones: without them a body is not renewed by "
             "itself");
    if (!b->request_silence_admits)
        find(report, BYLAW_NOTE, STR("request_silence_admits"),
             "officers can keep somebody out by not answering");
    if (b->ballot_time < DAY)
        find(report, BYLAW_NOTE, STR("ballot_seconds"),
             "members who work shifts may miss a ballot of under a day");
    if (b->term_limit == 0)
        find(report, BYLAW_NOTE, STR("term_limit"),
             "nothing limits how often one person is elected again");
    if (b->removes_max > 2)
        find(report, BYLAW_NOTE, STR("removes_max"),
             "offices may be more than two elections away from members");
}

enum code bylaws_lint(str document, struct arena *arena, struct bylaws_report *ret,
                      struct fail *fail)
{
    uint64_t values[COUNT(parameters)];
    str name;
    TRY(read_values(document, arena, values, &name, fail));
    struct bylaws bylaws = {0};
    for (size_t i = 0; i < COUNT(parameters); i++) store(&bylaws, &parameters[i], values[i]);
    *ret = (struct bylaws_report){0};
    lint_bounds(values, ret);
    if (ret->errors == 0) lint_conflicts(&bylaws, ret);
    return CODE_OK;
}

bool bylaws_acceptable(str document, uint32_t rules, struct arena *arena)
{
    (void)rules; /* version 1 is the only one so far */
    struct bylaws_report *report = ARENA_NEW(arena, struct bylaws_report);
    return report && bylaws_lint(document, arena, report, NULL) == CODE_OK && report->errors == 0;
}

enum code bylaws_adopt(struct state *s, const hash32 *document, const struct step *step)
{
    str text, name;
    if (!step->blobs->get(step->blobs->self, document, &text)) return CODE_INTERNAL;
    struct bylaws adopted;
    TRY(bylaws_read(text, step->arena, &adopted, &name, NULL));
    s->bylaws = adopted;
    org_support_lapse(s);
    return state_text_add(s, name, &s->org.name);
}

struct adopt_body {
    hash32 bylaws;
};

static enum code adopt_decode(struct step *step, struct fail *fail)
{
    struct adopt_body *body = ARENA_NEW(step->arena, struct adopt_body);
    if (!body) return CODE_NO_MEMORY;
    struct fields f = fields_of(step->act.body);
    fields_hex(&f, STR("bylaws"), body->bylaws.bytes, sizeof body->bylaws);
    step->body = body;
    step->names = &body->bylaws;
    step->name_count = 1;
    return fields_end(&f, fail);
}

static enum article adopt_decide(const struct state *s, const struct step *step)
{
    const struct adopt_body *body = step->body;
    str document;
    GUARD(s, step->blobs->get(step->blobs->self, &body->bylaws, &document), ARTICLE_BLOB);
    GUARD(s, bylaws_acceptable(document, s->org.rules, step->arena), ARTICLE_BYLAWS);
    GUARD(s, !hash32_eq(&body->bylaws, &s->bylaws.document), ARTICLE_ONCE);
    if (org_is_founding(s, step->by_row)) return ARTICLE_NONE;
    struct org_vote vote = {.what = body->bylaws};
    GUARD(s, org_may_support(s, &vote, step->by_row), ARTICLE_ADOPT);
    return ARTICLE_NONE;
}

static enum code adopt_apply(struct state *s, const struct step *step)
{
    const struct adopt_body *body = step->body;
    if (org_is_founding(s, step->by_row)) return bylaws_adopt(s, &body->bylaws, step);
    struct org_vote vote = {.what = body->bylaws};
    bool suffices = org_support_suffices(s, &vote, step->by_row);
    TRY(org_support_add(s, &vote, step->by_row));
    return suffices ? bylaws_adopt(s, &body->bylaws, step) : CODE_OK;
}

const struct act_kind bylaws_kinds[] = {
    {.name = NAME("bylaws.adopt"),
     .since = 1,
     .signers = SIGNERS_MEMBER,
     .is_public = true,
     .decode = adopt_decode,
     .decide = adopt_decide,
     .apply = adopt_apply},
};
const size_t bylaws_kind_count = COUNT(bylaws_kinds);

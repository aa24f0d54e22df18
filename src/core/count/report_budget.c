/* report_budget.c - what became of a participatory budget, as a document and in words. */
#include "core/count/count.h"
#include "core/count/report.h"

static void write_money(const struct count_result *result, uint64_t amount, struct buf *out)
{
    uint64_t unit = result->profile->cost_unit;
    buf_add_u64(out, amount / unit);
    if (amount % unit == 0) return;
    uint64_t part = amount % unit;
    buf_add_byte(out, '.');
    for (uint64_t place = unit / 10; place > 0; place /= 10) {
        if (part == 0) break;
        buf_add_byte(out, (uint8_t)('0' + part / place));
        part %= place;
    }
}

static void write_hundredths(uint64_t amount, struct buf *out)
{
    buf_add_u64(out, amount / 100);
    buf_printf(out, ".%02u", (unsigned)(amount % 100));
}

void count_project_explain(const struct count_result *result, uint32_t project, struct buf *out)
{
    const struct count_project *fate = &result->projects[project];
    uint64_t support = result->rounds[0].votes[project];
    buf_printf(out, "%llu supporters, cost ", (unsigned long long)support);
    write_money(result, result->profile->costs[project], out);
    if (result->rule == COUNT_GREEDY_BUDGET) {
        buf_add_cstr(out, fate->selected ? ": fitted when its turn came"
                                         : ": did not fit when its turn came");
    } else if (fate->bought) {
        buf_printf(out, ": bought, %llu supporters paid ", (unsigned long long)fate->paying);
        write_hundredths(fate->price, out);
        buf_add_cstr(out, fate->paying < support ? " each, the others all they had left" : " each");
    } else if (fate->selected) {
        buf_add_cstr(out, result->profile->costs[project]
                              ? ": added by the completion, it still fitted"
                              : ": free");
    } else {
        buf_add_cstr(out, ": not bought, its supporters together have ");
        write_hundredths(fate->left, out);
        buf_add_cstr(out, " left");
    }
}

static void write_explanation(struct json_writer *w, const struct count_result *result,
                              uint32_t project)
{
    enum { EXPLANATION_MAX = 400 };
    struct buf text;
    buf_init(&text, w->out->alloc, EXPLANATION_MAX);
    count_project_explain(result, project, &text);
    w->out->failed |= text.failed;
    json_kv_str(w, result->profile->ids[project], buf_str(&text));
    buf_done(&text);
}

static void write_cost(struct json_writer *w, const struct count_result *result)
{
    enum { COST_MAX = 40 };
    struct buf text;
    json_key(w, STR("cost"));
    if (result->cost % result->profile->cost_unit == 0) {
        json_u64(w, result->cost / result->profile->cost_unit);
        return;
    }
    buf_init(&text, w->out->alloc, COST_MAX);
    write_money(result, result->cost, &text);
    w->out->failed |= text.failed;
    json_str(w, buf_str(&text));
    buf_done(&text);
}

void count_budget_json(const struct count_result *result, struct buf *out)
{
    struct json_writer w;
    json_writer_init_free(&w, out);
    json_object(&w);
    json_kv_str(&w, STR("rule"), str_from(count_rule_name(result->rule)));
    json_kv_str(&w, STR("completion"), str_from(count_completion_name(result->completion)));
    json_key(&w, STR("selected"));
    json_array(&w);
    for (uint32_t i = 0; i < result->winners.count; i++)
        json_str(&w, result->profile->ids[result->winners.at[i]]);
    json_array_end(&w);
    write_cost(&w, result);
    json_key(&w, STR("explanations"));
    json_object(&w);
    for (uint32_t i = 0; i < result->candidates; i++) write_explanation(&w, result, i);
    json_object_end(&w);
    json_object_end(&w);
}

void count_explain_budget(const struct count_result *result, struct buf *out)
{
    if (result->profile->title.len) {
        buf_add(out, result->profile->title);
        buf_add_byte(out, '\n');
    }
    buf_printf(out, "%s (version %u, completion %s), %llu ballots: ", count_rule_name(result->rule),
               result->version, count_completion_name(result->completion),
               (unsigned long long)result->profile->ballots);
    write_money(result, result->cost, out);
    buf_add_cstr(out, " of ");
    write_money(result, result->budget, out);
    buf_printf(out, " for %u of %u projects\n", result->winners.count, result->candidates);
    for (int selected = 1; selected >= 0; selected--)
        for (uint32_t i = 0; i < result->candidates; i++) {
            if (result->projects[i].selected != (selected == 1)) continue;
            buf_add_cstr(out, selected ? "  + " : "  - ");
            buf_add(out, result->profile->names[i]);
            buf_add_cstr(out, ": ");
            count_project_explain(result, i, out);
            buf_add_byte(out, '\n');
        }
}

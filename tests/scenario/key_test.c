/* Founding and the life of keys: what the founder may do, codes, enrolment, further devices, loss. */
#include "world.h"

static void test_founding(void)
{
    struct world w;
    world_init(&w, "founding");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":1}") == ARTICLE_COUNT,
          "before founding there is no origin to sign for");
    world_found(&w, NULL);
    CHECK(state_size(&w.state) == 1 && !w.state.org.confirmed, "founded, not confirmed");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":2}") == ARTICLE_RULES, "rules nobody knows");
    CHECK(world_act(&w, 0, "engine.adopt", "{\"rules\":1}") == ARTICLE_NONE, "the founder may, while founding");
    CHECK(world_act(&w, 0, "no.such_kind", "{}") == ARTICLE_COUNT && w.code == CODE_MALFORMED, "closed list of kinds");
    world_done(&w);
}

static void test_envelope_guards(void)
{
    struct world w;
    world_init(&w, "envelope");
    world_found(&w, NULL);
    struct compose late = {.kind = STR("engine.adopt"), .body = STR("{\"rules\":1}"), .by = w.member[0].mid,
                           .key_count = 1, .key = {{{KEY_DEVICE, w.member[0].mid, w.member[0].device}, &w.member[0].key}}};
    struct compose early = late, again = late;
    late.at = w.now - 24 * 3600 - 1;
    CHECK(world_submit(&w, &late) == ARTICLE_TIME, "older than a day");
    early.at = w.now + 5 * 60 + 1;
    CHECK(world_submit(&w, &early) == ARTICLE_TIME, "from the future");
    CHECK(world_submit(&w, &again) == ARTICLE_NONE, "in time");
    struct fold_outcome outcome;
    CHECK(fold_submit(&w.fold, buf_str(&w.note), w.now, &outcome, NULL) == CODE_OK && outcome.is_known &&
          outcome.index == 1, "the same act again gives its old index");
    world_done(&w);
}

int main(void)
{
    test_founding();
    test_envelope_guards();
    return check_done();
}

/* story.h - a small organisation from founding to its third election, kept as a log, and beside it
 * acts that were composed and truly signed on the way although the rules refuse them. */
#ifndef PLENARY_TESTS_STORY_H
#define PLENARY_TESTS_STORY_H
#include "elections.h"
#include "logbook.h"

enum { FORGERIES_MAX = 20000 };
enum forgery_class { FORGED_ACT, FORGED_RESULT, FORGED_RULES };

/* An act that could stand behind the first `after` entries, had the rules not been. */
struct forgery {
    enum forgery_class class;
    size_t after;
    str leaf, stored;
    enum article article; /* that refuses it; ARTICLE_NONE: a plain defect */
};

struct story {
    struct world w;
    struct logbook book;
    struct forgery *forgery;
    size_t forgery_count;
    struct stream chance; /* for what is forged */
    struct contest open, paper, attested;
    size_t members;
    struct refusal_sample {
        bool taken;
        uint64_t size;
        hash32 root;
        unix_s at;
        str stored;
        enum article article;
    } refused; /* one act that was refused, as a node would say it */
};

/* Tells it; every step is checked. Three elections: open, on paper, and of a meeting. */
void story_tell(struct story *story);
void story_done(struct story *story);
/* A composed act of that member signed with their key, on the state as it stands; view in the
 * book's arena. */
str story_compose(struct story *story, size_t who, const char *kind, const char *body);
#endif

#include "core/article.h"

static const struct {
    str name, sentence;
} articles[ARTICLE_COUNT] = {{{"", 0}, {"", 0}},
#define ARTICLE_ROW(constant, name, sentence)                                                      \
    {{name, sizeof(name) - 1}, {sentence, sizeof(sentence) - 1}},
                             ARTICLES(ARTICLE_ROW)
#undef ARTICLE_ROW
};

str article_name(enum article article)
{
    return articles[article < ARTICLE_COUNT ? article : ARTICLE_NONE].name;
}

str article_sentence(enum article article)
{
    return articles[article < ARTICLE_COUNT ? article : ARTICLE_NONE].sentence;
}

enum article article_by_name(str name)
{
    for (unsigned i = 1; i < ARTICLE_COUNT; i++)
        if (str_eq(articles[i].name, name)) return (enum article)i;
    return ARTICLE_NONE;
}

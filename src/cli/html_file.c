#include "cli/html_file.h"

#include "base/text.h"

#include <inttypes.h>

void html_file_markup(struct html_file *file, str literal)
{
    if (file->failed) return;
    file->failed = fwrite(literal.at, 1, literal.len, file->out) != literal.len;
}

void html_file_number(struct html_file *file, uint64_t number)
{
    if (file->failed) return;
    file->failed = fprintf(file->out, "%" PRIu64, number) < 0;
}

static str escaped(uint32_t point)
{
    switch (point) {
    case '&': return STR("&amp;");
    case '<': return STR("&lt;");
    case '>': return STR("&gt;");
    case '"': return STR("&quot;");
    case '\'': return STR("&#39;");
    default: break;
    }
    bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
    return control ? STR("\xef\xbf\xbd") : STR("");
}

void html_file_text(struct html_file *file, str text)
{
    size_t at = 0;
    while (at < text.len) {
        str rest = str_sub(text, at, 4);
        if (utf8_check(rest) == 0) {
            html_file_markup(file, STR("\xef\xbf\xbd"));
            at++;
            continue;
        }
        size_t from = at;
        str instead = escaped(utf8_next(text, &at));
        html_file_markup(file, instead.len ? instead : str_sub(text, from, at - from));
    }
}

/* html_file.h - HTML streamed to a file: text is always escaped, markup can only be a string
 * literal. */
#ifndef PLENARY_CLI_HTML_FILE_H
#define PLENARY_CLI_HTML_FILE_H
#include "base/base.h"

#include <stdio.h>

struct html_file {
    FILE *out;   /* the caller's; neither closed nor flushed here */
    bool failed; /* sticky: a write did not succeed */
};

/* Markup written in our source. Anything but a literal does not compile. */
#define HTML(file, literal) html_file_markup((file), STR(literal))
/* Text for element content and for attribute values in double quotes: & < > " ' escaped, control
 * characters and ill-formed UTF-8 replaced by U+FFFD. */
void html_file_text(struct html_file *file, str text);
void html_file_number(struct html_file *file, uint64_t number);
/* Use HTML(). */
void html_file_markup(struct html_file *file, str literal);
#endif

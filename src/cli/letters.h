/* letters.h - membership codes on paper: a printable page for each member, or a table for mail
 * merge. What is written here is the voting secret of each member: the caller opens the file with
 * mode 0600 and deletes it after printing. Streams, so that 200,000 letters need no memory. */
#ifndef PLENARY_CLI_LETTERS_H
#define PLENARY_CLI_LETTERS_H
#include "cli/html_file.h"

enum { LETTER_ADDRESS_MAX = 5, LETTER_CODE_LEN = 34, LETTER_URL_MAX = 200 };

struct letter {
    str name, number, unit;
    const str
        *address; /* lines below the name, may be NULL; without them the letter goes by hand */
    size_t address_count;
    str code; /* 28 letters in 7 groups joined by hyphens, as in docs/record-format.md "Membership
                 code" */
    str reading_code; /* groups joined by hyphens; may be empty */
};

enum letters_form {
    LETTERS_HTML, /* one A4 page a member: address for window envelopes, QR code, what to do,
                     reading card to cut off */
    LETTERS_CSV   /* RFC 4180, UTF-8 with byte order mark; cells a spreadsheet would take for a
                     formula begin with ' */
};

struct letters_sheet {
    str organisation;
    str url;        /* where members enrol: https://, or http://localhost for a rehearsal; no '#',
                       printable ASCII */
    str return_to;  /* sender's line above the address; may be empty */
    str dated;      /* "27 September 2026"; may be empty */
    bool rehearsal; /* every page says so */
};

struct letters {
    struct html_file html;
    enum letters_form form;
    const struct letters_sheet *sheet;
    uint64_t count;
};

/* Begins the file. CODE_MALFORMED ("url", "organisation") when the sheet cannot be used; CODE_IO.
 */
enum code letters_begin(struct letters *letters, FILE *out, enum letters_form form,
                        const struct letters_sheet *sheet, struct fail *fail) MUST_CHECK;
/* One more. CODE_MALFORMED ("code", "name") with the number of the letter as line; CODE_IO;
 * CODE_NO_MEMORY. */
enum code letters_add(struct letters *letters, const struct letter *letter,
                      struct fail *fail) MUST_CHECK;
/* Ends and flushes the file; it stays the caller's to close. */
enum code letters_end(struct letters *letters, struct fail *fail) MUST_CHECK;
#endif

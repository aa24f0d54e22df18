#include "cli/letters.h"

#include <qrencode.h>

/* ---- what may be printed ---- */

/* Plain HTTP is for rehearsals on one's own machine. */
static bool is_local(str url, str host)
{
    str rest = str_sub(url, host.len, url.len);
    return str_starts(url, host) && (!rest.len || rest.at[0] == ':' || rest.at[0] == '/');
}

static bool is_url(str url)
{
    bool scheme = (str_starts(url, STR("https://")) && url.len > 8) ||
                  is_local(url, STR("http://localhost")) || is_local(url, STR("http://127.0.0.1"));
    if (!scheme || url.len > LETTER_URL_MAX) return false;
    for (size_t i = 0; i < url.len; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~' || memchr("#\"<>\\^`{|}", url.at[i], 10))
            return false;
    return true;
}

/* The form alone: the checksum is the business of those who read codes. */
static bool is_code(str code)
{
    if (code.len != LETTER_CODE_LEN) return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        bool hyphen = i % 5 == 4, letter = c >= 'A' && c <= 'Z' && !memchr("ILOU", c, 4);
        if (hyphen ? c != '-' : !letter && !(c >= '0' && c <= '9')) return false;
    }
    return true;
}

static enum code check_letter(const struct letters *letters, const struct letter *letter,
                              struct fail *fail)
{
    uint64_t line = letters->count + 1;
    if (!letter->name.len)
        return fail_at(fail, CODE_MALFORMED, "name", line, 0, "a letter needs a name");
    if (!is_code(letter->code))
        return fail_at(fail, CODE_MALFORMED, "code", line, 0,
                       "expected a membership code of 7 groups of 4");
    if (letter->address_count > LETTER_ADDRESS_MAX)
        return fail_at(fail, CODE_MALFORMED, "address", line, 0, "more than %d lines of address",
                       LETTER_ADDRESS_MAX);
    return CODE_OK;
}

/* ---- the table ---- */

static void csv_cell(struct html_file *file, str text)
{
    bool formula = text.len && memchr("=+-@\t\r", text.at[0], 6);
    html_file_markup(file, formula ? STR("\"'") : STR("\""));
    for (str rest = text; rest.len;) {
        size_t quote = str_find(rest, '"');
        html_file_markup(file, str_sub(rest, 0, quote));
        if (quote < rest.len) html_file_markup(file, STR("\"\""));
        rest = str_sub(rest, quote + 1, rest.len);
    }
    html_file_markup(file, STR("\""));
}

static void csv_letter(struct letters *letters, const struct letter *letter)
{
    struct html_file *file = &letters->html;
    char link[LETTER_URL_MAX + 1 + LETTER_CODE_LEN + 1];
    (void)snprintf(link, sizeof link, "%.*s#%.*s", STR_ARG(letters->sheet->url),
                   STR_ARG(letter->code));
    const str fixed[] = {letter->number, letter->name, letter->unit};
    for (size_t i = 0; i < COUNT(fixed); i++) {
        csv_cell(file, fixed[i]);
        HTML(file, ",");
    }
    for (size_t i = 0; i < LETTER_ADDRESS_MAX; i++) {
        csv_cell(file, i < letter->address_count ? letter->address[i] : STR(""));
        HTML(file, ",");
    }
    csv_cell(file, letter->code);
    HTML(file, ",");
    csv_cell(file, letter->reading_code);
    HTML(file, ",");
    csv_cell(file, str_from(link));
    HTML(file, "\r\n");
}

/* ---- the page ---- */

static void html_head(struct letters *letters)
{
    struct html_file *file = &letters->html;
    HTML(file, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\">\n"
               "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Membership codes - ");
    html_file_text(file, letters->sheet->organisation);
    HTML(
        file,
        "</title>\n<style>\n"
        "@page{size:A4;margin:0}\n"
        "*{box-sizing:border-box}\n"
        "html{font:10.5pt/1.45 -apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation "
        "Sans\",\"DejaVu Sans\","
        "Arial,sans-serif;color:#14181b;background:#e8ebeb;font-variant-numeric:tabular-nums "
        "lining-nums}\n"
        "body,h1,h2,p,ol,ul,dl,dd{margin:0;padding:0}\n"
        "h1,h2,.org,.who{font-family:Charter,\"Bitstream Charter\",\"Source Serif 4\",\"Noto "
        "Serif\","
        "\"DejaVu Serif\",Cambria,Georgia,serif;line-height:1.2}\n"
        ".letter{position:relative;inline-size:210mm;block-size:297mm;margin:6mm "
        "auto;background:#fff;overflow:hidden;"
        "break-after:page}\n"
        ".mast{position:absolute;inset:14mm 20mm auto "
        "25mm;display:flex;justify-content:space-between;"
        "align-items:baseline;border-block-end:1px solid #14181b;padding-block-end:2mm}\n"
        ".org{font-size:15pt;font-weight:700}\n.soft,small{color:#485057;font-size:9pt}\n"
        ".rehearsal{background:#14181b;color:#fff;font-weight:700;padding:0 "
        "2mm;margin-inline-end:2mm}\n"
        /* DIN 5008 form B; the window of a DL or C6/5 envelope shows 85 x 45 mm from 20 and 45 mm.
         */
        ".window{position:absolute;inset-block-start:45mm;inset-inline-start:25mm;inline-size:80mm;"
        "block-size:45mm}\n"
        ".from{block-size:10mm;padding-block-start:5mm;font-size:7.5pt;color:#485057;white-space:"
        "nowrap;"
        "overflow:hidden}\n"
        ".window p{font-size:11pt;line-height:1.35;overflow-wrap:break-word}\n"
        ".fold{position:absolute;inset-inline-start:0;inline-size:5mm;border-block-start:1px solid "
        "#6b747a}\n"
        ".f1{inset-block-start:105mm}.f2{inset-block-start:210mm}\n"
        ".text{position:absolute;inset:96mm 20mm auto 25mm}\n"
        "h1{font-size:19pt;letter-spacing:-.01em;margin-block-end:1mm}\n"
        ".secret{display:grid;grid-template-columns:42mm "
        "1fr;gap:7mm;align-items:center;margin-block:5mm;"
        "border:1.5px solid #14181b;padding:4mm}\n"
        ".secret svg{display:block;inline-size:42mm;block-size:42mm}\n"
        ".code{font:700 17pt/1.5 ui-monospace,\"Cascadia Mono\",Menlo,Consolas,\"Liberation Mono\","
        "\"DejaVu Sans Mono\",monospace;letter-spacing:.06em;display:grid;"
        "grid-template-columns:repeat(4,max-content);gap:0 .65em;margin-block:1mm}\n"
        ".cols{display:grid;grid-template-columns:1.15fr 1fr;gap:8mm}\n"
        "h2{font-size:12pt;border-block-start:2.5px solid #14181b;padding-block:1.5mm 1.5mm}\n"
        "ol{padding-inline-start:1.2em}li+li,p+p{margin-block-start:1.2mm}\n"
        ".card{position:absolute;inset:auto 0 0 0;block-size:44mm;border-block-start:1px dashed "
        "#6b747a;"
        "padding:5mm 20mm 5mm 25mm;display:grid;grid-template-columns:1.3fr 1fr;gap:8mm}\n"
        ".card .code{font-size:14pt}\n.who{font-weight:700}\n"
        "@media print{html{background:none}.letter{margin:0}}\n"
        "</style>\n</head>\n<body>\n");
}

/* Dark modules as strokes of one row each; relative moves keep 200,000 of them small. */
static void qr_path(struct html_file *file, const QRcode *qr)
{
    unsigned width = (unsigned)qr->width;
    for (unsigned y = 0; y < width; y++) {
        const unsigned char *row = qr->data + (size_t)y * width;
        unsigned behind = 0;
        bool begun = false;
        for (unsigned x = 0; x < width;) {
            unsigned run = 0;
            while (x + run < width && (row[x + run] & 1)) run++;
            if (!run) {
                x++;
                continue;
            }
            if (!file->failed)
                file->failed = (begun ? fprintf(file->out, "m%u 0h%u", x - behind, run)
                                      : fprintf(file->out, "M%u %u.5h%u", x, y, run)) < 0;
            begun = true;
            x += run;
            behind = x;
        }
    }
}

enum { QUIET_ZONE = 4 /* modules, ISO/IEC 18004 */ };

static enum code html_qr(struct letters *letters, const struct letter *letter, struct fail *fail)
{
    struct html_file *file = &letters->html;
    char link[LETTER_URL_MAX + 1 + LETTER_CODE_LEN + 1];
    (void)snprintf(link, sizeof link, "%.*s#%.*s", STR_ARG(letters->sheet->url),
                   STR_ARG(letter->code));
    QRcode *qr = QRcode_encodeString8bit(link, 0, QR_ECLEVEL_M);
    if (!qr) return fail_set(fail, CODE_NO_MEMORY, "qr", "no memory for a QR code");
    if (!file->failed)
        file->failed =
            fprintf(
                file->out,
                "<svg viewBox=\"-%d -%d %d %d\" role=\"img\" aria-label=\"QR code of the link\">",
                QUIET_ZONE, QUIET_ZONE, qr->width + 2 * QUIET_ZONE, qr->width + 2 * QUIET_ZONE) < 0;
    HTML(file, "<path fill=\"none\" stroke=\"#000\" shape-rendering=\"crispEdges\" d=\"");
    qr_path(file, qr);
    HTML(file, "\"/></svg>\n");
    QRcode_free(qr);
    return CODE_OK;
}

static void html_code(struct html_file *file, str code)
{
    HTML(file, "<p class=\"code\">");
    for (str rest = code; rest.len;) {
        HTML(file, "<span>");
        html_file_text(file, str_cut(&rest, '-'));
        HTML(file, "</span> ");
    }
    HTML(file, "</p>\n");
}

static void html_address(struct letters *letters, const struct letter *letter)
{
    struct html_file *file = &letters->html;
    HTML(file, "<header class=\"mast\"><span class=\"org\">");
    html_file_text(file, letters->sheet->organisation);
    HTML(file, "</span><span class=\"soft\">");
    if (letters->sheet->rehearsal)
        HTML(file, "<span class=\"rehearsal\">Rehearsal: this code is for practice</span>");
    html_file_text(file, letters->sheet->dated);
    HTML(file, "</span></header>\n<div class=\"window\"><div class=\"from\">");
    html_file_text(file, letters->sheet->return_to);
    HTML(file, "</div><p>");
    html_file_text(file, letter->name);
    for (size_t i = 0; i < letter->address_count; i++) {
        HTML(file, "<br>");
        html_file_text(file, letter->address[i]);
    }
    if (letter->address_count == 0) {
        HTML(file, "<br>");
        html_file_text(file, letter->unit);
        HTML(file, "<br><small>to be handed over in person</small>");
    }
    HTML(file, "</p></div>\n<i class=\"fold f1\"></i><i class=\"fold f2\"></i>\n");
}

static void html_steps(struct letters *letters)
{
    struct html_file *file = &letters->html;
    HTML(file, "<div class=\"cols\"><section><h2>What to do</h2>\n<ol><li>Point your "
               "telephone&#39;s camera at the square, "
               "or open <b>");
    html_file_text(file, letters->sheet->url);
    HTML(file, "</b> and type the code. Capitals, small letters, spaces and hyphens make no "
               "difference.</li>\n"
               "<li>The page makes your own key on your own device. The key never leaves it, and "
               "the code is not sent "
               "anywhere.</li>\n"
               "<li>Confirm the key with the PIN sent to the contact you gave us, or before two "
               "tellers of your unit.</li>\n"
               "</ol></section>\n"
               "<section><h2>Keep this letter</h2>\n<p>You need the code again whenever a "
               "secret ballot is held. "
               "Keep it where you keep your passport.</p>\n"
               "<p><b>Nobody will ever ask you for it:</b> no officer, no teller, no technician, "
               "not by telephone, by e-mail "
               "or at the door. Do not photograph it, do not send it.</p>\n"
               "<p>If it is lost, or was open when it came, tell your unit and the registrar at "
               "once; you get a new "
               "one.</p></section></div>\n");
}

static void html_card(struct letters *letters, const struct letter *letter)
{
    struct html_file *file = &letters->html;
    if (!letter->reading_code.len) return;
    HTML(file, "<aside class=\"card\"><div><h2>Reading card</h2>\n<p>Cut off and keep apart. With "
               "your number, this code and "
               "your PIN you can read on any computer what your unit decides. It cannot vote or "
               "sign.</p></div>\n<div>"
               "<p class=\"who\">");
    html_file_text(file, letter->name);
    HTML(file, "</p><p class=\"soft\">Member number ");
    html_file_text(file, letter->number);
    HTML(file, "</p>\n");
    html_code(file, letter->reading_code);
    HTML(file, "</div></aside>\n");
}

static enum code html_letter(struct letters *letters, const struct letter *letter,
                             struct fail *fail)
{
    struct html_file *file = &letters->html;
    HTML(file, "<article class=\"letter\">\n");
    html_address(letters, letter);
    HTML(file, "<div class=\"text\"><h1>Your membership code</h1>\n<p>For ");
    html_file_text(file, letter->name);
    HTML(file, ", member number ");
    html_file_text(file, letter->number);
    HTML(file, ", ");
    html_file_text(file, letter->unit);
    HTML(file, ".</p>\n<div class=\"secret\">");
    TRY(html_qr(letters, letter, fail));
    HTML(file, "<div><p class=\"soft\">Code</p>\n");
    html_code(file, letter->code);
    HTML(file,
         "<p class=\"soft\">It makes you able to vote, to propose and to sign.</p></div></div>\n");
    html_steps(letters);
    HTML(file, "</div>\n");
    html_card(letters, letter);
    HTML(file, "</article>\n");
    return CODE_OK;
}

/* ---- the file ---- */

static enum code check_writes(const struct letters *letters, struct fail *fail)
{
    return letters->html.failed
               ? fail_set(fail, CODE_IO, "write", "the letters could not be written")
               : CODE_OK;
}

enum code letters_begin(struct letters *letters, FILE *out, enum letters_form form,
                        const struct letters_sheet *sheet, struct fail *fail)
{
    if (!is_url(sheet->url))
        return fail_set(fail, CODE_MALFORMED, "url",
                        "expected an https:// address of at most %d characters without #",
                        LETTER_URL_MAX);
    if (!sheet->organisation.len)
        return fail_set(fail, CODE_MALFORMED, "organisation", "expected the organisation's name");
    *letters = (struct letters){{out, false}, form, sheet, 0};
    if (form == LETTERS_HTML) {
        html_head(letters);
    } else {
        HTML(&letters->html, "\xef\xbb\xbfnumber,name,unit,address1,address2,address3,address4,"
                             "address5,code,reading_code,"
                             "link\r\n");
    }
    return check_writes(letters, fail);
}

enum code letters_add(struct letters *letters, const struct letter *letter, struct fail *fail)
{
    TRY(check_letter(letters, letter, fail));
    if (letters->form == LETTERS_HTML) {
        TRY(html_letter(letters, letter, fail));
    } else {
        csv_letter(letters, letter);
    }
    letters->count++;
    return check_writes(letters, fail);
}

enum code letters_end(struct letters *letters, struct fail *fail)
{
    if (letters->form == LETTERS_HTML) HTML(&letters->html, "</body>\n</html>\n");
    if (fflush(letters->html.out) != 0) letters->html.failed = true;
    return check_writes(letters, fail);
}

/* Bodies of every kind of act: "<kind>\n<body>\n<blob>", where the blob is whatever the body refers
 * to. A body is decoded or refused with a place; papers that are read hold what they say. */
#include "core/institutions/paper.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good) abort();
}

static bool get_blob(void *self, const hash32 *name, str *ret)
{
    (void)name;
    *ret = *(const str *)self;
    return true;
}

static void bodies(str kind, str text, str blob, struct arena *arena)
{
    struct fail fail = {0};
    const struct blobs blobs = {get_blob, &blob};
    struct step step = {
        .arena = arena, .blobs = &blobs, .kind = step_kind(kind), .by_row = ROW_NONE};
    if (!step.kind || json_parse(text, JSON_LINE_MAX, arena, &step.act.body, NULL) != CODE_OK)
        return;
    enum code code = step.kind->decode(&step, &fail);
    if (code == CODE_OK)
        expect(step.body != NULL || step.act.body->count == 0);
    else
        expect(fail.reason[0] != 0 || code == CODE_NO_MEMORY);
}

static void papers(str blob, struct arena *arena)
{
    struct papers_blob read;
    if (papers_read(blob, arena, &read, NULL) != CODE_OK) return;
    uint64_t last = 0;
    uint32_t count = 0;
    for (const struct json *paper = json_first(read.papers); paper;
         paper = json_next(read.papers, paper)) {
        uint64_t number = json_get(paper, STR("n"))->integer;
        expect(number > last && json_get(paper, STR("ranks"))->count <= read.longest);
        last = number;
        count++;
    }
    expect(count == read.count);
}

static void sheets(str text, struct arena *arena)
{
    const struct json *object;
    struct paper_sheet sheet;
    if (json_parse(text, JSON_LINE_MAX, arena, &object, NULL) != CODE_OK) return;
    if (paper_sheet_read(object, &sheet, NULL) != CODE_OK) return;
    struct buf again;
    buf_init(&again, alloc_libc, PAPER_SHEET_MAX);
    paper_sheet_write(&sheet, &again);
    expect(buf_check(&again) == CODE_OK && str_eq(buf_str(&again), text));
    buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    str rest = {(const char *)data, size};
    str kind = str_cut(&rest, '\n'), text = str_cut(&rest, '\n');
    arena_init(&arena, alloc_libc, (size_t)64 << 20);
    bodies(kind, text, rest, &arena);
    papers(rest, &arena);
    sheets(text, &arena);
    arena_done(&arena);
    return 0;
}

/* A list of changes is read piece by piece: what is accepted must be one canonical object all the
 * same, with every member once. */
#include "core/institutions/roll.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_list(str text, const struct roll_list *list)
{
    struct arena arena;
    const struct json *object;
    arena_init(&arena, alloc_libc, (size_t)1 << 26);
    if (json_parse(text, ROLL_LIST_MAX, &arena, &object, NULL) != CODE_OK) abort();
    const struct json *changes = json_get(object, STR("changes"));
    if (!changes || object->count != 1 || changes->count != list->count || list->count == 0)
        abort();
    for (uint32_t i = 0; i < list->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (mid16_eq(&list->entries[i].mid, &list->entries[k].mid)) abort();
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    struct arena arena;
    struct roll_list list;
    struct fail fail = {0};
    arena_init(&arena, alloc_libc, (size_t)1 << 26);
    enum code code = roll_list_read(text, &arena, &list, &fail);
    if (code == CODE_OK) check_list(text, &list);
    if (code != CODE_OK && !fail.reason[0]) abort(); /* every refusal says why */
    arena_done(&arena);
    return 0;
}

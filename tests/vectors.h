/* vectors.h - test vectors in JSON, read by jansson so that our own reader does not judge itself.
 * (jansson's header and base/json.h share names, hence this wall between them.) */
#ifndef PLENARY_TESTS_VECTORS_H
#define PLENARY_TESTS_VECTORS_H
#include "base/base.h"

struct vec; /* any JSON value; borrowed from its root */

/* A file of the data folder; NULL after check_skip when it is absent. Released by vec_done. */
struct vec *vec_load(const char *name);
/* One value from `bytes`, how many it took in *ret_used; NULL at the end or when malformed. */
struct vec *vec_parse(str bytes, size_t *ret_used);
void vec_done(struct vec *root);

const struct vec *vec_get(const struct vec *object, const char *key); /* NULL when absent */
const struct vec *vec_at(const struct vec *array, size_t index);      /* NULL behind the end */
size_t vec_count(const struct vec *array);
str vec_str(const struct vec *object, const char *key); /* empty when absent */
str vec_text(const struct vec *value);                  /* of a string itself */
uint64_t vec_number(const struct vec *value);           /* of an integer itself */
uint64_t vec_u64(const struct vec *object, const char *key);
bool vec_true(const struct vec *object, const char *key);
/* Bytes of a hex member; 0 when malformed or longer than `room`. */
size_t vec_hex(const struct vec *object, const char *key, void *ret, size_t room);
/* Bytes of a base64 member in `room`. */
str vec_base64(const struct vec *object, const char *key, char *room, size_t room_len);
/* Compact, keys sorted; malloc'd. */
char *vec_dump(const struct vec *value);

/* Path of a file in the data folder, empty when that is absent. */
struct data_path {
    char at[1024];
};
struct data_path data_path(const char *name);
/* Members of a .tar.xz of the data folder matching `pattern`, one behind the other; NULL after
 * check_skip. malloc'd. */
char *vec_archive(const char *archive, const char *pattern, size_t *ret_len);
bool reason_is(const struct fail *fail, str reason);
#endif

/* people.h - names and numbers behind commitments, as far as this machine holds the openings. The
 * rules never read them; they are for people's eyes. */
#ifndef PLENARY_CLI_PEOPLE_H
#define PLENARY_CLI_PEOPLE_H
#include "core/state.h"
#include "store/store.h"

/* What the opening of a member's `data` says: canonical JSON, every key optional:
 *   {"born":"1990-02-01","family":"Berg","given":"Ada","name":"Ada Berg","number":"1017"}
 * and of `contact`: {"address":"…","email":"…","phone":"…"}. */
struct person {
    str number, name, given, family, born;
    str email, phone, address;
};
struct people;
/* Over the members in `state`, which like `store` must outlive it. Views live until people_close.
 */
enum code people_open(const struct state *state, struct store *store, struct people **ret,
                      struct fail *fail) MUST_CHECK;
void people_close(struct people *people);
/* Never NULL; empty texts where nothing is known. */
const struct person *people_at(struct people *people, uint32_t member_row);
/* What two openings say of somebody who is not, or not yet, a member in that state. Zero: no such
 * commitment. */
void people_read(struct people *people, const hash32 *data, const hash32 *contact,
                 struct person *ret);
/* Rows whose number is exactly, or whose name is (ASCII case aside) what was typed: the first in
 * *ret, how many. */
uint32_t people_find(struct people *people, str typed, uint32_t *ret);
/* Writes the canonical data or contact document of a person. */
void person_data_write(const struct person *person, struct buf *out);
void person_contact_write(const struct person *person, struct buf *out);
#endif

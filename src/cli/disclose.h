/* disclose.h - texts that stay outside acts: the act holds a commitment, the store the opening. */
#ifndef PLENARY_CLI_DISCLOSE_H
#define PLENARY_CLI_DISCLOSE_H
#include "cli/client.h"

enum { AUDIENCE_SIZE = 70 };
/* Who may read an opening: "unit:<id>", those of that unit. */
void audience_unit(const hash32 *unit_id, char ret[AUDIENCE_SIZE]);
/* Commits to `text` under a fresh salt and keeps the opening with the next commit of the node. */
enum code client_disclose(struct client *client, str text, const char *audience, hash32 *ret,
                          struct fail *fail) MUST_CHECK;

/* JSON for bodies: one member `key` with a commitment, as acts hold it. */
void json_kv_commitment(struct json_writer *w, str key, const hash32 *commitment);
#endif

/* client.h - what every acting command does: open the organisation, find who acts, sign, submit,
 * commit, answer. Functions that can end a command return its exit status and have already
 * complained. */
#ifndef PLENARY_CLI_CLIENT_H
#define PLENARY_CLI_CLIENT_H
#include "cli/command.h"
#include "cli/keyfile.h"
#include "node/node.h"
#include "sign/compose.h"

struct client {
    struct cli *cli;
    struct node *node;
    const struct state *state;
    struct arena arena; /* lives as long as the client */
    struct rehearsal rehearsal;
    bool is_rehearsal, has_actor;
    struct keyfile actor;
    struct buf note;
    struct people *people;          /* names and numbers, loaded when first needed */
    uint64_t recorded, first_index; /* acts recorded by this command */
    struct node_reply last;         /* of the last act */
    struct stream *chance; /* rehearsals that must come out the same: nonces are drawn from here;
                              NULL: random */
};

/* CODE_NOT_FOUND and the like are explained ("no organisation here: plenary init"). */
int client_open(struct client *client, struct cli *cli, enum node_mode mode);
/* The same for a log whose lock is ahead: see node_lost. */
int client_open_epoch(struct client *client, struct cli *cli);
void client_close(struct client *client);

/* Opens, does the job, closes: what most commands are. */
typedef int client_job(struct client *client);
int client_run(struct cli *cli, enum node_mode mode, client_job *job);
/* Copies canonical JSON from `body` into the arena; empty when the buffer failed. */
str client_keep(struct client *client, const struct buf *body);

/* Who acts: --key FILE, else --as WHO (in a rehearsal, or when keys/people holds a key of theirs),
 * else $PLENARY_KEY, else the only key in DIR/keys/people. */
int client_actor(struct client *client);
/* A rehearsal's key of that member, else one from DIR/keys/people. CODE_NOT_FOUND. */
enum code client_key_of(struct client *client, uint32_t member_row, struct keyfile *ret,
                        struct fail *fail) MUST_CHECK;

/* One act of the actor; `body` is canonical JSON. Refused: complains with article and sentence,
 * status 3. */
int client_act(struct client *client, const char *kind, str body);
/* The same signed with another key, for commands that play many parts. */
int client_act_as(struct client *client, const struct keyfile *key, const char *kind, str body);
/* Any composition; fills in time, nonce. */
int client_submit(struct client *client, struct compose *compose);
/* Commits. With no document of its own a command ends by client_finish: "recorded as no. 17" (or
 * JSON). */
int client_commit(struct client *client);
int client_finish(struct client *client);

/* Rows by what people type: a name, or the first hexadecimal digits (6 or more) of the id. Complain
 * when unknown or ambiguous and return ROW_NONE. */
uint32_t client_unit(struct client *client, const char *typed);
uint32_t client_body(struct client *client, const char *typed);
uint32_t client_election(struct client *client,
                         const char *typed); /* also a body's name: its running or last one */
uint32_t client_member(struct client *client, const char *typed); /* number, name or mid */

/* Names for people. In the client's arena. */
const char *client_hex(struct client *client, const void *bytes, size_t len);
const char *client_text(struct client *client, const char *format, ...) PRINTF_LIKE(2, 3);
struct people *client_people(struct client *client); /* NULL: has complained */
str client_name_of(struct client *client,
                   uint32_t member_row); /* "Ada Berg (1017)" or the mid's first digits */
const char *client_time(struct client *client, uint64_t at); /* 2026-09-27T18:00:00Z; "-" for 0 */
#endif

/* key.h - plenary key: how a person gets, confirms, adds, loses and regains a key. The commands'
 * table is in key.c. */
#ifndef PLENARY_CLI_KEY_H
#define PLENARY_CLI_KEY_H
#include "cli/command.h"

extern const struct command key_commands[];
extern const size_t key_command_count;

int key_run_enrol(struct cli *cli), key_run_add(struct cli *cli),
    key_run_make(struct cli *cli);                                  /* key_new.c */
int key_run_pin(struct cli *cli), key_run_confirm(struct cli *cli); /* key_confirm.c */
int key_run_revoke(struct cli *cli), key_run_keep(struct cli *cli); /* key_acts.c */
int key_run_sponsor(struct cli *cli), key_run_object(struct cli *cli);
int key_run_settle(struct cli *cli), key_run_list(struct cli *cli);

/* "9a01cc3e" -> a device id; complains and returns false when it is none. key_acts.c */
struct client;
bool key_device(const struct cli *cli, const char *typed, void *ret_device);
/* The row of the member named by --member; ROW_NONE after complaining. */
uint32_t key_member_option(struct client *client);
#endif

/* small_org.h - an organisation in a folder whose n-th act follows from n alone: what a fault lost,
 * tore or invented can be told afterwards. Its founder founds units and admits members, each by a
 * list held as a blob and with an opening beside it. */
#ifndef PLENARY_TESTS_FAULT_SMALL_ORG_H
#define PLENARY_TESTS_FAULT_SMALL_ORG_H
#include "node/node.h"

struct small_org {
    char *dir;
    struct secret_key founder;
    mid16 mid;
    device4 device;
};

/* Founds it in the empty folder `dir`, which must outlive it; CODE_OK leaves two entries,
 * committed. */
enum code small_org_found(struct small_org *org, char *dir, struct fail *fail) MUST_CHECK;
void small_org_done(struct small_org *org);

/* Submits act number state_size (uncommitted). */
enum code small_org_act(const struct small_org *org, struct node *node, struct node_reply *ret,
                        struct fail *fail) MUST_CHECK;
/* Is everything there that act `index` brought: itself under this id, blob and opening? */
bool small_org_holds(struct node *node, uint64_t index, const hash32 *id);

/* Opens as writer, replaying every entry with its signatures; prints why it failed. */
struct node *small_org_open(const struct small_org *org);
/* Audits folder and export as any auditor would: every byte, rule and signature, under the log key
 * that `node` had. Prints why it failed. */
bool small_org_verifies(const struct small_org *org, uint64_t size, const hash32 *root);
#endif

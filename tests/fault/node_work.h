/* node_work.h - one fixed piece of work of a whole node, for tests that let something fail in the
 * middle of it. */
#ifndef PLENARY_TESTS_FAULT_NODE_WORK_H
#define PLENARY_TESTS_FAULT_NODE_WORK_H
#include "fault/small_org.h"

enum { NODE_WORK_ACTS = 16 };

struct node_work { /* what the node acknowledged */
    uint64_t index[NODE_WORK_ACTS];
    hash32 id[NODE_WORK_ACTS];
    uint32_t acknowledged;
};

/* Opens, commits four batches, writes a snapshot behind the second; goes on after a failed
 * snapshot, which is nothing but a slower start, and ends at any other failure, as the process
 * would. */
void node_work(const struct small_org *org, struct node_work *done);
/* The next start is clean, everything acknowledged is there, folder and export verify. */
void node_work_check(const struct small_org *org, const struct node_work *done, const char *what);
#endif

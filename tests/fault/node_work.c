#include "fault/node_work.h"

#include "check.h"

enum { BATCHES = 4, BATCH_ACTS = NODE_WORK_ACTS / BATCHES };

static bool commit_batch(const struct small_org *org, struct node *node, struct node_work *done)
{
    uint32_t at = done->acknowledged;
    for (uint32_t i = at; i < at + BATCH_ACTS; i++) {
        struct node_reply reply;
        if (small_org_act(org, node, &reply, NULL) != CODE_OK) return false;
        done->index[i] = reply.index;
        done->id[i] = reply.id;
    }
    if (node_commit(node, NULL) != CODE_OK) return false;
    done->acknowledged = at + BATCH_ACTS;
    return true;
}

void node_work(const struct small_org *org, struct node_work *done)
{
    struct node *node = NULL;
    struct node_options how = {.mode = NODE_WRITE};
    *done = (struct node_work){0};
    if (node_open(org->dir, &how, &node, NULL) != CODE_OK) return;
    for (int batch = 0; batch < BATCHES && commit_batch(org, node, done); batch++)
        if (batch == 1 && node_snapshot(node, NULL) != CODE_OK) continue;
    node_close(node);
}

void node_work_check(const struct small_org *org, const struct node_work *done, const char *what)
{
    struct node *node = small_org_open(org);
    if (!CHECK(node != NULL, "%s: the next start", what)) return;
    uint64_t size = state_size(node_state(node));
    for (uint32_t i = 0; i < done->acknowledged; i++)
        CHECK(small_org_holds(node, done->index[i], &done->id[i]),
              "%s: acknowledged act %u is lost", what, i);
    CHECK(size >= 2 + done->acknowledged && size <= 2 + NODE_WORK_ACTS, "%s: %llu entries", what,
          (unsigned long long)size);
    hash32 root = merkle_root(&node_state(node)->tree, size);
    node_close(node);
    CHECK(small_org_verifies(org, size, &root), "%s: folder and export verify", what);
}

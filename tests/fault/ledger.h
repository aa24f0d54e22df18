/* ledger.h - batches that can be told apart afterwards: which entries batch n holds follows from n
 * alone, so that a store found after a fault shows what was lost, torn or invented. */
#ifndef PLENARY_TESTS_FAULT_LEDGER_H
#define PLENARY_TESTS_FAULT_LEDGER_H
#include "store/store.h"

/* Batch n holds 1 + n*5 % 9 entries and one opening. */
uint64_t ledger_size(uint64_t batches); /* entries of the first `batches` batches */
enum code ledger_append(struct store *store, uint64_t batch, struct fail *fail);
hash32 ledger_commitment(uint64_t batch);
/* Number of whole batches found in the store; UINT64_MAX and a printed line when any entry or
 * opening is missing, torn or different. Openings of batches below `erased` are expected to be
 * gone. */
uint64_t ledger_check(struct store *store, uint64_t erased);
#endif

/* writer_lock.h - DIR/writer.lock: one writer at a time. Released by the system when its process
 * ends in whatever way. */
#ifndef PLENARY_STORE_WRITER_LOCK_H
#define PLENARY_STORE_WRITER_LOCK_H
#include "base/base.h"

/* Takes the lock in the folder `dir_fd`; *ret is a descriptor to be closed in order to release it.
 * CODE_BUSY "writer" with the holder's process id in the message. */
enum code writer_lock_take(int dir_fd, int *ret, struct fail *fail) MUST_CHECK;
#endif

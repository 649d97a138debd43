// What the tests need of Linux and Swift's Glibc leaves out, as it is built without _GNU_SOURCE:
// opening pseudo-terminals, a flag of posix_spawn, and looking for bytes.
#ifndef PSEUDO_TERMINAL_SUPPORT_H
#define PSEUDO_TERMINAL_SUPPORT_H

#include <stddef.h>

/// Opens a pseudo-terminal and writes the path of its other end; -1 where there is none.
int pseudo_terminal_open(char *path, size_t capacity);

/// The flag which makes a spawned process the leader of a new session.
extern const short spawn_in_new_session;

/// Where bytes stand within others, from an offset on; -1 for nowhere.
long bytes_find(const void *bytes, size_t count, size_t offset, const void *wanted, size_t length);

#endif

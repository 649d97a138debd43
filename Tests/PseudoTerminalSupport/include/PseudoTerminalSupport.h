// What the tests need of Linux and Swift's Glibc leaves out, as it is built without _GNU_SOURCE:
// opening pseudo-terminals, and a flag of posix_spawn.
#ifndef PSEUDO_TERMINAL_SUPPORT_H
#define PSEUDO_TERMINAL_SUPPORT_H

#include <stddef.h>

/// Opens a pseudo-terminal and writes the path of its other end; -1 where there is none.
int pseudo_terminal_open(char *path, size_t capacity);

/// The flag which makes a spawned process the leader of a new session.
extern const short spawn_in_new_session;

#endif

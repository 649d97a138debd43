#define _GNU_SOURCE 1

#include "PseudoTerminalSupport.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const short spawn_in_new_session = POSIX_SPAWN_SETSID;

int pseudo_terminal_open(char *path, size_t capacity) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return -1;
  bool is_open = grantpt(master) == 0 && unlockpt(master) == 0;
  if (is_open && ptsname_r(master, path, capacity) == 0) return master;
  close(master);
  return -1;
}

long bytes_find(const void *bytes, size_t count, size_t offset, const void *wanted, size_t length) {
  if (offset > count) return -1;
  const char *start = bytes;
  const char *found = memmem(start + offset, count - offset, wanted, length);
  return found == NULL ? -1 : found - start;
}

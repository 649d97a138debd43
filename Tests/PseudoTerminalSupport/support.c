#define _GNU_SOURCE 1

#include "PseudoTerminalSupport.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
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

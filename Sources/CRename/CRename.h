// What Swift's Glibc leaves out of renaming.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

// Renames a file unless another has the name: EEXIST then, EINVAL where the file system cannot.
static inline int rename_to_free_name(const char *from, const char *to) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

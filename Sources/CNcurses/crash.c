// The guard: restores the terminal where no deinit runs, that is on crashes, SIGQUIT and exit(3).
//
// It is C because it runs inside of signal handlers, where Swift code is not safe to run: only
// write, dup2, lseek, read, tcsetattr, sigaction and raise are called there.

#include "CNcurses.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// What a Swift trap, a failed assertion of the C library or a wild pointer arrive as; and SIGQUIT
// (Ctrl-\), which must end a program that hangs and hence cannot wait for its event loop.
static const int fatal_signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGQUIT};
enum { fatal_signal_count = sizeof fatal_signals / sizeof fatal_signals[0] };

// End of synchronized update, plain attributes and characters, mouse off, bracketed paste off, plain
// cursor keys, cursor visible, alternate screen left. Each is harmless where it is not needed.
static const char restore_sequence[] =
    "\033[?2026l\033[0m\033(B\033[?1006;1003;1002;1000l\033[?2004l\033[?1l\033>\033[?25h\033[?1049l\r";

static struct sigaction previous_actions[fatal_signal_count];
static struct termios saved_modes;
static volatile sig_atomic_t has_saved_modes;
static volatile sig_atomic_t is_guarding;
static volatile sig_atomic_t is_installed;

// While messages are held back, descriptor 2 is a file in memory and the true one is kept here.
static volatile int true_error = -1;
static volatile int held_messages = -1;

static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static void hold_messages(void) {
  if (held_messages >= 0 || !isatty(STDERR_FILENO)) return;
  int memory = memfd_create("messages", MFD_CLOEXEC);
  int error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (memory < 0 || error < 0 || dup2(memory, STDERR_FILENO) < 0) {
    if (memory >= 0) close(memory);
    if (error >= 0) close(error);
    return;
  }
  true_error = error;
  held_messages = memory;
}

static void release_messages(void) {
  if (held_messages < 0) return;
  int memory = held_messages;
  held_messages = -1;
  dup2(true_error, STDERR_FILENO);
  close(true_error);
  true_error = -1;
  lseek(memory, 0, SEEK_SET);
  char bytes[4096];
  ssize_t count;
  while ((count = read(memory, bytes, sizeof bytes)) > 0) {
    write_all(STDERR_FILENO, bytes, (size_t)count);
  }
  close(memory);
}

static void restore_modes(void) {
  if (has_saved_modes) tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
}

static void handle_fatal_signal(int number, siginfo_t *info, void *context) {
  (void)context;
  int saved_errno = errno;
  if (is_guarding) {
    is_guarding = 0;
    write_all(STDOUT_FILENO, restore_sequence, sizeof restore_sequence - 1);
    restore_modes();
  }
  release_messages();
  for (int i = 0; i < fatal_signal_count; i++) {
    if (fatal_signals[i] == number) sigaction(number, &previous_actions[i], NULL);
  }
  // The Swift runtime would print a backtrace on SIGQUIT as well; a user who asked for the end gets it.
  if (number == SIGQUIT) signal(SIGQUIT, SIG_DFL);
  // A fault happens again as soon as this handler returns, and then meets the previous handler with
  // everything the kernel knows about it. A signal that was sent, and a trap instruction that is
  // already passed, must be sent again; it waits until this handler has returned.
  if (info->si_code <= 0 || number == SIGTRAP || number == SIGQUIT) raise(number);
  errno = saved_errno;
}

static void leave_at_exit(void) {
  if (!is_guarding) return;
  static const char mouse_off[] = "\033[?1006;1003;1002;1000l";
  write_all(STDOUT_FILENO, mouse_off, sizeof mouse_off - 1);
  if (!isendwin()) endwin();
  guard_end();
}

static void install_handlers(void) {
  if (is_installed) return;
  // A stack of its own, as a stack overflow leaves no room on the common one. The runtime may have
  // brought one already.
  static char alternate_stack[64 * 1024];
  stack_t stack;
  if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE)) {
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = alternate_stack;
    stack.ss_size = sizeof alternate_stack;
    sigaltstack(&stack, NULL);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle_fatal_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  // All signals wait meanwhile; SIGTTOU among them, which would stop a background process here.
  sigfillset(&action.sa_mask);
  for (int i = 0; i < fatal_signal_count; i++) {
    sigaction(fatal_signals[i], NULL, &previous_actions[i]);
    if (fatal_signals[i] == SIGQUIT && previous_actions[i].sa_handler == SIG_IGN) continue;
    sigaction(fatal_signals[i], &action, NULL);
  }
  is_installed = 1;
}

static void remove_handlers(void) {
  if (!is_installed) return;
  for (int i = 0; i < fatal_signal_count; i++) {
    sigaction(fatal_signals[i], &previous_actions[i], NULL);
  }
  is_installed = 0;
}

void guard_begin(void) {
  static bool is_registered = false;
  if (!is_registered) is_registered = atexit(leave_at_exit) == 0;
  has_saved_modes = tcgetattr(STDIN_FILENO, &saved_modes) == 0;
  install_handlers();
  guard_resume();
}

void guard_pause(void) {
  is_guarding = 0;
  release_messages();
}

void guard_resume(void) {
  hold_messages();
  is_guarding = 1;
}

void guard_end(void) {
  // Not when it paused: the modes then belong to the shell that suspended the program.
  if (is_guarding) restore_modes();
  is_guarding = 0;
  release_messages();
  remove_handlers();
}

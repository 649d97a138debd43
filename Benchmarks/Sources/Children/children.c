#define _GNU_SOURCE 1
#include "Children.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void become(char *const arguments[], int terminal, int errors) {
  int null = open("/dev/null", O_RDWR);
  if (terminal >= 0) {
    login_tty(terminal);
  } else {
    dup2(null, 0);
    dup2(null, 1);
  }
  dup2(errors, 2);
  setenv("TERM", "xterm-256color", 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  execv(arguments[0], arguments);
  _exit(127);
}

struct child_report run_child(char *const arguments[], bool in_terminal, int columns, int rows) {
  struct child_report report = {.status = -1};
  int outer = -1, inner = -1, errors[2];
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  if (in_terminal && openpty(&outer, &inner, NULL, NULL, &size) != 0) return report;
  if (pipe2(errors, O_CLOEXEC) != 0) return report;
  if (outer >= 0) fcntl(outer, F_SETFD, FD_CLOEXEC);

  double start = now();
  pid_t child = fork();
  if (child < 0) return report;
  if (child == 0) become(arguments, inner, errors[1]);
  close(errors[1]);
  if (inner >= 0) close(inner);

  static char bytes[1 << 16];
  size_t length = 0;
  struct pollfd open_ends[2] = {{errors[0], POLLIN, 0}, {outer, POLLIN, 0}};
  while (open_ends[0].fd >= 0 || open_ends[1].fd >= 0) {
    if (poll(open_ends, 2, -1) < 0 && errno != EINTR) break;
    for (int i = 0; i < 2; i++) {
      if (open_ends[i].fd < 0 || open_ends[i].revents == 0) continue;
      ssize_t count = read(open_ends[i].fd, bytes, sizeof bytes);
      if (count <= 0) {
        close(open_ends[i].fd);
        open_ends[i].fd = -1;
      } else if (i == 0) {
        size_t room = sizeof report.message - 1 - length;
        size_t taken = (size_t)count < room ? (size_t)count : room;
        memcpy(report.message + length, bytes, taken);
        length += taken;
      }
    }
  }
  int status = 0;
  struct rusage usage;
  wait4(child, &status, 0, &usage);
  report.seconds = now() - start;
  report.peak_kilobytes = usage.ru_maxrss;
  report.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return report;
}

/// Reads until a text has come, or with none until nothing has come for so many milliseconds.
static bool read_until(int terminal, const char *wanted, int silence) {
  static char bytes[1 << 20];
  size_t length = 0;
  for (;;) {
    struct pollfd end = {terminal, POLLIN, 0};
    int ready = poll(&end, 1, silence);
    if (ready == 0) return wanted == NULL;
    if (ready < 0 && errno != EINTR) return false;
    if (length == sizeof bytes) length = 0;
    ssize_t count = read(terminal, bytes + length, sizeof bytes - length);
    if (count <= 0) return false;
    length += (size_t)count;
    if (wanted != NULL && memmem(bytes, length, wanted, strlen(wanted)) != NULL) return true;
  }
}

static int by_size(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

struct response_report measure_response(char *const arguments[], const char *ready, const char *key,
                                        int columns, int rows) {
  enum { presses = 21 };
  struct response_report report = {-1, -1, -1};
  int outer, inner;
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  if (openpty(&outer, &inner, NULL, NULL, &size) != 0) return report;
  fcntl(outer, F_SETFD, FD_CLOEXEC);
  double start = now();
  pid_t child = fork();
  if (child == 0) become(arguments, inner, inner);
  close(inner);
  if (child > 0 && read_until(outer, ready, 10000)) {
    report.first_frame = now() - start;
    double times[presses];
    int count = 0;
    while (count < presses && read_until(outer, NULL, 200)) {
      start = now();
      if (write(outer, key, strlen(key)) < 0) break;
      struct pollfd end = {outer, POLLIN, 0};
      if (poll(&end, 1, 10000) <= 0) break;
      times[count++] = now() - start;
    }
    if (count == presses) {
      qsort(times, presses, sizeof times[0], by_size);
      report.median_key = times[presses / 2];
      report.worst_key = times[presses - 1];
    }
  }
  close(outer);
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  return report;
}

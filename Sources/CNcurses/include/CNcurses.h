// What Swift cannot see of ncurses and Linux by itself: macros, C globals, variadic functions.
//
// Everything here is a line or two; what has state or runs inside of a signal handler is in crash.c.
#ifndef CNCURSES_H
#define CNCURSES_H

// Both must stand before the first header: wcwidth and the wide character functions hang on them, and
// definitions given on the command line do not reach Swift's importer.
#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// Macros of cell attributes, as Swift imports no macro with a shift in it.
static inline attr_t curses_bold(void) { return WA_BOLD; }
static inline attr_t curses_reverse(void) { return WA_REVERSE; }
static inline attr_t curses_underline(void) { return WA_UNDERLINE; }

// C globals, which Swift 6 refuses as not safe to share between threads; here is only one.
static inline WINDOW *curses_standard_screen(void) { return stdscr; }
static inline WINDOW *curses_physical_screen(void) { return curscr; }
static inline char **process_environment(void) { return environ; }
static inline FILE *curses_error_stream(void) { return stderr; }

/// Opens curses on standard input and output; null where the terminal's type is not known.
static inline SCREEN *curses_open(void) { return newterm(NULL, stdout, stdin); }

/// Colours that the opened terminal has, -1 for none.
static inline int curses_colour_count(void) { return tigetnum("colors"); }

/// Whether the opened terminal can place its cursor: without that no full screen can be drawn.
static inline bool curses_places_cursor(void) {
  const char *move = tigetstr("cup");
  return move != NULL && move != (const char *)-1 && tigetflag("hc") <= 0 && tigetflag("os") <= 0;
}

/// Fills a cell with one character.
static inline void curses_set_cell(cchar_t *cell, uint32_t scalar, attr_t attributes, short pair) {
  wchar_t text[2] = {(wchar_t)scalar, 0};
  setcchar(cell, text, attributes, pair, NULL);
}

/// Columns that the C library, and with it curses, gives a character; -1 for one it would not print.
static inline int curses_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

/// Window size as the kernel knows it; false where it does not.
static inline bool terminal_size(int *columns, int *rows) {
  struct winsize size = {0};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

/// Columns of the terminal that a descriptor is, 0 where they are unknown.
static inline int terminal_columns(int descriptor) {
  struct winsize size = {0};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// Bytes that wait on a descriptor; 0 at its end, and also when it has become useless.
static inline int waiting_bytes(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : 0;
}

/// Lets Ctrl-S and Ctrl-Q through as keys: a player that a key can freeze looks broken.
static inline void terminal_without_flow_control(void) {
  struct termios modes;
  if (tcgetattr(STDIN_FILENO, &modes) != 0) return;
  modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
  tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

/// A descriptor from which the signals of a set are read.
static inline int open_signal_descriptor(const sigset_t *signals) {
  return signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

/// Takes the next waiting signal, 0 where none waits.
static inline int next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

/// Whether a signal was set to be ignored by whoever started the program.
static inline bool signal_is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

// The guard, in crash.c: puts the terminal back on every way out that passes Swift by.

/// Remembers the terminal as it is, and puts it back on a crash, on SIGQUIT and on exit(3).
///
/// Meanwhile a standard error that is a terminal is held back: a message in the middle of a drawing
/// spoils it, and one inside of the alternate screen is gone before it is read.
void guard_begin(void);

/// Lets what was held back through, while the program is suspended.
void guard_pause(void);

/// Guards again.
void guard_resume(void);

/// Puts terminal modes and signal handlers back, and prints what was held back.
void guard_end(void);

#endif

#ifndef CHILDREN_H
#define CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

/// What a program that has ended used, and what it said on standard error.
struct child_report {
  int status;  ///< Exit status; 128 and the signal's number where a signal ended it; -1 where it did not start.
  double seconds;
  long peak_kilobytes;
  char message[4096];
};

/// Runs a program to its end. Its input is empty, and its output is thrown away or, with
/// `in_terminal`, goes to a pseudo-terminal of that size, which is read as fast as it is written.
struct child_report run_child(char *const arguments[], bool in_terminal, int columns, int rows);

/// How soon a program that stays answers on its terminal, in seconds; negative where it did not.
struct response_report {
  double first_frame;  ///< From the start until a text stands on the screen.
  double median_key;   ///< From a key until the program writes.
  double worst_key;
};

/// Starts a program on a pseudo-terminal, waits for a text in its output, presses a key 21 times, each
/// after a pause in which nothing is written, and ends the program.
struct response_report measure_response(char *const arguments[], const char *ready, const char *key,
                                        int columns, int rows);

/// Paints the frames of a recording (`.frames`) on this terminal, each from scratch, cell by cell with
/// `addch`; the baseline of what the program does. Returns the seconds it took, or a negative number.
double paint_frames(const char *path, int *count);

#endif

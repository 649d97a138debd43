#define _GNU_SOURCE 1
#include "Children.h"

#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *contents(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) return NULL;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = malloc(size + 1);
  if (text != NULL) text[fread(text, 1, size, file)] = 0;
  fclose(file);
  return text;
}

double paint_frames(const char *path, int *count) {
  char *text = contents(path);
  if (text == NULL) return -1;
  setlocale(LC_ALL, "");
  SCREEN *screen = newterm(NULL, stdout, stdin);
  if (screen == NULL) return -1;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  int row = -1;
  *count = 0;
  for (char *line = text; *line != 0;) {
    char *stop = strchrnul(line, '\n');
    if (line[0] == '|') {
      for (char *cell = line + 1; cell < stop; cell++) mvaddch(row, cell - line - 1, (unsigned char)*cell);
      row++;
    } else if (strncmp(line, "===", 3) == 0) {
      if (row >= 0) {
        refresh();
        ++*count;
      }
      erase();
      row = 0;
    }
    line = *stop ? stop + 1 : stop;
  }
  if (row >= 0) {
    refresh();
    ++*count;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  endwin();
  delscreen(screen);
  free(text);
  return end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9;
}

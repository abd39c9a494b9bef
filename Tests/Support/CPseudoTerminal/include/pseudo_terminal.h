#ifndef QLENS_PSEUDO_TERMINAL_H
#define QLENS_PSEUDO_TERMINAL_H
#include <sys/types.h>

/// Starts a program on a new pseudo-terminal as the leader of a session that the terminal controls, with default signals.
/// Returns its process number and the other end, or a negative errno.
pid_t pseudo_terminal_spawn(char *const arguments[], char *const environment[], int rows, int columns, int *master);
int pseudo_terminal_resize(int master, int rows, int columns);
#endif

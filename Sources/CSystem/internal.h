// What the files of this target share. Safe to call in a signal handler.
#ifndef QLENS_CSYSTEM_INTERNAL_H
#define QLENS_CSYSTEM_INTERNAL_H

void qlens_unlink_part_files(void);

/// Gives the terminal back, where it is in use, and copies the captured standard error to the real one.
void qlens_restore_terminal_now(void);
#endif

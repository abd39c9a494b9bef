// The few system calls that Swift's Glibc overlay lacks or makes unsafe to use: signals through a pipe, the
// handler that gives the terminal back after a crash, the processor's level, the width of a character.
#ifndef QLENS_CSYSTEM_H
#define QLENS_CSYSTEM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// 4, 3 or 0: the highest of x86-64-v4, x86-64-v3 and the baseline that this processor runs.
int qlens_processor_level(void);

/// Whether so many bytes of memory could be had now; nothing is taken.
bool qlens_has_address_space(size_t size);

/// Columns that a character takes in the current locale: 0, 1, 2, or -1 for a control character.
int qlens_character_width(uint32_t scalar);

/// Opens a pipe whose ends do not block and are closed on exec. Returns 0, or -1 with errno set.
int qlens_open_pipe(int ends[2]);

/// From now on SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP and SIGCONT are blocked but for the time that
/// qlens_wait_readable waits, and are written as one byte each to `write_end`. Call before any thread exists, so that all
/// threads inherit the mask, and before ncurses starts, which leaves signals alone that have a handler.
void qlens_watch_signals(int write_end);

/// Gives the signals of qlens_watch_signals back to their earlier handlers.
void qlens_unwatch_signals(void);

/// Waits until one of the descriptors can be read, a signal came, or the time is over (never, where it is negative); `ready` tells
/// which can.
void qlens_wait_readable(const int *descriptors, int count, bool *ready, int milliseconds);

/// Stops the job, all processes of this one's group, as the terminal's suspend key does; returns when it is continued, or at
/// once where no shell is there to continue it.
void qlens_stop_job(void);

/// Ends this process by the given signal's default action, so that the parent sees how it died.
void qlens_die_of_signal(int signal_number);

/// Ends this process with an exit status and a message on standard error, from any place in the program: the terminal is given back and part
/// files are removed.
_Noreturn void qlens_end_now(int status, const char *message, size_t length);

/// The size of the terminal on a descriptor; false where it is none.
bool qlens_window_size(int descriptor, int *rows, int *columns);

/// Remembers the terminal's modes and installs handlers for ILL, TRAP, SEGV, BUS, FPE and ABRT that restore it, copy
/// what was written to `captured_error` to `real_error`, and hand the signal on to whoever had it before.
void qlens_install_crash_restore(int terminal, int real_error, int captured_error);

/// Switches the crash handlers' restoring on or off; off where the terminal is already restored.
void qlens_arm_crash_restore(bool armed);

/// From now on SIGPIPE and SIGXFSZ are ignored, so that a write says what is wrong, and every other signal that ends a process unlinks
/// part files and gives the terminal back first. Signals that are ignored already stay so. Call once, at the start.
void qlens_prepare_endings(void);

/// A file that is to be removed where a signal ends the process, and no longer.
void qlens_part_file_add(const char *path);
void qlens_part_file_remove(const char *path);

/// From now on pages of a mapped file that have gone (the file was truncated, the disk fails) read as zeros instead of ending the
/// process with SIGBUS; elsewhere the signal goes on to whoever had it before. Returns the mapping's index, or -1 where there is
/// no room for another one.
int qlens_guard_mapping(const void *base, size_t length);

/// Whether pages of the mapping have gone.
bool qlens_mapping_lost_pages(int place);

/// Call before the mapping is taken away.
void qlens_unguard_mapping(int place);

/// An unnamed temporary file in the folder of TMPDIR or in /tmp; -1 where there can be none.
int qlens_unnamed_file(void);

/// Starts a detached thread with a stack of so many bytes that takes no signals but those of its own faults. False where none can be
/// made.
bool qlens_start_thread(void (*body)(void *), void *argument, size_t stack);

/// Lowers the priority of the calling thread (Linux; elsewhere it does nothing).
void qlens_lower_thread_priority(int niceness);
#endif

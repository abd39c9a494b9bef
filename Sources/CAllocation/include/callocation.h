// What happens where memory cannot be had.
//
// An array of Swift that cannot grow ends the process by SIGABRT with a report of a crash, wherever it is in the program. This target stands
// before the C library's malloc in the executable that links it, so that such an end is an error like others.
#ifndef QLENS_CALLOCATION_H
#define QLENS_CALLOCATION_H

/// From now on an allocation of Swift code that fails ends the process with status 1 and one line on standard error, which says how much
/// was asked for; the terminal is given back and part files are removed. C libraries still get their null pointer: some
/// of them ask for absurd sizes that a damaged file names, and take the answer well. Does nothing but on glibc.
void qlens_report_failed_allocations(void);
#endif

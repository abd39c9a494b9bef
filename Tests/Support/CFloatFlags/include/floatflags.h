// What the processor notes of operations in float on this thread.
#ifndef QLENS_FLOATFLAGS_H
#define QLENS_FLOATFLAGS_H
#include <stdbool.h>

/// Forgets what was noted.
void float_flags_clear(void);

/// Whether any operation since had to round, ran over, or was none.
bool float_flags_raised(void);
#endif

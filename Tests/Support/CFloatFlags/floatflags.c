#include "floatflags.h"

#include <fenv.h>

void float_flags_clear(void) { feclearexcept(FE_ALL_EXCEPT); }

bool float_flags_raised(void) { return fetestexcept(FE_ALL_EXCEPT) != 0; }

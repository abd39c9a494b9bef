// Matrix products and Cholesky factors by OpenBLAS, which is loaded when they are first needed.
//
// Linked in the usual way the library would start threads before main: they would take the terminal's signals, which the screen's
// thread alone may handle, and every command would wait for them. Threads that it starts later inherit the mask of signals.
#ifndef QLENS_COPENBLAS_H
#define QLENS_COPENBLAS_H
#include <stdbool.h>

enum qlens_blas_state { qlens_blas_loaded, qlens_blas_missing, qlens_blas_no_room };

/// Loads the library, once; says whether it is not installed or has not the memory that it needs. Any thread may call; the others wait.
enum qlens_blas_state qlens_blas_load(void);

/// Address space that the library takes when it is loaded.
int qlens_blas_needed_megabytes(void);

/// The name under which the library is looked for.
const char *qlens_blas_name(void);

/// The kernels that the library runs, as it names them; empty where it does not say.
const char *qlens_blas_core(void);

// Only after qlens_blas_load was true. Matrices are row-major; products run on the calling thread alone.

/// C = op(A)·op(B) + keep·C: op(A) is rows × inner, op(B) inner × columns. A transposed A is stored inner × rows with `a_stride` numbers a
/// row, and so on.
void qlens_blas_multiply(
    bool a_transposed, bool b_transposed, int rows, int columns, int inner, const float *a, int a_stride, const float *b,
    int b_stride, float keep, float *c, int c_stride);

/// C = factor·Aᵀ·B: A is inner × rows, B inner × columns.
void qlens_blas_multiply_double(
    int rows, int columns, int inner, double factor, const double *a, const double *b, double *c);

/// Replaces a symmetric positive definite matrix by U, upper triangular, with A⁻¹ = Uᵀ·U; below the diagonal nothing has a meaning. False
/// where the matrix is not positive definite.
bool qlens_blas_inverse_factor(double *matrix, int size);
#endif

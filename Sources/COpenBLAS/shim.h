// Matrix products by OpenBLAS, and the two of LAPACK's factorizations that it holds and the lab needs.
#ifndef QLENS_COPENBLAS_H
#define QLENS_COPENBLAS_H
#include <cblas.h>

// LAPACK's Fortran interface: lengths of strings come last, as gfortran passes them.

// Cholesky factor of a symmetric positive definite matrix (column-major): A = L·Lᵀ or Uᵀ·U.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, unsigned long uplo_length);
// The inverse from that factor.
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info, unsigned long uplo_length);
#endif

// Products of matrices of signs, which are one bit each: an exclusive or and a count of bits do the work of 64 multiplications.
//
// In C because the processor's count of bits in a vector is a feature beside the levels that the other kernels are built for: here it is
// asked for function by function.
#ifndef QLENS_CBITPRODUCTS_H
#define QLENS_CBITPRODUCTS_H
#include <stddef.h>
#include <stdint.h>

/// Columns that are stored side by side in a panel.
enum { qlens_bit_panel = 8 };

/// What the product is computed with, the fastest first; `best` is what the processor has.
enum qlens_bit_kernel { qlens_bits_vector_count, qlens_bits_avx2, qlens_bits_plain };

/// The fastest that this processor can run.
enum qlens_bit_kernel qlens_bits_best(void);

/// C[i][j] = Σ_k a_ik·b_kj = bits - 2·popcount(a_i xor b_j) for signs stored as bits, 1 for -1.
///
/// `a` has `rows` rows of `words` words. `b` has its columns in panels of eight: word k of column j is b[(j/8·words + k)·8 + j%8], and
/// the last panel is filled up. Bits after the last of `bits` are zero in both.
void qlens_bits_multiply(
    enum qlens_bit_kernel kernel, const uint64_t *a, const uint64_t *b, size_t rows, size_t columns, size_t words, int32_t bits,
    int32_t *c);
#endif

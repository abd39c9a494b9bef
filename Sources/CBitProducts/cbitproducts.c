#include "cbitproducts.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { panel = qlens_bit_panel, row_block = 8 };

// Writes a panel's counts of one row as products; the last panel may have fewer columns than it has room for.
static inline void store(const uint64_t *counts, size_t columns, int32_t bits, int32_t *c) {
    for (size_t j = 0; j < columns && j < panel; j++) c[j] = bits - 2 * (int32_t)counts[j];
}

static void multiply_plain(
    const uint64_t *a, const uint64_t *b, size_t rows, size_t columns, size_t words, int32_t bits, int32_t *c) {
    for (size_t first = 0; first < columns; first += panel) {
        const uint64_t *block = b + first * words;
        for (size_t i = 0; i < rows; i++) {
            uint64_t counts[panel] = {0};
            for (size_t k = 0; k < words; k++)
                for (size_t j = 0; j < panel; j++)
                    counts[j] += (uint64_t)__builtin_popcountll(a[i * words + k] ^ block[k * panel + j]);
            store(counts, columns - first, bits, c + i * columns + first);
        }
    }
}

#if defined(__x86_64__)
// Counts by halves of bytes, looked up in a register (Muła, Kurz, Lemire 2018).
__attribute__((target("avx2"))) static inline __m256i count_avx2(__m256i x) {
    const __m256i table = _mm256_setr_epi8(
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    return _mm256_add_epi8(
        _mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
}

__attribute__((target("avx2"))) static void multiply_avx2(
    const uint64_t *a, const uint64_t *b, size_t rows, size_t columns, size_t words, int32_t bits, int32_t *c) {
    const __m256i zero = _mm256_setzero_si256();
    for (size_t first = 0; first < columns; first += panel) {
        const uint64_t *block = b + first * words;
        for (size_t i = 0; i < rows; i++) {
            __m256i left = zero, right = zero;
            // A byte holds at most 8 a word: 31 words at a time do not run over.
            for (size_t start = 0; start < words; start += 31) {
                __m256i bytes_left = zero, bytes_right = zero;
                size_t end = start + 31 < words ? start + 31 : words;
                for (size_t k = start; k < end; k++) {
                    __m256i x = _mm256_set1_epi64x((long long)a[i * words + k]);
                    const __m256i *y = (const __m256i *)(block + k * panel);
                    bytes_left = _mm256_add_epi8(bytes_left, count_avx2(_mm256_xor_si256(x, _mm256_loadu_si256(y))));
                    bytes_right =
                        _mm256_add_epi8(bytes_right, count_avx2(_mm256_xor_si256(x, _mm256_loadu_si256(y + 1))));
                }
                left = _mm256_add_epi64(left, _mm256_sad_epu8(bytes_left, zero));
                right = _mm256_add_epi64(right, _mm256_sad_epu8(bytes_right, zero));
            }
            uint64_t counts[panel];
            _mm256_storeu_si256((__m256i *)counts, left);
            _mm256_storeu_si256((__m256i *)(counts + 4), right);
            store(counts, columns - first, bits, c + i * columns + first);
        }
    }
}

__attribute__((target("avx512f,avx512vpopcntdq"))) static inline __m512i add_count(
    __m512i sum, uint64_t x, __m512i y) {
    return _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_set1_epi64((long long)x), y)));
}

__attribute__((target("avx512f,avx512vpopcntdq"))) static inline void store_counts(
    __m512i counts, size_t columns, int32_t bits, int32_t *c) {
    __m256i products = _mm256_sub_epi32(_mm256_set1_epi32(bits), _mm256_slli_epi32(_mm512_cvtepi64_epi32(counts), 1));
    if (columns >= panel) {
        _mm256_storeu_si256((__m256i *)c, products);
    } else {
        int32_t some[panel];
        _mm256_storeu_si256((__m256i *)some, products);
        memcpy(c, some, columns * sizeof *c);
    }
}

// Products of a block of rows, whose number the compiler knows, with all columns: rows of the result are written from left to right, as
// a column of panels would write lines of memory that share a place in the cache.
__attribute__((target("avx512f,avx512vpopcntdq"), always_inline)) static inline void multiply_rows(
    const uint64_t *a, const uint64_t *b, size_t rows, size_t columns, size_t words, int32_t bits, int32_t *c) {
    for (size_t first = 0; first < columns; first += panel) {
        const uint64_t *block = b + first * words;
        __m512i sums[row_block];
        for (size_t i = 0; i < rows; i++) sums[i] = _mm512_setzero_si512();
        for (size_t k = 0; k < words; k++) {
            __m512i y = _mm512_loadu_si512(block + k * panel);
            for (size_t i = 0; i < rows; i++) sums[i] = add_count(sums[i], a[i * words + k], y);
        }
        for (size_t i = 0; i < rows; i++) store_counts(sums[i], columns - first, bits, c + i * columns + first);
    }
}

__attribute__((target("avx512f,avx512vpopcntdq"))) static void multiply_vector_count(
    const uint64_t *a, const uint64_t *b, size_t rows, size_t columns, size_t words, int32_t bits, int32_t *c) {
    size_t i = 0;
    for (; i + row_block <= rows; i += row_block)
        multiply_rows(a + i * words, b, row_block, columns, words, bits, c + i * columns);
    for (; i < rows; i++) multiply_rows(a + i * words, b, 1, columns, words, bits, c + i * columns);
}
#endif

enum qlens_bit_kernel qlens_bits_best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq")) return qlens_bits_vector_count;
    if (__builtin_cpu_supports("avx2")) return qlens_bits_avx2;
#endif
    return qlens_bits_plain;
}

void qlens_bits_multiply(
    enum qlens_bit_kernel kernel, const uint64_t *a, const uint64_t *b, size_t rows, size_t columns, size_t words, int32_t bits,
    int32_t *c) {
    switch (kernel) {
#if defined(__x86_64__)
    case qlens_bits_vector_count: multiply_vector_count(a, b, rows, columns, words, bits, c); return;
    case qlens_bits_avx2: multiply_avx2(a, b, rows, columns, words, bits, c); return;
#endif
    default: multiply_plain(a, b, rows, columns, words, bits, c);
    }
}

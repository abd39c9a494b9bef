// The inner loops of networks that compute in whole numbers, in C so that the compiler vectorizes them for what the processor has.
#ifndef QLENS_CINTEGERS_H
#define QLENS_CINTEGERS_H
#include <stdbool.h>
#include <stdint.h>

// MARK: Products of matrices of bytes by oneDNN
//
// It is loaded when products are first needed, and not linked, as few commands need it. Without it, or on a processor where it would
// saturate between steps, products are computed by the caller's own loops, with the same numbers.

enum qlens_dnn_state {
    qlens_dnn_loaded,
    qlens_dnn_missing,
    /// The processor has no VNNI, or the library does not use it: products of bytes would be added up in 16 bits, which saturate.
    qlens_dnn_inexact,
};

/// Loads the library, once. Any thread may call; the others wait.
enum qlens_dnn_state qlens_dnn_load(void);

/// The name under which the library is looked for.
const char *qlens_dnn_name(void);

/// C = A·Bᵀ: A is rows × inner, B columns × inner, C rows × columns, all row-major. On the calling thread alone. False where the library
/// has refused. Only after qlens_dnn_load was qlens_dnn_loaded.
bool qlens_dnn_multiply(
    int64_t rows, int64_t columns, int64_t inner, const uint8_t *a, const int8_t *b, int32_t *c);

// MARK: Loops

/// codes[i] = clamp(((sums[i] + addends[c])·factors[c] + 2^(shifts[c] - 1) >> shifts[c]) + zero, 0, highest), c = i modulo `channels`.
///
/// Sums and addends add up within 32 bits. `count` is a multiple of `channels`.
void qlens_requantize(
    const int32_t *sums, int64_t count, int64_t channels, const int32_t *addends, const int64_t *factors, const int64_t *shifts,
    int64_t zero, int64_t highest, uint8_t *codes);

/// The same without an offset, to 32 bits that saturate.
void qlens_rescale(
    const int32_t *sums, int64_t count, int64_t channels, const int32_t *addends, const int64_t *factors, const int64_t *shifts,
    int32_t *wide);

/// scores[j] = Σ q[f]·k[j·stride + f] over `size` numbers, for `tokens` keys.
void qlens_scores(
    const int16_t *q, const int16_t *k, int64_t stride, int64_t tokens, int64_t size, int32_t *scores);

/// sums[f] = Σ_j shares[j]·v[j·stride + f].
void qlens_mix(
    const int32_t *shares, const int16_t *v, int64_t stride, int64_t tokens, int64_t size, int32_t *sums);

/// powers[i] = exp of scores[i] - top as IntegerExponential has it.
void qlens_exponentials(
    const int32_t *scores, int64_t count, int64_t top, int64_t period, int64_t inverse, int64_t most, int64_t linear,
    int64_t constant, int64_t *powers);

/// The sum of numbers, and of their squares around a mean.
int64_t qlens_sum(const int32_t *wide, int64_t count);
int64_t qlens_squares(const int32_t *wide, int64_t count, int64_t mean);

/// shares[i] = min(most, powers[i]·factor rounded after a shift by `shift`).
void qlens_shares(
    const int64_t *powers, int64_t count, int64_t factor, int64_t shift, int64_t most, int32_t *shares);

/// products[i] = x·(sgn(x)·(one - t²) + one) >> dropped, t = min(|x|, -shoulder) + shoulder, within 32 bits.
void qlens_gelu(
    const int32_t *wide, int64_t count, int64_t shoulder, int64_t one, int64_t dropped, int32_t *products);

/// result[i] = ((((wide[i] - mean)·factor) >> drop)·factors[i] + addends[i] + 2^(shifts[i] - 1)) >> shifts[i].
void qlens_normalize(
    const int32_t *wide, int64_t count, int64_t mean, int64_t factor, int64_t drop, const int64_t *factors, const int64_t *addends,
    const int64_t *shifts, int64_t *result);

/// codes[i] = clamp(values[i] + zero, 0, highest).
void qlens_clamp(const int64_t *values, int64_t count, int64_t zero, int64_t highest, uint8_t *codes);

/// What is under a window at every place of an image that has its border already: rows of side·run bytes, one after the other, `run` being
/// those of the window's width. `image` and `rows` have eight bytes of room behind their ends.
void qlens_window_rows(
    const uint8_t *image, int64_t line, int64_t step, int64_t height, int64_t width, int64_t side, int64_t run, uint8_t *rows);
#endif

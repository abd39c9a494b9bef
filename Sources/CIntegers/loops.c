#include <string.h>

#include "cintegers.h"

// One source for several processors; the compiler vectorizes each for its own.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

static inline int64_t scaled(int32_t sum, int32_t addend, int64_t factor, int64_t shift) {
    // A product of two numbers of 32 bits, which processors have an instruction for.
    int64_t product = (int64_t)(sum + addend) * (int64_t)(int32_t)factor;
    return (product + ((int64_t)1 << (shift - 1))) >> shift;
}

static inline int64_t clamped(int64_t x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : x; }

FOR_EVERY_PROCESSOR
void qlens_requantize(
    const int32_t *restrict sums, int64_t count, int64_t channels, const int32_t *restrict addends, const int64_t *restrict factors,
    const int64_t *restrict shifts, int64_t zero, int64_t highest, uint8_t *restrict codes) {
    for (int64_t start = 0; start < count; start += channels)
        for (int64_t c = 0; c < channels; c++)
            codes[start + c] =
                (uint8_t)clamped(scaled(sums[start + c], addends[c], factors[c], shifts[c]) + zero, 0, highest);
}

FOR_EVERY_PROCESSOR
void qlens_rescale(
    const int32_t *restrict sums, int64_t count, int64_t channels, const int32_t *restrict addends, const int64_t *restrict factors,
    const int64_t *restrict shifts, int32_t *restrict wide) {
    for (int64_t start = 0; start < count; start += channels)
        for (int64_t c = 0; c < channels; c++)
            wide[start + c] =
                (int32_t)clamped(scaled(sums[start + c], addends[c], factors[c], shifts[c]), INT32_MIN, INT32_MAX);
}

FOR_EVERY_PROCESSOR
void qlens_scores(
    const int16_t *restrict q, const int16_t *restrict k, int64_t stride, int64_t tokens, int64_t size, int32_t *restrict scores) {
    for (int64_t j = 0; j < tokens; j++) {
        int32_t sum = 0;
        for (int64_t f = 0; f < size; f++) sum += (int32_t)q[f] * k[j * stride + f];
        scores[j] = sum;
    }
}

FOR_EVERY_PROCESSOR
void qlens_mix(
    const int32_t *restrict shares, const int16_t *restrict v, int64_t stride, int64_t tokens, int64_t size,
    int32_t *restrict sums) {
    for (int64_t f = 0; f < size; f++) sums[f] = 0;
    for (int64_t j = 0; j < tokens; j++)
        for (int64_t f = 0; f < size; f++) sums[f] += shares[j] * v[j * stride + f];
}

FOR_EVERY_PROCESSOR
void qlens_exponentials(
    const int32_t *restrict scores, int64_t count, int64_t top, int64_t period, int64_t inverse, int64_t most, int64_t linear,
    int64_t constant, int64_t *restrict powers) {
    for (int64_t i = 0; i < count; i++) {
        int64_t q = scores[i] - top;
        if (q < -most * period) q = -most * period;
        // The quotient by a product, or one less where that falls short.
        int64_t z = (-q * inverse) >> 32;
        z += q + (z + 1) * period <= 0;
        int64_t p = q + z * period, power = (p + linear) * p + constant;
        powers[i] = (power < 0 ? 0 : power) >> z;
    }
}

FOR_EVERY_PROCESSOR
int64_t qlens_sum(const int32_t *wide, int64_t count) {
    int64_t sum = 0;
    for (int64_t i = 0; i < count; i++) sum += wide[i];
    return sum;
}

FOR_EVERY_PROCESSOR
int64_t qlens_squares(const int32_t *wide, int64_t count, int64_t mean) {
    int64_t sum = 0;
    for (int64_t i = 0; i < count; i++) sum += (wide[i] - mean) * (wide[i] - mean);
    return sum;
}

FOR_EVERY_PROCESSOR
void qlens_shares(
    const int64_t *restrict powers, int64_t count, int64_t factor, int64_t shift, int64_t most, int32_t *restrict shares) {
    for (int64_t i = 0; i < count; i++)
        shares[i] = (int32_t)clamped((powers[i] * factor + ((int64_t)1 << (shift - 1))) >> shift, 0, most);
}

FOR_EVERY_PROCESSOR
void qlens_gelu(
    const int32_t *restrict wide, int64_t count, int64_t shoulder, int64_t one, int64_t dropped, int32_t *restrict products) {
    for (int64_t i = 0; i < count; i++) {
        int64_t q = wide[i], size = q < 0 ? -q : q, t = (size < -shoulder ? size : -shoulder) + shoulder;
        int64_t error = one - t * t;
        products[i] = (int32_t)clamped((q * ((q < 0 ? -error : error) + one)) >> dropped, INT32_MIN, INT32_MAX);
    }
}

FOR_EVERY_PROCESSOR
void qlens_normalize(
    const int32_t *restrict wide, int64_t count, int64_t mean, int64_t factor, int64_t drop, const int64_t *restrict factors,
    const int64_t *restrict addends, const int64_t *restrict shifts, int64_t *restrict result) {
    for (int64_t i = 0; i < count; i++) {
        int64_t normal = ((wide[i] - mean) * factor) >> drop;
        result[i] = (normal * factors[i] + addends[i] + ((int64_t)1 << (shifts[i] - 1))) >> shifts[i];
    }
}

FOR_EVERY_PROCESSOR
void qlens_clamp(
    const int64_t *restrict values, int64_t count, int64_t zero, int64_t highest, uint8_t *restrict codes) {
    for (int64_t i = 0; i < count; i++) codes[i] = (uint8_t)clamped(values[i] + zero, 0, highest);
}

void qlens_window_rows(
    const uint8_t *image, int64_t line, int64_t step, int64_t height, int64_t width, int64_t side, int64_t run, uint8_t *rows) {
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++)
            for (int64_t down = 0; down < side; down++) {
                const uint8_t *from = image + (y + down) * line + x * step;
                // Eight bytes at a time: what is written too far the next row replaces.
                for (int64_t i = 0; i < run; i += 8) memcpy(rows + i, from + i, 8);
                rows += run;
            }
}

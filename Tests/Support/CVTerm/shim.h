// libvterm's cells hold bit-fields and a union: plain integers for Swift.
#ifndef QLENS_CVTERM_SHIM_H
#define QLENS_CVTERM_SHIM_H
#include <stdint.h>
#include <vterm.h>

typedef struct {
    uint32_t characters[6];
    int width, bold, reverse, underline;
    int foreground, background;  // palette index, -1 for the default
} vt_cell;

static inline int vt_color(const VTermColor *color) {
    if (color->type & VTERM_COLOR_DEFAULT_MASK) return -1;
    return VTERM_COLOR_IS_INDEXED(color) ? color->indexed.idx : 0x1000000;
}

static inline vt_cell vt_get(VTerm *terminal, int row, int column) {
    VTermScreenCell source;
    vt_cell cell = {{0}};
    VTermPos position = {row, column};
    vterm_screen_get_cell(vterm_obtain_screen(terminal), position, &source);
    for (int i = 0; i < 6; i++) cell.characters[i] = source.chars[i];
    cell.width = source.width;
    cell.bold = source.attrs.bold;
    cell.reverse = source.attrs.reverse;
    cell.underline = source.attrs.underline;
    cell.foreground = vt_color(&source.fg);
    cell.background = vt_color(&source.bg);
    return cell;
}
#endif

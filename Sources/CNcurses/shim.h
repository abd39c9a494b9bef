// What Swift cannot take from <curses.h> as it is: globals, macros and variadic functions, behind plain functions.
#ifndef QLENS_CNCURSES_SHIM_H
#define QLENS_CNCURSES_SHIM_H
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdint.h>

static inline WINDOW *nc_screen(void) { return stdscr; }
static inline int nc_rows(void) { return LINES; }
static inline int nc_columns(void) { return COLS; }
static inline int nc_colors(void) { return COLORS; }
static inline int nc_pairs(void) { return COLOR_PAIRS; }
// Of a description by its name, or of $TERM; NULL where the system has none.
static inline SCREEN *nc_new_terminal(const char *name) { return newterm(name, stdout, stdin); }

static const attr_t NC_BOLD = A_BOLD, NC_DIM = A_DIM, NC_REVERSE = A_REVERSE, NC_UNDERLINE = A_UNDERLINE;

// One cell: a character, a combining mark (0 for none), attributes, and a colour pair of any number.
static inline void nc_set_cell(cchar_t *cell, uint32_t scalar, uint32_t mark, attr_t attributes, int pair) {
    wchar_t text[3] = {(wchar_t)scalar, (wchar_t)mark, 0};
    setcchar(cell, text, attributes, 0, &pair);
}

static inline int nc_put_cells(int row, int column, const cchar_t *cells, int count) {
    return mvwadd_wchnstr(stdscr, row, column, cells, count);
}

static inline int nc_next_key(wint_t *key) { return wget_wch(stdscr, key); }
#endif

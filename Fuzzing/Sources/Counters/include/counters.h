#ifndef QLENS_COUNTERS_H
#define QLENS_COUNTERS_H
/// Brings the counters of edges into the program; always 1.
int qlens_counts_edges(void);
#endif

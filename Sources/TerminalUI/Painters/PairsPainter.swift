import Explorer

/// Pairs of two files.
struct PairsPainter: TableOfRows {
    static let panel = PanelID.pairs
    let painter: ScreenPainter
}

import Explorer

/// The recipes of the sweep.
struct SweepTablePainter: TableOfRows {
    static let panel = PanelID.sweepTable
    let painter: ScreenPainter
}

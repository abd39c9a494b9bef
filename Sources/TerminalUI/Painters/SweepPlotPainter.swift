import Explorer

/// The recipes of the sweep.
struct SweepPlotPainter: PlotOfRecipes {
    static let panel = PanelID.sweepPlot
    let painter: ScreenPainter
}

import Explorer

/// The recipes that were tried on the tensor.
struct TriedPainter: PlotOfRecipes {
    static let panel = PanelID.tried
    let painter: ScreenPainter
}

import Explorer

/// What went wrong in another file's tensor.
struct DiagnosisPainter: TableOfRows {
    static let panel = PanelID.diagnosis
    let painter: ScreenPainter
}

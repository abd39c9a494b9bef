import Explorer

/// The weights of the file.
struct RankingPainter: TableOfRows {
    static let panel = PanelID.ranking
    let painter: ScreenPainter
}

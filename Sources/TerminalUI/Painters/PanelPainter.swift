import Explorer

/// Draws a panel, and says what of it lies where.
protocol PanelPainter: Sendable {
    associatedtype Content: Sendable

    static var panel: PanelID { get }

    init(painter: ScreenPainter)

    func paint(_ content: Content, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas)
    /// What is at a cell within the frame.
    static func target(_ content: Content, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget
}

extension PanelPainter {
    static func target(_ content: Content, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        .panel
    }

    /// The position of a column on an axis that takes so many.
    static func share(_ column: Int, _ plot: Rect) -> PanelTarget {
        .share(max(0, min(1, (Double(column - plot.column) + 0.5) / Double(max(1, plot.width)))))
    }
}

/// The painters of all panels.
enum PainterCatalog {
    static let all: [any PanelPainter.Type] = [
        ListPainter.self, DistributionPainter.self, TransferPainter.self, ObjectivePainter.self, FormatPainter.self,
        TimelinePainter.self, ErrorsPainter.self, CodesPainter.self, StatisticsPainter.self, RecipePainter.self,
        TriedPainter.self,
        MetricsPainter.self, StripsPainter.self, HeatMapPainter.self, PinsPainter.self, PairsPainter.self,
        DiagnosisPainter.self,
        TwoDistributionsPainter.self,
        RankingPainter.self, TotalsPainter.self, ModelMapPainter.self, LabListPainter.self, LabHeadlinePainter.self,
        LabCurvesPainter.self,
        LabOutcomesPainter.self,
        LabLayerPainter.self, LabRegionsPainter.self, LabTablesPainter.self, LabPicturesPainter.self,
        SweepPlotPainter.self,
        SweepTablePainter.self,
        SweepGridPainter.self, PlanFrontierPainter.self, PlanTablePainter.self, PlanFactsPainter.self,
        PlanMapPainter.self,
    ]

    private static let byPanel = Dictionary(all.map { ($0.panel, $0) }, uniquingKeysWith: { first, _ in first })

    /// - Precondition: the panel has a painter, which takes what the panel shows.
    static subscript(panel: PanelID) -> any PanelPainter.Type {
        guard let painter = byPanel[panel] else { preconditionFailure("no painter of \(panel)") }
        return painter
    }

    static func paint(
        _ panel: PanelID, _ content: any Sendable, isFocused: Bool, _ rect: Rect, _ painter: ScreenPainter,
        _ canvas: inout Canvas
    ) {
        func paint<Painter: PanelPainter>(_ type: Painter.Type, _ canvas: inout Canvas) {
            guard let content = content as? Painter.Content else { preconditionFailure("not what \(panel) shows") }
            type.init(painter: painter).paint(content, isFocused: isFocused, rect, &canvas)
        }
        paint(self[panel], &canvas)
    }

    static func target(_ panel: PanelID, _ state: ExplorerState, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let content = PanelCatalog.content(of: panel, state)
        func target<Painter: PanelPainter>(_ type: Painter.Type) -> PanelTarget {
            guard let content = content as? Painter.Content else { preconditionFailure("not what \(panel) shows") }
            return type.target(content, isFocused: state.focus == panel, rect, row: row, column: column)
        }
        return target(self[panel])
    }
}

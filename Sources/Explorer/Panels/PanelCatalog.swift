/// All panels, in the order of the screens.
public enum PanelCatalog {
    static let all: [any Panel] = [
        TensorsPanel(),
        DistributionPanel(),
        TransferPanel(),
        ObjectivePanel(),
        FormatPanel(),
        TimelinePanel(),
        ErrorsPanel(),
        CodesPanel(),
        StatisticsPanel(),
        RecipePanel(),
        TriedPanel(),
        MetricsPanel(),
        StripsPanel(),
        HeatMapPanel(),
        SweepPlotPanel(),
        SweepTablePanel(),
        SweepGridPanel(),
        PinsPanel(),
        PairsPanel(),
        DiagnosisPanel(),
        TwoDistributionsPanel(),
        RankingPanel(),
        TotalsPanel(),
        ModelMapPanel(),
        ExperimentsPanel(),
        LabHeadlinePanel(),
        LabCurvesPanel(),
        OutcomesPanel(),
        LabLayerPanel(),
        RegionsPanel(),
        LabTablesPanel(), LabPicturesPanel(),
        PlanFrontierPanel(),
        PlanTablePanel(),
        PlanFactsPanel(),
        PlanMapPanel(),
    ]

    public static var ids: [PanelID] { all.map { $0.id } }

    private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// What the painter of a panel draws.
    public static func content(of panel: PanelID, _ state: ExplorerState) -> any Sendable {
        func content(_ panel: some Panel) -> any Sendable { panel.content(state) }
        return content(self[panel])
    }

    public static func plotAxis(of panel: PanelID, _ state: ExplorerState) -> PlotAxis? {
        self[panel].plotAxis(state)
    }

    /// The cells of a panel that belong to its axis, where it has one with a cursor.
    public static func axisArea(of panel: PanelID, in rect: Rect) -> Rect? { self[panel].axisArea(in: rect) }

    public static func wheel(_ panel: PanelID, isUp: Bool, at target: PanelTarget) -> [Action] {
        self[panel].wheel(isUp: isUp, at: target)
    }

    /// - Precondition: the panel is in the catalogue.
    static subscript(id: PanelID) -> any Panel {
        guard let panel = byID[id] else { preconditionFailure("no panel \(id) in the catalogue") }
        return panel
    }
}

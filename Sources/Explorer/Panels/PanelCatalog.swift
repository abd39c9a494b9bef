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
        MetricsPanel(),
        StripsPanel(),
        HeatMapPanel(),
        PinsPanel(),
        PairsPanel(),
        RankingPanel(),
        TotalsPanel(),
        ExperimentsPanel(),
        LabCurvesPanel(),
        OutcomesPanel(),
        LabLayerPanel(),
        RegionsPanel(),
    ]

    public static var ids: [PanelID] { all.map { $0.id } }

    private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// - Precondition: the panel is in the catalogue.
    static subscript(id: PanelID) -> any Panel {
        guard let panel = byID[id] else { preconditionFailure("no panel \(id) in the catalogue") }
        return panel
    }
}

extension PanelID {
    public static let totals = PanelID("totals")
}

/// All weights together.
struct TotalsPanel: Panel {
    let id = PanelID.totals
    var title: String { Words.totals }
    var plainly: String { Words.totalsPlainly }
    var explanation: String { Words.totalsExplanation }
    var hints: [String] { Words.modelHints }

    func content(_ state: ExplorerState) -> TotalsModel { TotalsModel(state) }
}

extension Words {
    static let totals = "Totals"
    static let totalsPlainly =
        "What the setting does to the whole file: its size and its error."
    static let totalsExplanation =
        "All quantized weights together: errors by elements, stored bits and bytes with scales and zero-points; and the tensors that stay unquantized, with the reasons."
}

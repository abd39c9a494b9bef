extension PanelID {
    public static let labTables = PanelID("labTables")
}

/// What a run found in rows and columns.
struct LabTablesPanel: Panel {
    let id = PanelID.labTables
    var title: String { Words.labTables }
    var plainly: String { Words.labTablesPlainly }
    var explanation: String { Words.labTablesExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabTablesModel { LabTablesModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        if motion == .left || motion == .right {
            state.stepLabTable(forward: motion == .right)
        } else {
            state.scrollLabTable(motion)
        }
        return []
    }
}

extension Words {
    static let labTables = "Tables"
    static let labTablesPlainly =
        "The findings of a run as a table."
    static let labTablesExplanation =
        "What the run found for each layer, width or number of samples, in numbers; the lines below say what to look at. h and l step through the tables, j and k scroll."
}

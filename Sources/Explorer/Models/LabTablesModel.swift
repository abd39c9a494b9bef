import Lab

/// One of the tables of a run.
public struct LabTablesModel: Sendable {
    public let title: String
    public let columns: [String]
    public let rows: [[String]]
    /// What to look at.
    public let note: String
    /// The first row that is wanted.
    public let scroll: Int
    public let notice: Notice?

    /// The present run has found some.
    public static func areKnown(_ state: ExplorerState) -> Bool { !(state.lab.report?.tables.isEmpty ?? true) }

    init(_ state: ExplorerState) {
        let tables = state.lab.report?.tables ?? []
        guard !tables.isEmpty else {
            (title, columns, rows, note, scroll) = (Words.labTables, [], [], "", 0)
            notice = .waiting(state.lab.report?.state == .finished ? Words.labNoTable : Words.labNoTables)
            return
        }
        let place = min(state.lab.table, tables.count - 1), table = tables[place]
        title = table.title + (tables.count > 1 ? " \(place + 1)/\(tables.count)" : "")
        columns = table.columns
        rows = table.rows.map { $0.map { $0.description } }
        note = table.note
        scroll = min(state.lab.tableScroll, max(0, rows.count - 1))
        notice = nil
    }
}

import Explorer

/// The weights of the plan.
struct PlanTablePainter: TableOfRows {
    static let panel = PanelID.planTable
    let painter: ScreenPainter
}

/// What the Lab screen says.
public struct LabModel: Sendable {
    public let list: LabListModel
    public let curves: LabCurvesModel
    public let outcomes: LabOutcomesModel
    public let layer: LabLayerModel
    public let regions: LabRegionsModel

    init(_ state: ExplorerState) {
        list = LabListModel(state)
        curves = LabCurvesModel(state)
        outcomes = LabOutcomesModel(state)
        layer = LabLayerModel(state)
        regions = LabRegionsModel(state)
    }
}

import Basics
import Lab

/// Where a network decides for which class.
public struct LabRegionsModel: Sendable {
    public let title: String
    public let columns: Int
    public let rows: Int
    /// Row after row from the top.
    public let classes: [Int]
    public let notice: Notice?

    /// A network on the plane has run, or is to.
    public static func areWanted(_ state: ExplorerState) -> Bool {
        state.lab.report.map { $0.regions != nil || $0.settings.contains { $0.name == "model" && $0.value == "mlp" } }
            ?? false
    }

    init(_ state: ExplorerState) {
        let regions = state.lab.report?.regions
        (columns, rows, classes) = (regions?.columns ?? 0, regions?.rows ?? 0, regions?.classes ?? [])
        title = Words.labRegions(limit: regions.map { NumberText.significant($0.extent, digits: 3) })
        notice = regions == nil ? .waiting(Words.labNoRegions) : nil
    }
}
